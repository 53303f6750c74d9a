"""Rules for invoices in German, French and English: number, date, seller, grand total.

Tuned on the training lines of the ZUGFeRD invoices only.
"""

import re
from collections.abc import Callable, Sequence

from .form import answer
from .layout import Box, Row
from .values import amounts, dates

NUMBER_LABELS = (
    "Rechnungsnummer",
    "Rechnungs-Nr",
    "Rechnungsnr",
    "Rechnung Nr",
    "Belegnummer",
    "Beleg-Nr",
    "Invoice number",
    "Invoice no",
    "Numéro de facture",
    "Facture n°",
    "Facture no",
)
NUMBER_AFTER = re.compile(
    r"(?:rechnung\w*?|gutschrift|korrektur\w*?|facture|invoice|beleg|versicherers).{0,24}?"
    r"(?:\bnr\b|(?<=ng)nr\b|\bno\b|n°|nummer\b|number\b|#)\.?\s*[:#]?\s*(?P<value>[\w./-]*\d[\w./-]*)",
    re.I,
)
NUMBER_ALONE = re.compile(r"^\W*nr\.?\s*:?\s*(?P<value>[\w./-]*\d[\w./-]*)", re.I)
DATE_LABELS = (
    "Rechnungsdatum",
    "Belegdatum",
    "Beleg-Datum",
    "Ausstellungsdatum",
    "Invoice date",
    "Date de facture",
    "Date de facturation",
    "Datum",
    "Date",
)
SELLER_LABELS = (
    "Rechnungsersteller",
    "Rechnungssteller",
    "Verkäufer",
    "Lieferant",
    "Seller",
    "Vendeur",
    "Fournisseur",
)
NOT_SELLER = re.compile(
    r"nummer|\bgln\b|\bnr\b|käufer|kaeufer|empfänger|kunden|anschrift|steuer|\bust\b|\bust-|datum|handelsname|siret|tel|iban",
    re.I,
)
LEGAL_FORM = re.compile(
    r"\b(gmbh|ag|kg|ohg|gbr|e\.?\s?k\.?|mbh|a\.\s?g\.|sarl|s\.a\.r\.l|sas|s\.a\.|sa|ltd|inc|llc|b\.v\.|plc)(?=\W|$)",
    re.I,
)
TOTAL_LABELS: tuple[tuple[str, float], ...] = (
    (r"rechnungssumme\W*brutto|brutto\W*summe|gesamtbetrag\W*brutto|bruttobetrag|brutto\W*betrag", 10),
    (r"rechnungssumme\W*mit|rechnungsbetrag\W*(inkl|mit|brutto)|gesamtbetrag\W*(inkl|mit)", 10),
    (r"total\W*(ttc|t\.t\.c)|montant\W*ttc|grand\W*total|total\W*(gross|incl)", 10),
    (r"endbetrag|gesamtsumme|rechnungsendbetrag|rechnungsgesamtbetrag|gesamt\W*brutto", 9),
    (r"rechnungsbetrag|gesamtbetrag|invoice\W*total|total\W*amount", 8),
    (r"zahlbetrag|zu\W*zahlen|fälliger?\W*betrag|net\W*à\W*payer|amount\W*due|due\W*payable|zahllast", 6),
    (r"brutto|\btotal\b|\bsumme\b|gesamt", 5),
)
NOT_TOTAL = re.compile(
    r"ohne\W*ust|netto\b|netto\W*summe|zuschl|abschl|anzahlung|steuerbe|rabatt|skonto|zwischensumme|ht\b|excl|position|"
    r"bruttopreis|getline|subtotal|vat\W*total|net\W*total|\btva\b|basisbetrag|prämie",
    re.I,
)


def fields(pages: Sequence[Sequence[Row]]) -> dict[str, str]:
    """Values of a document by the names that the scoreboard asks for; one that no rule finds is absent."""
    found = {
        "invoice number": _first(pages, number),
        "issue date": _first(pages, date),
        "seller name": _first(pages, seller),
        "grand total": grand_total([row for page in pages for row in page]),
    }
    return {name: value for name, value in found.items() if value}


def _first(pages: Sequence[Sequence[Row]], rule: Callable[[Sequence[Row]], str | None]) -> str | None:
    return next((value for page in pages if (value := rule(page))), None)


