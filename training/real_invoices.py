"""Pages of real invoices as pictures, with the place of every line and the fields as they are printed.

The labels come from the XML inside the PDF (ISO dates, amounts with a dot); a page is asked for what is
printed on it, in its own notation, and for nothing else: a continuation page has no invoice number.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

import pymupdf
from PIL import Image

from ..app.manifest import Item
from .synth.values import MONTHS

LONGEST_PX = 1536
QUALITY = 50  # the packed pages have to travel; the degradation adds its own losses anyway
KEYS = {
    "invoice_number": "invoice number",
    "issue_date": "invoice date",
    "seller_name": "seller",
    "seller_vat_id": "VAT number",
    "buyer_name": "buyer",
    "net_total": "subtotal",
    "tax_total": "tax",
    "grand_total": "total",
    "amount_due": "amount due",
    "iban": "IBAN",
    "currency": "currency",
}


def invoice_pages(item: Item) -> Iterator[tuple[dict[str, Any], bytes]]:
    """A record and a JPEG for every page of print."""
    with pymupdf.open(item.path) as document:
        for page in document:
            factor = LONGEST_PX / max(page.rect.width, page.rect.height)
            pixmap = page.get_pixmap(matrix=pymupdf.Matrix(factor, factor), colorspace=pymupdf.csGRAY)
            image = Image.frombytes("L", (pixmap.width, pixmap.height), pixmap.samples)
            lines, blocks = [], []
            for block in page.get_text("dict")["blocks"]:
                texts = []
                for line in block.get("lines", ()):
                    text = " ".join("".join(span["text"] for span in line["spans"]).split())
                    if text and line["dir"] == (1.0, 0.0):
                        lines.append([*(round(v * factor, 1) for v in line["bbox"]), text])
                        texts.append(text)
                if texts:
                    blocks.append("\n".join(texts))
            if len("".join(blocks)) < 80:
                continue
            text = "\n\n".join(blocks)
            fields = {
                key: printed
                for name, key in KEYS.items()
                if (printed := as_printed(str(item.labels["fields"].get(name) or ""), text))
            }
            language = str(item.labels.get("language") or "de")[:2]
            record = {
                "size": image.size,
                "text": text,
                "fields": fields,
                "lines": lines,
                "language": language,
            }
            yield record, jpeg(image)


def as_printed(value: str, text: str) -> str | None:
    """A label of the XML in the notation of the page; None where the page does not have it as a word."""
    return next((form for form in notations(value) if _stands(form, text)), None)


def _stands(form: str, text: str) -> bool:
    """Whether it is there by itself: ``65,07`` is not a part of ``1.165,07``."""
    return re.search(rf"(?<![\w.,]){re.escape(form)}(?!\w|[.,]\d)", text) is not None


def notations(value: str) -> list[str]:
    """The ways in which an ISO date, an amount with a dot or any other text may be printed."""
    if date := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", value):
        year, month, day = (int(part) for part in date.groups())
        forms = [f"{day:02}.{month:02}.{year}", f"{day}.{month}.{year}", f"{day:02}/{month:02}/{year}", value]
        forms += [f"{day:02}.{month:02}.{year % 100:02}", f"{day:02}-{month:02}-{year}"]
        names = (MONTHS[language].split()[month - 1] for language in ("de", "fr", "en"))
        return forms + [f"{start}{name} {year}" for name in names for start in (f"{day}. ", f"{day} ")]
    if amount := re.fullmatch(r"(-?)(\d+)\.(\d\d)", value):
        sign, whole, cents = amount.groups()
        marks = (".", ",", " ", "\u00a0", "\u202f", "'", "")
        pairs = (
            (f"{int(whole):,}".replace(",", mark), point) for point in ",." for mark in marks if mark != point
        )
        return list(dict.fromkeys(f"{sign}{group}{point}{cents}" for group, point in pairs))
    return [" ".join(value.split())] if value.strip() else []


def jpeg(image: Image.Image) -> bytes:
    """The file of a packed page."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
