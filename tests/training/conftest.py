"""What the tests of synthetic invoices share: pages of one layout, and a check of what is known of them."""

from collections.abc import Callable

import numpy as np
import pytest

from octavo.training.synth import SyntheticPage, World, generate, make_page
from octavo.training.synth.desk import Desk

MakeInvoices = Callable[[Callable[[Desk], None], int, int], list[SyntheticPage]]
CheckValues = Callable[[list[SyntheticPage]], None]


@pytest.fixture(scope="session")
def make_invoices() -> MakeInvoices:
    """Pages in one layout: the function that sets them, a seed, how many."""

    def make(layout: Callable[[Desk], None], seed: int, count: int) -> list[SyntheticPage]:
        world = World.builtin()
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(generate._LAYOUTS, "invoice", (layout, 1.0))
            return [make_page(np.random.default_rng([seed, n]), world, kind="invoice") for n in range(count)]

    return make


@pytest.fixture(scope="session")
def check_values() -> CheckValues:
    """Every value is printed, every key has one, every box lies on the page."""

    def squeezed(text: str) -> str:
        return "".join(text.split()).replace("\\|", "|")

    def check(pages: list[SyntheticPage]) -> None:
        for page in pages:
            keys = [field.key for field in page.fields if field.key]
            assert len(keys) == len(set(keys)), sorted(keys)
            for field in page.fields:
                for part in field.value.split(", "):
                    assert squeezed(part) in squeezed(page.text), (field, page.text)
                x0, y0, x1, y1 = field.box
                assert -0.01 <= x0 < x1 <= 1.01 and -0.01 <= y0 < y1 <= 1.01

    return check
