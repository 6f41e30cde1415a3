"""Putting off Python's search for cycles while a great many objects are made that all stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def not_collecting() -> Iterator[None]:
    """No garbage collection inside: compiling makes hundreds of thousands of nodes, nearly all of which live
    to its end, and walking them again and again takes half of the time. Reference counts go on working.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was and not gc.get_freeze_count():
            # All that was made counts as old: else the first thing that is made next would have it walked after all.
            gc.freeze()
            gc.unfreeze()
        if was:
            gc.enable()
