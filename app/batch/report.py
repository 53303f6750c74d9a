"""OUT/summary.html: one self-contained page that says how a batch went. Nothing is loaded from elsewhere.

Names, reasons and answers come from strangers' files: every one is escaped, and the page forbids scripts.
"""

import base64
import io
import time
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import IO

from PIL import Image

from ..documents import Documents
from ..errors import OctavoError
from .export import replacing
from .ledger import Ledger
from .records import WHOLE_FILE, PageRow, Spec, Summary
from .shared_ledger import SharedLedger

WORST_PAGES = 12
PICTURE_PX = 280  # the longer side
PICTURES_LIMIT_S = 60.0  # for all of them: a slow file must not hold up the end of a batch
SNIPPET = 240
STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;
color-scheme:light dark}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .75rem .25rem 0;
border-bottom:1px solid #8884;vertical-align:top}td.n{text-align:right}.bad{color:#c0392b}
.worst{display:flex;flex-wrap:wrap;gap:1rem}figure{margin:0;width:280px;overflow-wrap:anywhere}
img{max-width:100%;border:1px solid #8886}figcaption{font-size:13px}
"""
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def write_report(
    ledger: Ledger | SharedLedger,
    spec: Spec,
    summary: Summary,
    paths: Mapping[str, Path],
    documents: Documents,
    out: Path,
) -> None:
    """Write the page. ``paths``: file name → where it lies, for the pictures."""
    worst = [
        (name, row)
        for name, row in ledger.worst(WORST_PAGES)
        if row.status != "ok" or row.confidence is not None
    ]
    deadline = time.monotonic() + PICTURES_LIMIT_S
    with replacing(out / "summary.html") as stream:
        stream.write(_head(spec, summary))
        stream.write("<h2>Pages to look at</h2>\n<div class=worst>\n")
        for name, row in worst:
            picture = None
            if name in paths and time.monotonic() < deadline:
                picture = _picture(documents, paths[name], spec.password, row)
            stream.write(_figure(spec, name, row, picture))
        stream.write("</div>\n")
        _write_files(stream, ledger)
        stream.write("</body></html>\n")


def _head(spec: Spec, summary: Summary) -> str:
    asked = spec.question or (spec.schema.name if spec.schema else ", ".join(spec.fields))
    rate = f"{60 * summary.new / summary.seconds:.1f}" if summary.new and summary.seconds else "–"
    total = sum(summary.statuses.values())
    numbers = {
        "files": summary.files,
        "rows": total,
        **summary.statuses,
        "done in the last run": summary.new,
        "pages per minute": rate,
        "model": summary.model,
    }
    cells = "".join(
        f"<tr><th>{escape(str(name))}</th><td>{escape(str(value))}</td></tr>"
        for name, value in numbers.items()
    )
    title = f"octavo batch: {spec.task}"
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{escape(title)}</title>\n"
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name=viewport content="width=device-width">\n'
        f"<style>{STYLE}</style></head><body>\n<h1>{escape(title)}</h1>\n"
        f"<p>{escape(asked)}</p>\n<table>{cells}</table>\n"
    )


def _figure(spec: Spec, name: str, row: PageRow, picture: str | None) -> str:
    image = f'<img src="{picture}" alt="page {row.page}">' if picture else "<p>(no picture)</p>"
    sure = "" if row.confidence is None else f", confidence {row.confidence:.2f}"
    kind = "" if row.status == "ok" else " class=bad"
    said = _said(spec, row)[:SNIPPET]
    return (
        f"<figure>{image}<figcaption><b>{escape(name)}</b>, page {row.page}: "
        f"<span{kind}>{escape(row.status)}</span>{sure}<br>{escape(row.reason)}<br><i>{escape(said)}</i>"
        "</figcaption></figure>\n"
    )


def _said(spec: Spec, row: PageRow) -> str:
    if spec.task == "extract":
        fields = row.result.get("fields", {})
        return "; ".join(f"{key}: {item['value']}" for key, item in fields.items())
    return str(row.result.get("text" if spec.task == "read" else "answer", ""))


def _write_files(stream: IO[str], ledger: Ledger | SharedLedger) -> None:
    stream.write("<h2>Files</h2>\n<table><tr><th>file<th>pages<th>ok<th>other<th>seconds<th>remark</tr>\n")
    for name, rows in _by_file(ledger):
        stream.write(_file_line(name, rows))
    stream.write("</table>\n")


def _by_file(ledger: Ledger | SharedLedger) -> Iterator[tuple[str, tuple[int, int, float, str]]]:
    """``(file name, (pages, pages that are ok, seconds, first reason))`` of each file of the plan."""
    for file in ledger.files():
        pages = good = 0
        seconds, remark = 0.0, ""
        for _, row in ledger.rows(file.id):
            pages += row.page > WHOLE_FILE
            good += row.status == "ok"
            seconds += row.seconds
            if row.status != "ok" and not remark:
                place = f"page {row.page}: " if row.page > WHOLE_FILE else ""
                remark = f"{place}{row.status}: {row.reason}"
        yield file.name, (pages, good, seconds, remark)


def _file_line(name: str, totals: tuple[int, int, float, str]) -> str:
    pages, good, seconds, remark = totals
    other = pages - good
    kind = " class=bad" if remark else ""
    return (
        f"<tr><td{kind}>{escape(name)}<td class=n>{pages}<td class=n>{good}<td class=n>{other}"
        f"<td class=n>{seconds:.1f}<td>{escape(remark)}</tr>\n"
    )


def _picture(documents: Documents, path: Path, password: str | None, row: PageRow) -> str | None:
    """The page as a small JPEG data URI; None when it cannot be rendered."""
    try:
        image = documents.open(path, [row.page], password).page(row.page).image
    except OctavoError:
        return None  # the row's own reason says it
    image.thumbnail((PICTURE_PX, PICTURE_PX), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=70)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode("ascii")
