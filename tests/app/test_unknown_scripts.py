"""The shipped reader on print that it never learnt: it says so instead of making letters out of it."""

from collections.abc import Iterator

import pymupdf
import pytest
from PIL import Image

from octavo.app import DocumentService, Settings
from octavo.app.outcomes import ILLEGIBLE

CHINESE = (
    "发票号码与开票日期",
    "北京市朝阳区建国路八十八号",
    "请在三十天内支付全部款项",
    "本公司按照合同约定向客户提供服务",
)
JAPANESE = (
    "請求書番号を確認してください",
    "東京都千代田区丸の内一丁目",
    "お支払いは銀行振込でお願いいたします",
)
KOREAN = (
    "계약서 번호를 확인하십시오",
    "서울특별시 강남구 테헤란로",
    "대금은 삼십일 이내에 지급하여야 합니다",
)
ENGLISH = (
    "Invoice number and date",
    "The amount is due within thirty days",
    "Unter den Linden 5, 10117 Berlin",
)


@pytest.fixture(scope="module")
def service() -> Iterator[DocumentService]:
    with DocumentService(Settings.load(model="nano")) as opened:
        yield opened


def printed(lines: tuple[str, ...]) -> Image.Image:
    """A page full of these lines."""
    with pymupdf.open() as document:
        page = document.new_page()
        writer, font = pymupdf.TextWriter(page.rect), pymupdf.Font("cjk")
        for number in range(30):
            writer.append((60, 70 + 20 * number), lines[number % len(lines)], font=font, fontsize=12)
        writer.write_text(page)
        pixels = page.get_pixmap(dpi=150)
    return Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples)


@pytest.mark.parametrize("lines", [CHINESE, JAPANESE, KOREAN])
def test_a_page_in_a_foreign_script_is_illegible(service: DocumentService, lines: tuple[str, ...]) -> None:
    rows = service.backend.look(printed(lines))
    assert rows is not None and rows.is_illegible and rows.sure < 0.6


def test_a_page_in_a_known_script_is_not(service: DocumentService) -> None:
    rows = service.backend.look(printed(ENGLISH))
    assert rows is not None and not rows.is_illegible and rows.sure > 0.9


def test_no_text_is_made_up_for_it(service: DocumentService, tmp_path) -> None:  # type: ignore[no-untyped-def]
    printed(CHINESE).save(tmp_path / "invoice.png")
    (page,) = service.read(service.open(tmp_path / "invoice.png"))
    assert (page.text, page.status, page.reason) == ("", "error", ILLEGIBLE)
