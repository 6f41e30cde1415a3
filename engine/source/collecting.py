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
        if was:
            gc.enable()
