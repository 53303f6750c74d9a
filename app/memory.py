"""Keeping this process small: what torch's kernels would hoard, and how much there is.

A process that asks ``nano`` about pictures of many sizes grew by 40-60 MB with each, up to 2.4 GB. Most of it
was compiled kernels: oneDNN keeps up to 1024, one for each shape, and the experts of the decoder see other
numbers of tokens on every page (``kernels.moe`` rounds them now). Torch keeps as many descriptions of such
kernels beside them, 100 kB each. The rest was freed memory that the C library keeps (``language.memory``).
"""

import os
from collections.abc import Callable

from ..language.memory import give_back

FREED_MB = 256  # that may be kept for the next page


class Freed:
    """What pages leave behind, given back when it has become much.

    Not after every page: the system clears each piece of memory before it lends it again, and a receipt
    whose memory had been given back took a tenth longer.
    """

    def __init__(self, resident: Callable[[], int | None] | None = None) -> None:
        self._resident = resident or resident_mb
        self._floor: int | None = None  # what the process occupied when all was given back

    def give_back(self, *, all_: bool = False) -> None:
        """Return freed memory to the system where the process has grown by ``FREED_MB`` since it last was,
        where nobody can tell, or if ``all_`` of it is to go."""
        now = self._resident()
        if not all_ and now is not None and self._floor is not None and now <= self._floor + FREED_MB:
            return
        give_back()
        self._floor = self._resident()


def set_up_torch() -> None:
    """Set what torch reads when it is imported; no effect afterwards.

    Its threads would spin for a millisecond and more while they wait: on a machine whose cores are busy with
    other work a page then takes several times as long. Not at all would be wrong too: decoding waits often,
    and waking is slow. A page needs about a hundred compiled kernels, since its tiles have other numbers of
    printed patches and its reply is drafted a few tokens at a time; but keeping 128 of them is no quicker
    and takes 60 MB more (docs/results.md, speed on a CPU).
    """
    os.environ.setdefault("GOMP_SPINCOUNT", "5000")
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")
    os.environ.setdefault("LRU_CACHE_CAPACITY", "64")  # torch's own, of each kind of product


def resident_mb() -> int | None:
    """What this process occupies now; None where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
    except (OSError, ValueError, AttributeError):
        return None