def number(page: Sequence[Row]) -> str | None:
    """Beside a label for it, in a heading ("Handelsrechnung Nr. 471102 vom …"), or after "Nr."."""
    for row in page:
        if match := NUMBER_AFTER.search(row.text):
            return match["value"].strip(".-/")
    for label in NUMBER_LABELS:
        value = answer(page, label)
        if value and (token := next((word for word in value.split() if re.search(r"\d", word)), None)):
            return token.strip(".,:")
    for row in page:
        if match := NUMBER_ALONE.search(row.text):
            return match["value"].strip(".-/")
    return None


def date(page: Sequence[Row]) -> str | None:
    """Beside the invoice's number or a label for it; else the first date on the page."""
    for number_row, row in enumerate(page):
        if NUMBER_AFTER.search(row.text) or NUMBER_ALONE.search(row.text):
            near = [
                *dates(row.text),
                *(d for other in page[number_row + 1 : number_row + 2] for d in dates(other.text)),
            ]
            if near and re.search(r"\bvom\b|\bdu\b|\bdated?\b|issued|datum", row.text, re.I):
                return near[0].text
    for label in DATE_LABELS:
        value = answer(page, label)
        if value and (printed := dates(value)):
            return printed[0].text
    printed = [
        found for row in page for found in dates(row.text) if not re.search(r"version", row.text, re.I)
    ]
    return printed[0].text if printed else None


def seller(page: Sequence[Row]) -> str | None:
    """Under a label for it; else the first name with a legal form that does not stand under the buyer."""
    for label in SELLER_LABELS:
        for number_row, row in enumerate(page):
            for cell in row.cells:
                if re.match(rf"\W*{label}\b\W*$|\W*{label}\s*[:/]", cell.text, re.I):
                    below = _names_below(page, number_row, cell.box)
                    if below:
                        return below
    for row in page:
        for cell in row.cells:
            if LEGAL_FORM.search(cell.text):
                return re.split(r"\s[·•|–-]\s|,\s|\s\*\s", cell.text)[0].strip()
    return None


def _names_below(page: Sequence[Row], number_row: int, label: Box) -> str | None:
    """The first line under a label that can be a name, with the next when only that has a legal form."""
    names: list[str] = []
    width = max(row.box[2] for row in page)
    for row in page[number_row + 1 : number_row + 9]:
        text = re.sub(r"^\W*name\s*:?\s*", "", _under(row, label, width), flags=re.I).strip()
        if text and not NOT_SELLER.search(text) and re.search(r"[A-Za-zÄÖÜ]{3}", text):
            names.append(re.split(r"\s[·•|]\s|,\s", text)[0].strip())
        if len(names) == 2 or (names and LEGAL_FORM.search(names[0])):
            break
    if len(names) == 2 and LEGAL_FORM.search(names[1]) and not re.search(r"\d", names[0]):
        return " ".join(names)
    return names[0] if names else None


def _under(row: Row, label: Box, width: float) -> str:
    """Of a row what belongs to a label's column: the value of "Name:", else the cell that starts near it."""
    height = label[3] - label[1]
    if re.match(r"\W*name\b", row.text, re.I):
        return row.text
    if len(row.cells) == 1 and abs(row.box[0] - label[0]) < 0.45 * width:
        return row.text
    near = min(row.cells, key=lambda cell: abs(cell.box[0] - label[0]))
    return near.text if abs(near.box[0] - label[0]) < 6 * height else ""


def grand_total(rows: Sequence[Row]) -> str | None:
    """The amount behind the surest label; of equal ones the last. Without a label the largest amount."""
    best: tuple[float, str] | None = None
    for number_row, row in enumerate(rows):
        if NOT_TOTAL.search(row.text):
            continue
        score = max(
            (weight for label, weight in TOTAL_LABELS if re.search(label, row.text, re.I)), default=0.0
        )
        if not score:
            continue
        found = amounts(row.text)
        if (
            not found
            and number_row + 1 < len(rows)
            and not re.search(r"[A-Za-z]{4}", rows[number_row + 1].text)
        ):
            found = amounts(rows[number_row + 1].text)
        if found and (best is None or score >= best[0]):
            best = score, found[-1].text
    if best:
        return best[1]
    everything = [amount for row in rows for amount in amounts(row.text)]
    return max(everything, key=lambda amount: amount.value).text if everything else None
