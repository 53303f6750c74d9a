"""The ``octavo`` command: parse, call the service, print.

Exit codes: 0 = done, 1 = some pages or items failed, 2 = the input or the call is wrong.
"""

import os
import sys
import threading
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from . import terminal
from .errors import OctavoError, UsageError
from .schema import load_schema
from .service import DocumentService
from .settings import Settings

WRONG_CALL = 2


class Commands(TyperGroup):
    """Errors that the user can repair become one line on stderr and exit code 2."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except OctavoError as error:
            terminal.complain(error)
            raise typer.Exit(WRONG_CALL) from None


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Reads documents with its own vision-language model: pixels in, answers out.",
)

Pages = Annotated[str | None, typer.Option("--pages", help="Pages to use, like 1,3-5 or 2-. Default: all.")]
Password = Annotated[str | None, typer.Option("--password", help="Password of an encrypted PDF.")]
Model = Annotated[str | None, typer.Option("--model", help="A shipped model or a folder. Default: nano.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print a JSON record with confidence and evidence.")]


class Split(StrEnum):
    """Which items of a set are scored."""

    ALL = "all"
    VALIDATION = "validation"


class Task(StrEnum):
    """What a batch does to each page."""

    READ = "read"
    ASK = "ask"
    EXTRACT = "extract"


class Engine(StrEnum):
    """What runs the workers of a batch."""

    PROCESSES = "processes"
    RAY = "ray"


def make_service(model: str | None) -> DocumentService:
    """The service of one command; the model begins to load while the files are opened."""
    service = DocumentService(Settings.load(model=model))
    service.warm_up()
    return service


def split_question(words: list[str]) -> tuple[list[str], str]:
    """``FILE... QUESTION`` as it comes from the shell. Raises UsageError when one of them is missing."""
    *files, question = words
    if not files or Path(question).is_file():
        raise UsageError('ask: give files and then the question: octavo ask invoice.pdf "What is the total?"')
    return files, question


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"octavo {version('octavo')}")
        raise typer.Exit


@app.callback()
def options(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Reads documents with its own vision-language model: pixels in, answers out."""


@app.command()
def ask(
    words: Annotated[list[str], typer.Argument(metavar="FILE... QUESTION", help="Files, then the question.")],
    pages: Pages = None,
    as_json: AsJson = False,
    model: Model = None,
    password: Password = None,
) -> None:
    """Answer a question about PDFs or images; of several pages the most confident answer wins."""
    files, question = split_question(words)
    with make_service(model) as service:
        documents = [service.open(file, pages, password) for file in files]
        count = sum(len(document.numbers) for document in documents)
        code = terminal.show_answer(service.stream_ask(documents, question), count, as_json)
        raise typer.Exit(code | terminal.remark(documents))


@app.command()
def read(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A PDF or an image.")],
    pages: Pages = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write into this file instead of the terminal.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON record a page.")] = False,
    model: Model = None,
    password: Password = None,
) -> None:
    """Transcribe pages to Markdown."""
    terminal.check_output(output)
    with make_service(model) as service:
        document = service.open(file, pages, password)
        events = service.stream_read(document)
        code = terminal.show_pages(events, len(document.numbers), output, as_json)
        raise typer.Exit(code | terminal.remark([document]))


@app.command()
def extract(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A PDF or an image.")],
    fields: Annotated[str, typer.Option("--fields", help='Field names: "invoice number, total".')] = "",
    schema: Annotated[
        str, typer.Option("--schema", help="Instead: a built-in schema, or a file with a JSON Schema.")
    ] = "",
    pages: Pages = None,
    as_json: AsJson = False,
    model: Model = None,
    password: Password = None,
) -> None:
    """Pull named fields, or all that a schema wants, out of a document, as JSON."""
    if bool(fields) == bool(schema):
        raise UsageError('extract: give either --fields "invoice number, total" or --schema invoice')
    known = load_schema(schema) if schema else None
    with make_service(model) as service:
        document = service.open(file, pages, password)
        count = len(document.numbers)
        if known:
            code = terminal.show_extraction(service.stream_schema(document, known), count, as_json)
        else:
            code = terminal.show_fields(service.stream_extract(document, fields.split(",")), count, as_json)
        raise typer.Exit(code | terminal.remark([document]))


@app.command()
def batch(
    source: Annotated[
        Path, typer.Argument(metavar="FOLDER|MANIFEST", help="Or .txt, .csv, .jsonl with files.")
    ],
    task: Annotated[Task, typer.Option("--task", help="What is done to each page.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for results; the same one goes on.")],
    question: Annotated[str, typer.Option("--question", help="For --task ask.")] = "",
    fields: Annotated[
        str, typer.Option("--fields", help='For --task extract: "invoice number, total".')
    ] = "",
    schema: Annotated[
        str, typer.Option("--schema", help="Instead of --fields: a built-in schema, or a JSON Schema file.")
    ] = "",
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes, each with the model.")] = 1,
    pages: Pages = None,
    retries: Annotated[int, typer.Option("--retries", min=0, help="After a worker died at a page.")] = 1,
    engine: Annotated[Engine, typer.Option("--engine", help="Processes here, or a Ray cluster.")] = (
        Engine.PROCESSES
    ),
    time_limit: Annotated[float, typer.Option("--time-limit", min=0.1, help="Seconds for one page.")] = 300.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list the files and their state.")] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh/--resume", help="Forget earlier results in --out, or go on (default).")
    ] = False,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Do pages with errors again.")] = False,
    ledger: Annotated[
        str, typer.Option("--ledger", envvar="OCTAVO_LEDGER", help="A PostgreSQL that machines share.")
    ] = "",
    model: Model = None,
    password: Password = None,
) -> None:
    """Read, ask or extract over thousands of files; stopped or killed, the same command goes on."""
    from .batch import command

    spec = command.make_spec(
        task.value, question, fields, schema, pages, password, Settings.load(model=model)
    )
    if dry_run:
        raise typer.Exit(command.show_preview(source, out, ledger))
    options = command.Options(workers, retries, time_limit, fresh, retry_failed, engine.value, ledger)
    raise typer.Exit(command.show_batch(source, out, spec, options))


