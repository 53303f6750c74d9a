"""Pages that lie on their side or on their head are read like upright ones, and their boxes fit the file."""

from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest
from PIL import Image, ImageChops, ImageDraw

from octavo.app import DocumentService, Settings
from octavo.app.outcomes import turned_note
from octavo.app.pages_match import PrintedRows
from octavo.app.types import Page
from octavo.app.upright import Upright, turned

INVOICE = Path(__file__).parents[2] / "examples" / "invoice.pdf"
FIELDS = ("invoice number", "total")


@pytest.fixture(scope="module")
def service() -> Iterator[DocumentService]:
    with DocumentService(Settings.load(model="nano")) as opened:
        yield opened


@pytest.fixture(scope="module")
def invoice() -> Image.Image:
    with pymupdf.open(INVOICE) as document:
        pixels = document[0].get_pixmap(dpi=120)
    return Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples)


def rows(sure: float, size: int = 300) -> PrintedRows:
    return PrintedRows(("print",), size, sure)


def marked() -> Image.Image:
    """A picture that is another one every way round."""
    image = Image.new("RGB", (60, 40), "white")
    ImageDraw.Draw(image).rectangle((0, 0, 20, 5), fill="black")
    return image


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_says_what_the_upright_one_says(
    service: DocumentService, invoice: Image.Image, tmp_path: Path, turn: int
) -> None:
    invoice.save(tmp_path / "upright.png")
    turned(invoice, 360 - turn).save(tmp_path / "turned.png")
    as_is = service.extract(service.open(tmp_path / "upright.png"), FIELDS)
    found = service.extract(service.open(tmp_path / "turned.png"), FIELDS)
    assert found.values == as_is.values
    assert all(found.values.values())
    for name in FIELDS:  # the box, cut out of the file's picture, shows the same print
        cut = []
        for file, fields in (("upright.png", as_is), ("turned.png", found)):
            box = fields.fields[name].evidence[0].box
            with Image.open(tmp_path / file) as image:
                sides = (*image.size, *image.size)
                cut.append(image.convert("L").crop([round(a * b) for a, b in zip(box, sides, strict=True)]))
        again = turned(cut[1], turn).resize(cut[0].size)
        difference = ImageChops.difference(cut[0], again).histogram()
        assert sum(difference[128:]) < 0.02 * cut[0].width * cut[0].height


def test_a_transcript_says_that_the_page_was_turned(
    service: DocumentService, invoice: Image.Image, tmp_path: Path
) -> None:
    turned(invoice, 180).save(tmp_path / "head.png")
    (page,) = service.read(service.open(tmp_path / "head.png"))
    assert page.status == "ok"
    assert page.reason == turned_note(Page("head.png", 1, invoice, 180))


def test_a_page_whose_letters_are_told_is_looked_at_once() -> None:
    seen = []
    upright = Upright(lambda image: seen.append(image.size) or rows(0.99))
    page = Page("a.png", 1, marked())
    assert upright.of(page) is page and upright.of(page) is page
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({0: 0.4, 90: 0.5, 180: 0.6, 270: 0.99}, 270),
        ({0: 0.8, 90: 0.99, 180: 0.99, 270: 0.99}, 180),  # on its side nothing would be told so well
        ({0: 0.8, 90: 0.3, 180: 0.85, 270: 0.3}, 0),  # a bad scan, no better on its head
        ({0: 0.4, 90: 0.4, 180: 0.4, 270: 0.4}, 0),  # a foreign script
    ],
)
def test_the_way_round_that_is_told_best_by_far(told: dict[int, float], expected: int) -> None:
    ways = {turned(marked(), turn).tobytes(): sure for turn, sure in told.items()}
    page = Upright(lambda image: rows(ways[image.tobytes()])).of(Page("a.png", 1, marked()))
    assert page.turn == expected
    assert page.image.tobytes() == turned(marked(), expected).tobytes()


@pytest.mark.parametrize("unseen", [None, rows(0.3, size=20)])
def test_little_print_is_no_reason_to_turn(unseen: PrintedRows | None) -> None:
    page = Page("a.png", 1, marked())
    assert Upright(lambda image: unseen).of(page) is page


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_box_goes_back_to_the_file(turn: int) -> None:
    image = turned(marked(), turn)
    dark = ImageChops.invert(image.convert("L")).getbbox()
    assert dark is not None
    sides = (*image.size, *image.size)
    box = tuple(a / b for a, b in zip(dark, sides, strict=True))
    stored = Page("a.png", 1, image, turn).stored(box)  # type: ignore[arg-type]
    assert stored == pytest.approx((0, 0, 21 / 60, 6 / 40))


def test_a_further_question_is_about_the_same_picture() -> None:
    image = marked()
    upright = Upright(lambda seen: rows(0.99 if seen.size != image.size else 0.4))
    page = Page("page.png", 1, image)
    first, again = upright.of(page), upright.of(page)
    assert first.turn and first.image is again.image and first.image is not image
