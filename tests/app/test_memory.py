"""Freed memory goes back to the system when there is much of it, not after every page."""

import octavo.app.memory as memory
from octavo.app.memory import FREED_MB, Freed


def test_memory_is_given_back_when_the_process_has_grown(monkeypatch):
    sizes, given = [500], []
    monkeypatch.setattr(memory, "give_back", lambda: given.append(sizes[0]))
    freed = Freed(lambda: sizes[0])
    freed.give_back(all_=True)  # the model is loaded
    for size in (500 + FREED_MB, 501 + FREED_MB, 500 + FREED_MB, 600 + FREED_MB):
        sizes[0] = size
        freed.give_back()
    assert given == [500, 501 + FREED_MB]  # what was left then is the measure of the next time


def test_without_a_figure_all_is_given_back_at_once(monkeypatch):
    given = []
    monkeypatch.setattr(memory, "give_back", lambda: given.append(1))
    freed = Freed(lambda: None)
    freed.give_back()
    freed.give_back()
    assert len(given) == 2
