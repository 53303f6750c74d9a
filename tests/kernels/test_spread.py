"""Every piece is worked on once, errors come through, and the number of threads stays."""

import threading

import pytest
import torch

from octavo.kernels.spread import spread


@pytest.fixture(params=[1, 2, 4])
def threads(request):
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


def test_every_piece_is_worked_on_once_and_alone(threads):
    done, seen = torch.zeros(37), set()

    def work(piece):
        done[piece] += 1
        seen.add((threading.get_ident(), torch.get_num_threads()))

    spread(work, range(37))
    assert torch.equal(done, torch.ones(37))
    assert {own for _, own in seen} == {1} and len(seen) <= threads
    assert torch.get_num_threads() == threads


def test_what_goes_wrong_is_said(threads):
    def work(piece):
        if piece == 3:
            raise ValueError("the third")

    with pytest.raises(ValueError, match="the third"):
        spread(work, range(5))
    assert torch.get_num_threads() == threads
    spread(work, [])
