"""Print that is askew is put level, and boxes find their way back to the picture that was given."""

from pathlib import Path

import pymupdf
import pytest
from PIL import Image, ImageChops, ImageDraw

from octavo.app import DocumentService, Settings
from octavo.app.frame import Frame, level, skew
from octavo.app.outcomes import turned_note
from octavo.app.pages_match import PrintedRows
from octavo.app.types import WHOLE_PAGE, Page
from octavo.app.upright import Upright, turned

INVOICE = Path(__file__).parents[2] / "examples" / "invoice.pdf"
FIELDS = ["invoice number", "total"]


@pytest.fixture(scope="module")
def invoice() -> Image.Image:
    with pymupdf.open(INVOICE) as document:
        pixels = document[0].get_pixmap(dpi=120)
    return Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples)


def askew(image: Image.Image, degrees: float) -> Image.Image:
    """The picture on a grey table, turned clockwise."""
    return image.rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=(110, 108, 105))


def rows(sure: float) -> PrintedRows:
    return PrintedRows(("print",), 300, sure)


@pytest.mark.parametrize("degrees", [-8.0, -3.3, 0.0, 2.0, 6.5])
def test_the_angle_is_measured(invoice: Image.Image, degrees: float) -> None:
    assert skew(askew(invoice, degrees)) == pytest.approx(degrees, abs=0.2)


def test_a_level_page_stays_as_it_is(invoice: Image.Image) -> None:
    assert level(invoice) is None
    assert level(askew(invoice, 1.0)) is None  # so little is read as well as none


@pytest.mark.parametrize("size", [(1, 1), (5, 900), (300, 300)])
def test_without_lines_there_is_no_angle(size: tuple[int, int]) -> None:
    assert level(Image.new("RGB", size, "white")) is None


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_box_goes_back_to_the_file(turn: int) -> None:
    stored = Image.new("RGB", (400, 300), "white")
    ImageDraw.Draw(stored).rectangle((60, 200, 99, 219), fill="black")
    image = turned(stored, turn)
    frame = Frame.level(image.size, 5.0)
    seen = frame.picture(image)
    dark = ImageChops.invert(seen.convert("L")).point(lambda level: 255 * (level > 127)).getbbox()
    assert dark is not None
    sides = (*seen.size, *seen.size)
    box = tuple(a / b for a, b in zip(dark, sides, strict=True))
    x0, y0, x1, y1 = Page("a.png", 1, seen, turn, frame).stored(box)  # type: ignore[arg-type]
    # around the print, and larger only by what the box around a slanted box takes
    assert 52 / 400 < x0 <= 61 / 400 and 99 / 400 <= x1 < 108 / 400
    assert 192 / 300 < y0 <= 201 / 300 and 219 / 300 <= y1 < 228 / 300


def test_what_is_said_of_a_page_names_what_was_done() -> None:
    image = Image.new("RGB", (40, 30))
    frame = Frame.level(image.size, -2.5)
    assert frame.angle == pytest.approx(-2.5)
    assert turned_note(Page("a.png", 1, image)) == ""
    both = turned_note(Page("a.png", 1, image, 90, frame))
    assert "on its side" in both and both.endswith("askew by 2.5 degrees and was put level to be read")


def test_the_whole_page_is_the_whole_page() -> None:
    image = Image.new("RGB", (40, 30))
    page = Page("a.png", 1, image, 0, Frame.level(image.size, 5.0))
    assert page.stored(WHOLE_PAGE) == WHOLE_PAGE


@pytest.mark.parametrize(("then", "is_level"), [(0.99, True), (0.9, False)])
def test_a_page_stays_askew_where_its_letters_are_told_better_so(
    invoice: Image.Image, then: float, is_level: bool
) -> None:
    slanted = askew(invoice, 4.0)
    upright = Upright(lambda image: rows(0.97 if image.size == slanted.size else then))
    page = Page("a.png", 1, slanted)
    found = upright.of(page)
    assert (found.frame is not None) is is_level and (found is page) is not is_level
    assert upright.rows(page) == rows(then if is_level else 0.97)
    assert upright.of(found) is found


def test_a_slanted_page_says_what_the_level_one_says(invoice: Image.Image, tmp_path: Path) -> None:
    invoice.save(tmp_path / "level.png")
    askew(invoice, 6.0).save(tmp_path / "askew.png")
    with DocumentService(Settings.load(model="nano")) as service:
        as_is = service.extract(service.open(tmp_path / "level.png"), FIELDS)
        found = service.extract(service.open(tmp_path / "askew.png"), FIELDS)
        (page,) = service.read(service.open(tmp_path / "askew.png"))
    assert page.status == "ok"
    assert page.reason.startswith("its print is askew by ") and page.reason.endswith("put level to be read")
    assert found.values == as_is.values and all(found.values.values())
