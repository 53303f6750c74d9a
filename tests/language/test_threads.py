"""The tuner keeps what was faster and leaves torch's own setting alone."""

import pytest
import torch

from octavo.language.threads import PERIOD, TRIALS, WARM_UP, ThreadTuner


@pytest.fixture
def four_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    yield
    torch.set_num_threads(before)


def drive(cost, steps):
    """Threads used at every step, when a step takes ``cost(threads)`` seconds."""
    now, used = 0.0, []
    tuner = ThreadTuner(clock=lambda: now)

    def step():
        nonlocal now
        used.append(torch.get_num_threads())
        now += cost(used[-1])

    for _ in range(steps):
        tuner.run(step)
    return used


@pytest.mark.parametrize(("cost", "winner"), [(lambda n: 1 / n, 4), (lambda n: float(n), 1)])
def test_the_faster_number_of_threads_is_kept(four_threads, cost, winner):
    used = drive(cost, PERIOD)
    assert used[: WARM_UP + 2 * TRIALS] == [4] * WARM_UP + [4, 1] * TRIALS
    assert set(used[WARM_UP + 2 * TRIALS :]) == {winner}
    assert torch.get_num_threads() == 4


def test_it_tries_again_later(four_threads):
    used = drive(lambda n: float(n), PERIOD + WARM_UP + 2)
    assert used[PERIOD:] == [1] * WARM_UP + [4, 1]


def test_threads_are_given_back_when_a_step_fails(four_threads):
    with pytest.raises(ZeroDivisionError):
        ThreadTuner().run(lambda: 1 / 0)
    assert torch.get_num_threads() == 4


def test_steps_of_another_size_are_not_compared(four_threads):
    tuner, used = ThreadTuner(clock=lambda: 0.0), []
    for _ in range(WARM_UP + 2 * TRIALS):
        tuner.run(lambda: used.append(torch.get_num_threads()), is_alike=False)
    assert set(used) == {4}
