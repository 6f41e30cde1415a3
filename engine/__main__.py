"""``python -m engine``."""

from __future__ import annotations

import sys

from engine.cli import main
from engine.cli.pipes import end_quietly

end_quietly()
sys.exit(main())
