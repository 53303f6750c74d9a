"""Values are kept for an object itself, for as long as it lives and is one of the last."""

import gc
import weakref

from octavo.vision.latest import Latest


class Page:
    """Equal to any other: only which one it is tells them apart."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


def test_a_value_is_made_once_for_each_object():
    latest, pages, made = Latest(2), [Page(), Page()], []
    for n in (0, 1, 0, 1):
        assert latest.of(pages[n], lambda n=n: made.append(n) or n) == n
    assert made == [0, 1]


def test_the_oldest_is_forgotten():
    latest, pages, made = Latest(2), [Page(), Page(), Page()], []
    for n in (0, 1, 2, 1, 0):
        latest.of(pages[n], lambda n=n: made.append(n) or n)
    assert made == [0, 1, 2, 0]


def test_an_object_is_not_kept_alive():
    latest, page = Latest(2), Page()
    latest.of(page, lambda: "text")
    gone = weakref.ref(page)
    del page
    gc.collect()
    assert gone() is None
    assert latest.of(Page(), lambda: "other") == "other"
