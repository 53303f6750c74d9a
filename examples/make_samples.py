"""Makes the two sample documents, ``invoice.pdf`` and ``report.pdf``: everything in them is invented.

Run it only to change them: ``python examples/make_samples.py``. Standard PDF fonts, 10 to 12 pt.
"""

from pathlib import Path

import pymupdf

HERE = Path(__file__).parent
A4 = pymupdf.paper_rect("a4")
GREY = (0.35, 0.35, 0.35)
Line = tuple[float, float, str]

SELLER = ["Harbour Paper Company", "14 Quay Street", "Bristol BS1 4QD", "United Kingdom"]
BUYER = ["Bill to:", "Alder & Finch Books", "27 Market Square", "York YO1 8SL"]
DETAILS = [
    ("Invoice number:", "HP-20417"),
    ("Invoice date:", "14 March 2025"),
    ("Due date:", "13 April 2025"),
    ("Order number:", "A-5581"),
]
ITEMS = [
    ("Description", "Quantity", "Unit price", "Amount"),
    ("Laid paper, A4, cream, 500 sheets", "12", "18.50", "222.00"),
    ("Bookbinding thread, white, 100 m", "5", "7.20", "36.00"),
    ("Linen cover board, green", "30", "2.40", "72.00"),
    ("Delivery", "1", "15.00", "15.00"),
]
TOTALS = [("Subtotal:", "345.00"), ("VAT 20%:", "69.00"), ("Total:", "414.00")]
PAYMENT = [
    "Payment within 30 days by bank transfer.",
    "Account name: Harbour Paper Company",
    "Account number: 30815527",
]

REPORT = [
    ("title", "Annual Report of the Reading Room"),
    ("line", "Author: Miriam Holloway"),
    ("line", "Date: 9 January 2025"),
    ("line", "Reference: RR-2024-07"),
    ("heading", "Visitors"),
    (
        "text",
        "The reading room was open on 287 days. It had 18,342 visitors, which is 6 percent more than in "
        "the year before. The busiest month was October, when the new catalogue was opened.",
    ),
    ("heading", "Collection"),
    (
        "text",
        "We bought 412 books and received 96 as gifts. The oldest gift is an atlas printed in Leiden in "
        "1698. Two rooms were fitted with new shelves of oak, made by a workshop in Hull.",
    ),
    ("heading", "Costs"),
    (
        "text",
        "The running costs were 61,250 pounds. Heating was the largest item. The roof above the east "
        "wing will be repaired in May 2025; the builder has offered to do it for 8,900 pounds.",
    ),
    ("line", "Next meeting: 3 February 2025, 10:30"),
    ("line", "Place: Council Chamber, Station Road"),
]


def make_invoice(path: Path) -> None:
    """One page: seller, buyer, four labelled details, a table of items, totals, payment."""
    document = pymupdf.open()
    page = document.new_page(width=A4.width, height=A4.height)
    write(page, 60, 80, SELLER[0], size=16, font="hebo")
    for row, text in enumerate(SELLER[1:]):
        write(page, 60, 100 + 15 * row, text)
    write(page, 400, 80, "INVOICE", size=20, font="hebo")
    for row, text in enumerate(BUYER):
        write(page, 60, 185 + 16 * row, text, font="hebo" if row == 0 else "helv")
    for row, (label, value) in enumerate(DETAILS):
        write(page, 340, 185 + 18 * row, label, font="hebo")
        write(page, 450, 185 + 18 * row, value)
    table(page, 60, 300, ITEMS)
    for row, (label, value) in enumerate(TOTALS):
        font = "hebo" if label == "Total:" else "helv"
        write(page, 380, 445 + 20 * row, label, size=11.5, font=font)
        write(page, 535, 445 + 20 * row, value, size=11.5, font=font, align_right=True)
    for row, text in enumerate(PAYMENT):
        write(page, 60, 560 + 17 * row, text)
    save(document, path, "Sample invoice")


def table(page: pymupdf.Page, x: float, y: float, rows: list[tuple[str, ...]]) -> None:
    """Four columns with ruled lines; numbers end at the right edge of their column."""
    edges = [x, x + 265, x + 330, x + 405, x + 480]
    height = 24
    for row, cells in enumerate(rows):
        top = y + height * row
        page.draw_line((x, top), (edges[-1], top), color=GREY, width=0.7)
        font = "hebo" if row == 0 else "helv"
        write(page, x + 6, top + 16, cells[0], font=font)
        for column, text in enumerate(cells[1:], start=1):
            write(page, edges[column + 1] - 6, top + 16, text, font=font, align_right=True)
    bottom = y + height * len(rows)
    page.draw_line((x, bottom), (edges[-1], bottom), color=GREY, width=0.7)


def make_report(path: Path) -> None:
    """One page of headings, paragraphs of plain text and labelled lines, in Times."""
    document = pymupdf.open()
    page = document.new_page(width=A4.width, height=A4.height)
    y = 90.0
    for kind, text in REPORT:
        if kind == "title":
            write(page, 70, y, text, size=20, font="tibo")
            y += 40
        elif kind == "heading":
            y += 14
            write(page, 70, y, text, size=14, font="tibo")
            y += 22
        elif kind == "line":
            write(page, 70, y, text, size=12, font="tiro")
            y += 20
        else:
            for line in wrap(text, 450, 12, "tiro"):
                write(page, 70, y, line, size=12, font="tiro")
                y += 17
            y += 10
    save(document, path, "Sample report")


def wrap(text: str, width: float, size: float, font: str) -> list[str]:
    """Words into lines of at most ``width`` pt."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if pymupdf.get_text_length(longer, font, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def write(
    page: pymupdf.Page,
    x: float,
    y: float,
    text: str,
    *,
    size: float = 11,
    font: str = "helv",
    align_right: bool = False,
) -> None:
    """One line with its baseline at ``y`` pt; ``x`` is where it begins, or ends with ``align_right``."""
    start = x - pymupdf.get_text_length(text, font, size) if align_right else x
    page.insert_text((start, y), text, fontsize=size, fontname=font)


def save(document: pymupdf.Document, path: Path, title: str) -> None:
    """Write the same bytes at every run: no dates, no random identifier."""
    document.set_metadata({"title": title, "creator": "examples/make_samples.py", "producer": ""})
    document.save(path, garbage=4, deflate=True, no_new_id=True)
    document.close()


if __name__ == "__main__":
    make_invoice(HERE / "invoice.pdf")
    make_report(HERE / "report.pdf")
