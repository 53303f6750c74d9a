"""What is scored: which items of which folders, by which of their labels, against which bars.

Validation lines of ``DATA/train`` (every seventh by id, never trained on) and all of ``DATA/dev``. An item
keeps only the labels that its set is about, and then goes the way of ``octavo eval``: ``app/scoring.py``
asks and scores.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from octavo.app.manifest import Item, load_set, validation_items
from octavo.app.scoring import plan

from .blank import blank_pages
from .printed import printed_amounts, printed_dates


@dataclass(frozen=True)
class Line:
    """A line of the table: a metric, what people call it, and the bar that it is held against, if any."""

    metric: str
    title: str
    bar: float | None = None
    is_error: bool = False  # the bar is the most, not the least

    def meets(self, value: float) -> bool:
        """Whether a value is on the right side of the bar."""
        return self.bar is None or (value <= self.bar if self.is_error else value >= self.bar)


@dataclass(frozen=True)
class BoardSet:
    """One set of the board. ``items(data, work)``: ``work`` is a folder for pictures that have to be made.

    ``kind`` tells the peers what they look at (receipt, invoice, form, page, table); a set without is a
    photo, which no OCR engine can name: the peers are left out there.
    """

    name: str
    title: str
    kind: str | None
    items: Callable[[Path, Path], list[Item]]
    lines: tuple[Line, ...]


def _validation(folder: str, *keys: str) -> Callable[[Path, Path], list[Item]]:
    """Validation lines with these labels only; one that has none of them is left out."""

    def items(data: Path, work: Path) -> list[Item]:
        return [only(item, *keys) for item in validation_items(load_set(data / folder).items)]

    return items


def only(item: Item, *keys: str) -> Item:
    """``item`` with nothing but these labels (``fields.total`` keeps one of a mapping)."""
    kept: dict[str, Any] = {}
    for key in keys:
        name, _, part = key.partition(".")
        value = item.labels.get(name)
        if part:
            if isinstance(value, Mapping) and value.get(part) not in (None, ""):
                kept.setdefault(name, {})[part] = value[part]
        elif value is not None:
            kept[name] = value
    # A cut-out keeps its path: it was chosen when the manifest was read.
    return replace(item, labels=kept)


def _sroie(data: Path, work: Path) -> list[Item]:
    """Receipts with their fields; ``lines`` and ``size`` stay for the boxes."""
    return [
        only(item, "fields", "lines", "size")
        for item in validation_items(load_set(data / "train/sroie").items)
    ]


def _invoices(data: Path, work: Path) -> list[Item]:
    """Number, date, seller and grand total; XML notation and every usual printed form of it are right."""
    names = ("invoice_number", "issue_date", "seller_name", "grand_total")
    items = []
    for item in validation_items(load_set(data / "train/zugferd_invoices").items):
        fields = only(item, *(f"fields.{name}" for name in names)).labels["fields"]
        if date := fields.get("issue_date"):
            fields["issue_date"] = list(printed_dates(date))
        if total := fields.get("grand_total"):
            fields["grand_total"] = list(printed_amounts(total))
        items.append(replace(item, labels={"fields": fields}))
    return items


def _wild(data: Path, work: Path) -> list[Item]:
    """Invoices and receipts that ``benchmarks/wild.py`` put there; none where nobody did."""
    folder = data / "dev/wild"
    return [only(item, "fields") for item in load_set(folder).items] if folder.is_dir() else []


# Asked of receipts and forms that do not print them; a question is skipped where one of its words is printed.
ABSENT = (
    "passport number",
    "blood group",
    "vessel name",
    "flight number",
    "IBAN",
    "date of birth",
    "landlord",
    "effective date of the agreement",
    "governing law",
    "insurance policy number",
    "chassis number",
    "student's name",
    "attending physician",
    "wire transfer reference",
    "monthly rent",
    "expiry date of the visa",
)
ABSENT_PER_ITEM = 2
COMMON_WORDS = {"the", "of", "date", "name", "number"}


def absent_questions(number: int, printed: str) -> dict[str, None]:
    """Two questions whose answer is not in ``printed``, other ones for each item ``number``."""
    text = printed.casefold()
    start = number * ABSENT_PER_ITEM
    order = [ABSENT[(start + n) % len(ABSENT)] for n in range(len(ABSENT))]
    fitting = [
        label
        for label in order
        if not any(
            word.removesuffix("'s") in text for word in label.casefold().split() if word not in COMMON_WORDS
        )
    ]
    return {f"What is the {label}?": None for label in fitting[:ABSENT_PER_ITEM]}


def _refusals(data: Path, work: Path) -> list[Item]:
    """Receipts, forms and empty pages: questions that they answer beside ones that they do not."""
    items: list[Item] = []
    for number, item in enumerate(validation_items(load_set(data / "train/sroie").items)):
        asked = {f"What is the {name}?": value for name, value in item.labels["fields"].items() if value}
        items.append(_asking(item, asked | absent_questions(number, item.labels["text"])))
    for number, item in enumerate(load_set(data / "dev/funsd").items[::2]):
        printed = " ".join(line["text"] for line in item.labels["lines"])
        items.append(_asking(item, absent_questions(number, printed)))
    for number, path in enumerate(blank_pages(work)):
        questions = {"What is the total?": None} | absent_questions(number, "")
        items.append(Item(f"blank_{path.stem}", "blank", path, None, {"pairs": _pairs(questions)}))
    return items


def _asking(item: Item, questions: Mapping[str, Any]) -> Item:
    return replace(item, task="refusals", labels={"pairs": _pairs(questions)})


def _pairs(questions: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"question": question, "answer": answer} for question, answer in questions.items()]


def _forms(data: Path, work: Path) -> list[Item]:
    """Every form with at least one filled pair."""
    forms = [only(item, "pairs") for item in load_set(data / "dev/funsd").items]
    return [form for form in forms if plan(form)]


SETS: tuple[BoardSet, ...] = (
    BoardSet(
        "sroie",
        "SROIE receipts, fields",
        "receipt",
        _sroie,
        (
            Line("field_accuracy", "mean field accuracy", 0.75),
            *(Line(f"field_accuracy.{name}", name) for name in ("company", "date", "address", "total")),
            Line("evidence_iou50", "evidence box of a correct answer, IoU ≥ 0.5", 0.75),
            Line("seconds.extract", "seconds per receipt, whole extraction", 1.5, is_error=True),
        ),
    ),
    BoardSet(
        "sroie_text",
        "SROIE receipts, transcription",
        "receipt",
        _validation("train/sroie", "text"),
        (
            Line("cer_loose", "character error, case, spaces, punctuation aside", 0.04, is_error=True),
            Line("seconds.read", "seconds per receipt"),
        ),
    ),
    BoardSet(
        "funsd",
        "FUNSD forms, pairs asked by their question",
        "form",
        _forms,
        (
            Line("anls", "ANLS", 0.55),
            Line("field_accuracy", "exact"),
            Line("seconds.ask", "seconds per form, all its questions"),
        ),
    ),
    BoardSet(
        "zugferd",
        "ZUGFeRD invoices",
        "invoice",
        _invoices,
        (
            Line("field_accuracy", "number, date, seller, grand total: mean", 0.70),
            Line("field_accuracy.invoice_number", "number"),
            Line("field_accuracy.issue_date", "date"),
            Line("field_accuracy.seller_name", "seller"),
            Line("field_accuracy.grand_total", "grand total"),
            Line("seconds_per_page", "seconds per page"),
        ),
    ),
    BoardSet(
        "wild",
        "invoices and receipts from public repositories",
        "invoice",
        _wild,
        (
            Line("field_accuracy", "mean field accuracy"),
            Line("field_accuracy.invoice_number", "number"),
            *(
                Line(f"field_accuracy.{name}", name)
                for name in ("date", "seller", "buyer", "total", "currency")
            ),
            Line("seconds.extract", "seconds per page, whole extraction"),
        ),
    ),
    BoardSet(
        "kleister",
        "Kleister contract pages, A4",
        "page",
        _validation("train/kleister_nda", "page_texts"),
        (
            Line("cer", "character error against the text layer", 0.02, is_error=True),
            Line("cer_loose", "the same, case, spaces, punctuation aside"),
            Line("seconds_per_page", "seconds per page"),
        ),
    ),
    BoardSet(
        "icdar",
        "ICDAR tables → Markdown",
        "table",
        _validation("train/icdar2013_tables", "text"),
        (Line("cell_f1", "cell F1", 0.65), Line("seconds.read", "seconds per table")),
    ),
    BoardSet(
        "myntra",
        "Myntra product photos",
        None,
        _validation("train/fashion_myntra", "attributes.colour", "attributes.sub_category"),
        (
            Line("accuracy.colour", "colour", 0.75),
            Line("accuracy.colour_family", "colour, by family"),
            Line("accuracy.sub_category", "sub-category", 0.85),
        ),
    ),
    BoardSet(
        "clothing",
        "clothing photos",
        None,
        _validation("train/clothing_cc0", "attributes.category"),
        (Line("accuracy.category", "category (10)", 0.80),),
    ),
    BoardSet(
        "grocery",
        "grocery photos",
        None,
        _validation("train/grocery", "attributes.product"),
        (Line("accuracy.product", "class (81)", 0.70),),
    ),
    BoardSet(
        "refusals",
        "unanswerable questions and blank pages",
        "receipt",
        _refusals,
        (
            Line("unanswerable_recall", 'answered "not in the document"', 0.95),
            Line("false_refusals", "answerable ones refused", 0.03, is_error=True),
        ),
    ),
)


def chosen_sets(names: str | None) -> list[BoardSet]:
    """The sets of a comma-separated list, all without one. Raises ``ValueError`` naming the known ones."""
    by_name = {board_set.name: board_set for board_set in SETS}
    wanted = [name.strip() for name in names.split(",")] if names else list(by_name)
    if unknown := [name for name in wanted if name not in by_name]:
        raise ValueError(f"no set called {', '.join(unknown)}; known are {', '.join(by_name)}")
    return [by_name[name] for name in wanted]