@app.command()
def listing(
    photos: Annotated[
        list[str], typer.Argument(metavar="PHOTO...", help="1-8 photos of one product, or a catalogue CSV.")
    ],
    channel: Annotated[
        str, typer.Option("--channel", help='Like "amazon,google", or all. Default: plain.')
    ] = "plain",
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the files to import.")] = None,
    notes: Annotated[str, typer.Option("--notes", help="What you know of it: text or a text file.")] = "",
    spec: Annotated[str, typer.Option("--spec", help="A spec sheet (PDF or image).")] = "",
    brand: Annotated[str | None, typer.Option("--brand", help="The brand.")] = None,
    sku: Annotated[str | None, typer.Option("--sku", help="Your number; else the photo's name.")] = None,
    gtin: Annotated[str | None, typer.Option("--gtin", help="GTIN, EAN or UPC, if no photo has it.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="Your own title.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="name=value, like price=12.50; see docs/listing.md.")
    ] = None,
    language: Annotated[str, typer.Option("--language", help="en, de, fr, es or zh.")] = "en",
    tone: Annotated[str, typer.Option("--tone", help="plain, friendly or technical.")] = "plain",
    as_json: AsJson = False,
    model: Model = None,
) -> None:
    """Turn product photos into listings that shops accept: every claim backed by a fact."""
    from .listing import command

    values = command.settings_of(settings or [], brand=brand, sku=sku, gtin=gtin, title=title)
    request = command.Request(tuple(photos), notes, spec, values, language, tone)
    with command.open_service(model) as service:
        raise typer.Exit(command.show_listing(service, request, channel, out, as_json))


@app.command()
def ui(
    port: Annotated[int, typer.Option("--port", help="Port on 127.0.0.1.")] = 7860,
    model: Model = None,
) -> None:
    """Open the user interface in a browser; it is reachable from this computer only."""
    from .ui.app import launch

    with make_service(model) as service:
        launch(service, port)


@app.command("eval")
def evaluate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder with a manifest.jsonl.")],
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="First N items of each set.")] = None,
    output: Annotated[Path | None, typer.Option("--json", help="Write the scores into this file.")] = None,
    split: Annotated[Split, typer.Option("--split", help="validation: every 7th item by id.")] = Split.ALL,
    transcribe: Annotated[
        bool, typer.Option("--transcribe/--no-transcribe", help="Read whole pages that have a text.")
    ] = True,
    model: Model = None,
) -> None:
    """Score the model on a folder of labelled documents."""
    from . import evaluate as scores

    terminal.check_output(output)
    with make_service(model) as service, terminal.item_progress() as on_item:
        result = scores.evaluate_folder(
            service, folder, limit=limit, split=split.value, transcribe=transcribe, on_item=on_item
        )
    if output:
        scores.write_json(result, output)
    failures = [f"{failure.id}: {failure.reason}" for entry in result.sets for failure in entry.failures]
    raise typer.Exit(terminal.show_scores(result.model, scores.rows(result), failures))


@app.command()
def serve(
    port: Annotated[int, typer.Option("--port", help="Port on 127.0.0.1.")] = 8000,
    api_key: Annotated[
        str, typer.Option("--api-key", envvar="OCTAVO_API_KEY", help="What callers have to send.")
    ] = "",
    rate: Annotated[int, typer.Option("--rate", min=1, help="Requests a minute of one caller.")] = 120,
    waiting: Annotated[int, typer.Option("--waiting", min=1, help="Requests that may wait.")] = 16,
    max_body: Annotated[float, typer.Option("--max-body", min=0.01, help="MB of one request.")] = 32.0,
    model: Model = None,
) -> None:
    """Serve the model on this machine: OpenAI's chat protocol, document jobs, metrics."""
    from .server import run

    config = run.ServerConfig(api_key, max_body, rate, waiting)
    with DocumentService(Settings.load(model=model)) as service:
        run.serve(service, config, port)


@app.command()
def mcp(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder whose files may be read.")],
    model: Model = None,
) -> None:
    """Offer the tools of this program to an assistant (Model Context Protocol, over stdin and stdout)."""
    from .mcp_tools import Tools, create_server

    with make_service(model) as service:
        create_server(Tools(service, folder)).run("stdio")


def main() -> None:
    """The console script."""
    terminal.accept_any_text()
    try:
        app()
    except SystemExit as end:
        if any(thread.name == "octavo-load" for thread in threading.enumerate()):
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(int(end.code or 0))  # nobody waits for the model: report a wrong file at once
        raise
