"""Opening files: kinds, page choice, image modes and orientation, limits."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from octavo.app import DocumentError, PageError, Settings, UsageError
from octavo.app.decode import fit, to_rgb
from octavo.app.documents import Documents, parse_ranges, select_pages


@pytest.fixture
def open_documents():
    """``open_documents(**settings)`` → what opens files in this process; closed at the end."""
    made = []

    def make(**settings) -> Documents:
        made.append(Documents(Settings(isolate=False, **settings)))
        return made[-1]

    yield make
    for documents in made:
        documents.sandbox.close()


@pytest.fixture
def documents(open_documents) -> Documents:
    return open_documents()


def test_a_pdf_page_is_rendered_at_the_area_asked_for(make_pdf, documents):
    document = documents.open(make_pdf("Hello"))
    image = document.page(1).image
    assert (document.kind, document.page_count, document.numbers) == ("pdf", 1, (1,))
    assert image.mode == "RGB"
    assert image.width * image.height == pytest.approx(Settings().page_px, rel=0.01)
    assert image.width / image.height == pytest.approx(595 / 842, rel=0.01)
    assert np.asarray(image).min() < 60  # the text is there
    assert np.asarray(image).max() == 255


def test_pages_are_chosen_by_range_in_the_order_asked(make_pdf, documents):
    path = make_pdf("one", "two", "three", "four")
    assert documents.open(path, "3-4,1").numbers == (3, 4, 1)
    assert documents.open(path, "2-").numbers == (2, 3, 4)
    assert documents.open(path, [2]).numbers == (2,)


@pytest.mark.parametrize("text", ["", "a", "0", "3-1", "1,,2", "-3", "1-2-3", "1.5"])
def test_a_malformed_range_is_refused_with_an_example(text):
    with pytest.raises(UsageError, match="page range"):
        parse_ranges(text)


@pytest.mark.parametrize("chosen", [[(5, 5)], [(2, 9)], [(5, None)], [0]])
def test_a_page_outside_the_document_is_refused_with_the_number_of_pages(chosen):
    with pytest.raises(DocumentError, match=r"a.pdf: .* has 4; choose from 1-4"):
        select_pages("a.pdf", chosen, 4, 100)


def test_too_many_pages_ask_for_a_choice():
    with pytest.raises(DocumentError, match="more than 10 pages at once; choose with --pages 1-10"):
        select_pages("a.pdf", None, 5000, 10)
    assert select_pages("a.pdf", [(4000, 4003)], 5000, 10) == (4000, 4001, 4002, 4003)


def test_a_page_that_does_not_exist_is_a_page_error(make_pdf, documents):
    with pytest.raises(PageError, match="page 2"):
        documents.open(make_pdf()).page(2)


@pytest.mark.parametrize(
    ("mode", "suffix"),
    [
        ("RGB", "png"),
        ("L", "png"),
        ("1", "png"),
        ("P", "png"),
        ("RGB", "jpg"),
        ("L", "jpg"),
        ("CMYK", "jpg"),
        ("RGB", "webp"),
        ("RGB", "tif"),
        ("CMYK", "tif"),
        ("RGB", "bmp"),
        ("P", "gif"),
    ],
)
def test_formats_and_modes_become_rgb(tmp_path, documents, mode, suffix):
    path = tmp_path / f"image.{suffix}"
    image = Image.new("RGB", (60, 40), "white")
    image.paste((0, 0, 0), (0, 0, 30, 40))
    image.convert(mode).save(path)
    page = documents.open(path).page(1).image
    assert (page.mode, page.size) == ("RGB", (60, 40))
    assert max(page.getpixel((5, 20))) < 40
    assert min(page.getpixel((50, 20))) > 215


def test_content_decides_and_not_the_name(tmp_path, documents):
    Image.new("RGB", (30, 20), "red").save(tmp_path / "really.png")
    (tmp_path / "really.png").rename(tmp_path / "claims.pdf")
    assert documents.open(tmp_path / "claims.pdf").kind == "image"


def test_transparency_lies_on_white(tmp_path, documents):
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    Image.new("LA", (10, 10), (0, 128)).save(tmp_path / "half.png")
    assert documents.open(tmp_path / "clear.png").page(1).image.getpixel((5, 5)) == (255, 255, 255)
    assert documents.open(tmp_path / "half.png").page(1).image.getpixel((5, 5)) == (127, 127, 127)


def test_sixteen_bit_grey_keeps_its_tones(tmp_path, documents):
    Image.fromarray(np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (8, 1))).save(tmp_path / "deep.png")
    row = np.asarray(documents.open(tmp_path / "deep.png").page(1).image)[4, :, 0]
    assert np.abs(row.astype(int) - np.arange(256)).max() <= 1


def test_float_and_signed_greys_are_scaled_to_their_range():
    picture = Image.fromarray(np.array([[-1.0, 0.0, 1.0]], dtype=np.float32))
    assert [pixel[0] for pixel in np.asarray(to_rgb(picture))[0]] == [0, 127, 255]


def test_exif_orientation_is_applied(tmp_path, documents):
    image = Image.new("RGB", (40, 20), "white")
    image.paste("black", (0, 0, 10, 20))  # dark at the left, to be shown at the top
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate by 90 degrees clockwise
    for name in ("turned.jpg", "turned.webp", "turned.png"):
        image.save(tmp_path / name, exif=exif)
        page = documents.open(tmp_path / name).page(1).image
        assert page.size == (20, 40)
        assert max(page.getpixel((10, 3))) < 60 < min(page.getpixel((10, 35)))


def test_every_page_of_a_tiff_is_a_page(tmp_path, documents):
    first, *rest = [Image.new("L", (20 + 10 * n, 30), 40 * n) for n in range(3)]
    first.save(tmp_path / "fax.tiff", save_all=True, append_images=rest)
    document = documents.open(tmp_path / "fax.tiff", "2-3")
    assert document.page_count == 3
    assert [document.page(n).image.size for n in document.numbers] == [(30, 30), (40, 30)]
    assert document.page(3).image.getpixel((1, 1)) == (80, 80, 80)


def test_an_animation_is_its_first_frame(tmp_path, documents):
    frames = [Image.new("P", (10, 10), n) for n in range(3)]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    assert documents.open(tmp_path / "moving.gif").page_count == 1


def test_a_large_photo_is_scaled_down_and_a_small_one_is_left_alone(tmp_path, open_documents):
    documents = open_documents(page_px=10_000)
    Image.new("RGB", (4000, 1000), "white").save(tmp_path / "large.jpg")
    Image.new("RGB", (80, 50), "white").save(tmp_path / "small.jpg")
    assert documents.open(tmp_path / "large.jpg").page(1).image.size == (200, 50)
    assert documents.open(tmp_path / "small.jpg").page(1).image.size == (80, 50)


def test_a_file_that_changes_on_disk_is_opened_again(make_pdf, documents, tmp_path):
    path = make_pdf("one")
    assert documents.open(path).page_count == 1
    make_pdf("one", "two")
    assert documents.open(path).page_count == 2


def test_fit_keeps_the_shape_within_bounds():
    assert fit(595, 842, 1_668_000, 10) == (1086, 1536)
    assert fit(10, 10, 1_668_000, 600 / 72) == (83, 83)  # a tiny page is not blown up without end
    assert fit(20_000, 12, 1_668_000, 1) == (8000, 5)
    assert fit(1e9, 1e-3, 1000, 1)[1] == 1
    for width, height in ((0, 10), (10, -1), (float("nan"), 1), (float("inf"), 1)):
        with pytest.raises(ValueError, match="no area"):
            fit(width, height, 1000, 1)


def test_a_password_opens_an_encrypted_pdf(make_pdf, documents):
    path = make_pdf("secret", password="Größe")
    assert documents.open(path, password="Größe").page_count == 1
    with pytest.raises(DocumentError, match="encrypted; give its password with --password"):
        documents.open(path)
    with pytest.raises(DocumentError, match="does not open the PDF"):
        documents.open(path, password="groesse")


def test_paths_are_kept_as_the_caller_wrote_them(make_pdf, documents, monkeypatch):
    path = make_pdf()
    monkeypatch.chdir(path.parent)
    assert documents.open(path.name).page(1).file == "made.pdf"


def test_a_truncated_jpeg_is_refused_when_it_is_opened(tmp_path, documents):
    buffer = io.BytesIO()
    Image.effect_noise((200, 200), 50).save(buffer, "JPEG")
    Path(tmp_path / "cut.jpg").write_bytes(buffer.getvalue()[:2000])
    with pytest.raises(DocumentError, match=r"cut.jpg: the image is damaged \(.*truncated"):
        documents.open(tmp_path / "cut.jpg")
