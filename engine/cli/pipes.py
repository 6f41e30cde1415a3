"""Output that nobody reads any more: ``python -m engine check … | head``."""

from __future__ import annotations

import os
import sys
from io import TextIOBase
from typing import TextIO, cast


class Ending(TextIOBase):
    """A text stream that takes what is written when its reader has gone, and drops it.

    So a command carries on to its exit code, as it does without a reader.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write ``text``, or drop it."""
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            self._let_go()
            return len(text)

    def flush(self) -> None:
        """Hand on what was written, or drop it."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._let_go()

    def _let_go(self) -> None:
        """What is buffered, and all that follows, goes nowhere: else Python tells of it when it ends."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)


def end_quietly() -> None:
    """Let the program end as always when nobody reads what it prints. Where a stream is closed, it has none."""
    if sys.stdout is not None:
        sys.stdout = cast(TextIO, Ending(sys.stdout))
    if sys.stderr is not None:
        sys.stderr = cast(TextIO, Ending(sys.stderr))
