"""Tables with heads in tiers: the transcript has every covered place, and questions name what is printed."""

from random import Random

import numpy as np
import pytest

from octavo.app.metrics import table_rows
from octavo.training.synth import SyntheticPage, World, make_page
from octavo.training.synth.canvas import Line
from octavo.training.synth.desk import Desk
from octavo.training.synth.spans import Cell, SpanSetter, SpanTable, completed
from octavo.training.synth.tables import Look
from octavo.training.synth.tiers import tiered_table

TWO_YEARS = (
    Cell(0, 0, ("Country",), rows=2),
    Cell(0, 1, ("1996",), columns=2),
    Cell(1, 1, ("No.",)),
    Cell(1, 2, ("%",)),
    Cell(2, 0, ("North",), rows=2),
    Cell(2, 1, ("17",), breaks=False),
    Cell(2, 2, ("3.5",), breaks=False),
    Cell(3, 2, ("• first point", "• second point")),
)


def desk(width: int = 900, height: int = 700) -> Desk:
    return Desk(Random(5), World.builtin(), "en", (width, height), 18.0, ("sans",))


def set_rows(table: SpanTable, bottom: float = 650.0, look: Look | None = None) -> list[list[str]]:
    page = desk()
    setter = SpanSetter(page, table, page.style(), look or Look("all", 12, "dark"))
    widths = setter.widths(800, 1.0)
    assert widths is not None and sum(widths) == pytest.approx(800)
    _, rows = setter.set(30, 20, widths, bottom)
    return [[printed(cell) for cell in row] for row in rows]


def printed(cell: Line) -> str:
    return " ".join(run.text for run in cell)


def test_what_a_cell_covers_beyond_its_first_place_stays_empty() -> None:
    assert set_rows(SpanTable(completed(TWO_YEARS), head=2)) == [
        ["Country", "1996", ""],
        ["", "No.", "%"],
        ["North", "17", "3.5"],
        ["", "", "• first point • second point"],
    ]


def test_cells_are_cut_off_with_the_row_that_they_begin_in() -> None:
    one = SpanTable(completed(TWO_YEARS), head=2)
    assert set_rows(one, bottom=100) == []  # "North" needs both of its rows: nothing is left below the head
    assert one.cut(3).rows == 2 and one.cut(4).rows == 4


def test_text_of_a_cell_stays_inside_of_it() -> None:
    page = desk()
    setter = SpanSetter(page, SpanTable(completed(TWO_YEARS), 2), page.style(), Look("none"))
    widths = setter.widths(300, 0.0)
    assert widths is not None
    _, rows = setter.set(40, 20, widths, 650)
    edges = [40 + sum(widths[:column]) for column in range(len(widths) + 1)]
    for cell, left, right in zip(rows[2], edges, edges[1:], strict=False):
        assert all(left <= run.x0 and run.x1 <= right + 1 for run in cell)
    top, under = rows[0][1][0], rows[1][1][0]
    assert under.top >= top.bottom - 1  # the second tier stands below the first


def test_words_that_do_not_fit_are_said_before_anything_is_drawn() -> None:
    page = desk()
    table = SpanTable(
        completed((Cell(0, 0, ("Characteristic",)), Cell(1, 0, ("1,234,567",), breaks=False))), 1
    )
    assert SpanSetter(page, table, page.style(), Look()).widths(40, 1.0) is None
    assert not page.canvas.drawn


@pytest.fixture(scope="module")
def pages() -> list[SyntheticPage]:
    world = World.builtin()
    shapes = ((1536, 768), (1086, 1536), (1152, 384), (768, 384))
    made = (np.random.default_rng([8, seed]) for seed in range(60))
    return [make_page(rng, world, kind="table", size_px=shapes[n % 4]) for n, rng in enumerate(made)]


def test_every_row_of_the_markdown_has_every_column(pages: list[SyntheticPage]) -> None:
    tiers = 0
    for page in pages:
        for block in page.text.split("\n\n"):
            if not block.startswith("|"):
                continue
            rows = table_rows(block)
            assert len({len(row) for row in rows}) == 1, block
            tiers += rows[0].count("") > 0 and len(rows) > 1
    assert tiers > 10  # heads whose first tier covers several columns, or no name over the rows


def test_answers_about_cells_are_printed(pages: list[SyntheticPage]) -> None:
    asked = [(page, question) for page in pages for question in page.questions if question.kind == "table"]
    assert len(asked) > 60
    for page, question in asked:
        assert question.answer and question.answer in page.text, question
        assert question.box is not None


def test_rows_of_tables_in_tiers_are_not_counted() -> None:
    """Names of sections and second lines of a head look like rows: how many there are is anybody's guess."""
    for seed in range(20):
        page = Desk(Random(seed), World.builtin(), "en", (1086, 1536), 16.0, ("sans",))
        if tiered_table(page, 60, 40, 950, 1400) > 40:
            assert not page.grids[0].counted
            names = page.grids[0].header[1:]
            assert len(set(names)) == len(names), names
            return
    pytest.fail("none of twenty tables fits on an A4 page")
