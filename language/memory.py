"""Memory that the C library keeps when it is freed."""

import ctypes
import sys


def give_back() -> None:
    """Return freed memory to the system, where the C library can (glibc); some milliseconds."""
    if sys.platform.startswith("linux"):
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
