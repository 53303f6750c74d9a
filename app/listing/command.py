"""What ``octavo listing`` does and prints: files into ``--out``, what was found out on stderr."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..channels import PACKS, Pack, find_packs, write_files
from ..channels.rules import Row
from ..errors import UsageError
from ..parsing import printable
from ..service import DocumentService
from ..settings import Settings
from ..terminal import DONE, FAILED, print_json, say, write
from .catalogue import RECORDS, Outcome, read_catalogue, run_catalogue
from .product import Product, Request, make_product
from .seller import parse_settings, read_notes

# Something that the seller gave and that is not in the rows: nobody would miss it in a long catalogue.
LOST = ("seller.gtin", "photo.barcode", "photo.unusable", "photo.unreadable")
PHOTO_PX = 4_000_000  # barcodes are small; a photo is decoded larger than a page


def open_service(model: str | None) -> DocumentService:
    """The service of the command: photos are decoded larger than pages, the model begins to load."""
    service = DocumentService(Settings.load(model=model, page_px=PHOTO_PX))
    service.warm_up()
    return service


def settings_of(pairs: Sequence[str], **given: str | None) -> dict[str, str]:
    """``--set`` and the options that are settings of their own. Raises UsageError."""
    return parse_settings(pairs) | {name: value for name, value in given.items() if value}


def show_listing(
    service: DocumentService, request: Request, channels: str, out: Path | None, as_json: bool
) -> int:
    """One product, or a catalogue when a CSV is named; the exit code."""
    packs = find_packs(channels)
    request = replace(request, notes=read_notes(request.notes))
    if len(request.photos) == 1 and Path(request.photos[0]).suffix.lower() in (".csv", ".tsv"):
        if request.notes or request.spec or as_json:
            problem = "--notes, --spec and --json are for one product"
            raise UsageError(
                f"listing: {problem}; a catalogue has columns for the first two, and {RECORDS} in --out"
            )
        return show_catalogue(service, request, packs, out)
    product = make_product(service, request)
    rows = [product.row(pack) for pack in packs]
    written = [path for pack, row in zip(packs, rows, strict=True) for path in _export(pack, row, out)]
    if as_json:
        records = [product.to_json(row) for row in rows]
        print_json(records[0] if len(records) == 1 else records)
    else:
        write(_summary(product, rows))
    for line in _told(rows):
        say(line)
    for path in written:
        say(f"wrote {path}")
    return DONE if all(row.is_valid for row in rows) else FAILED


def _told(rows: Sequence[Row]) -> list[str]:
    """The findings that ask for something; what concerns the product, not a channel, is said once."""
    lines: dict[str, None] = {}  # in order, each once
    for row in rows:
        for finding in row.findings:
            where = f"{row.channel}: " if finding.rule.startswith(f"{row.channel}.") else ""
            if finding.severity != "info":
                lines[f"{where}{finding.severity}: {finding.field}: {finding.message}"] = None
    return list(lines)


def show_catalogue(
    service: DocumentService, request: Request, packs: Sequence[Pack], out: Path | None
) -> int:
    """Every product of a catalogue; stopped or killed, the same command goes on."""
    if out is None:
        raise UsageError("listing: a catalogue needs --out, a folder for its files")
    path = Path(request.photos[0])
    entries = read_catalogue(path, request.settings, request.language, request.tone)
    outcomes = run_catalogue(service, entries, packs, out, on_done=_complain)
    for line in _told_together(outcomes):
        say(line)
    failed = [outcome for outcome in outcomes if outcome.status != "ok"]
    held = sum(not row.is_valid for outcome in outcomes for row in outcome.rows)
    new = sum(outcome.is_new for outcome in outcomes)
    say(f"{len(outcomes)} products ({new} new), {len(failed)} failed, {held} rows held back; see {out}")
    return FAILED if failed or held else DONE


def _export(pack: Pack, row: Row, out: Path | None) -> list[Path]:
    return write_files(pack, [row], out) if out is not None else []


def _complain(outcome: Outcome) -> None:
    if outcome.status != "ok":
        say(f"{outcome.sku}: {outcome.reason}")
    for row in outcome.rows:
        for finding in row.findings:
            if finding.severity == "error":
                say(f"{outcome.sku}: {row.channel}: {finding.field}: {finding.message}")
    lost = (finding for row in outcome.rows for finding in row.findings if finding.rule in LOST)
    for line in dict.fromkeys(f"{outcome.sku}: {finding.field}: {finding.message}" for finding in lost):
        say(line)


def _told_together(outcomes: Sequence[Outcome]) -> list[str]:
    """What the products of a catalogue say of each other, once for all channels."""
    said = {
        (outcome.sku, finding.rule, finding.message): None
        for outcome in outcomes
        for row in outcome.rows
        for finding in row.findings
        if finding.rule.startswith("catalogue.")
    }
    return [f"{sku}: {rule.removeprefix('catalogue.')}: {message}" for sku, rule, message in said]


def _summary(product: Product, rows: Sequence[Row]) -> str:
    """Facts and fields for a reader at a terminal."""
    lines = ["Facts"]
    for fact in product.facts:
        mark = " " if fact.stated else "?"
        where = f"({fact.source}, {fact.confidence:.2f})"
        lines.append(f"  {mark} {fact.name}: {fact.value}  {where} {fact.reason}".rstrip())
    for row in rows:
        lines += ["", PACKS[row.channel].title + ("" if row.is_valid else "  (held back: see the errors)")]
        for name, value in row.fields.items():
            if isinstance(value, str):
                lines.append(f"  {name}: {value}")
            elif isinstance(value, dict):
                lines += [f"  {name}: {key} = {', '.join(texts)}" for key, texts in value.items()]
            else:
                lines += [f"  {name}: {text}" for text in value]
    return "\n".join(printable(line) for line in lines) + "\n"
