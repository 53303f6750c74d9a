"""What was made of the last few objects, so that who asks again about one of them is answered at once."""

import weakref
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Latest(Generic[Made]):
    """Values for objects that are the same ones, not only equal; neither keeps an object alive.

    For objects that nobody changes. Threads may share it: at worst a value is made twice.
    """

    def __init__(self, size: int) -> None:
        self._kept: deque[tuple[weakref.ref[object], Made]] = deque(maxlen=size)

    def of(self, key: object, make: Callable[[], Made]) -> Made:
        """The value for ``key``, made now if it is not among the last ``size``."""
        for known, value in tuple(self._kept):
            if known() is key:
                return value
        value = make()
        self._kept.append((weakref.ref(key), value))
        return value
