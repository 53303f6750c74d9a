"""How long a reader waits on a CPU: first answer token, further tokens, cold start, memory.

    python benchmarks/cpu_latency.py [--model nano] [--threads 2] [--json benchmarks/cpu_latency.json]

Every page is a PDF file of its own, so nothing is warmed by an earlier question on it. Beside the time per
token stands its floor: the bytes that one token must fetch from memory (weights in use and the cache of a
page) over the copy bandwidth measured in the same run.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import pymupdf
import torch
from rich.console import Console
from rich.table import Table

from octavo.app.prompts import READ
from octavo.app.service import DocumentService
from octavo.app.settings import Settings
from octavo.language.draft import Drafter
from octavo.language.generate import Sampler, generate
from octavo.language.initialize import new_model
from octavo.language.moe import MoE
from octavo.language.tokenizer import Tokenizer
from octavo.language.vlm import PagePrefix, VisionLanguageModel
from octavo.language.weights import PRETRAINED, TOKENIZER, save_pretrained

QUESTION = "What is the invoice number?"
BARS = {"first_token_s": 2.5, "token_ms": 6.0, "cold_start_s": 12.0}
A4_PT = (595, 842)
PARAGRAPH = (
    "The goods remain our property until they are paid for in full. Please check the delivery on arrival "
    "and report damage within eight days. Payment is due within thirty days of the date above, without "
    "deduction; later payments bear interest. Returns are accepted in the original packing only. "
)


@dataclass(frozen=True)
class Hardware:
    """What the figures were taken on."""

    cpu: str
    cores: int
    threads: int
    torch: str
    python: str
    dtype: str
    copy_gb_per_s: float  # bytes read plus bytes written


@dataclass(frozen=True)
class Latency:
    """Medians, of tokens means; seconds unless the name says otherwise. ``drafted``: from the print."""

    model: str
    page_tokens: int
    open_file_s: float
    encode_page_s: float
    first_token_s: float
    token_ms: float
    drafted_token_ms: float
    tokens_timed: int
    token_floor_ms: float
    active_mb_per_token: float
    cold_start_s: float
    peak_rss_mb: float
    cold_start_peak_rss_mb: float


def write_page(path: Path, number: int) -> None:
    """A dense A4 page of 10-pt text under an invoice head; ``number`` makes it unlike any other page."""
    document = pymupdf.open()
    page = document.new_page(width=A4_PT[0], height=A4_PT[1])
    head = f"Northwind Paper Ltd.\n\nInvoice number: {48_210 + number}\nTotal: 1,284.{number:02}"
    page.insert_textbox((60, 50, 535, 150), head, fontsize=11)
    page.insert_textbox((60, 160, 535, 790), PARAGRAPH * 9, fontsize=10)
    document.save(path)


def copy_bandwidth(num_bytes: int = 256 << 20) -> float:
    """Bytes a second, read plus written, of the fastest of five copies too large for any cache."""
    source = torch.ones(num_bytes // 4)
    target = torch.empty_like(source)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        target.copy_(source)
        times.append(time.perf_counter() - start)
    return 2 * num_bytes / min(times)


def active_bytes(model: VisionLanguageModel, prefix: PagePrefix) -> int:
    """Bytes that one decoded token must read: the weights in use, and the cached rows of the page.

    Of the routed experts only the chosen ones count; with the quick decoder, its own int8 weights do.
    """
    rows = sum(layer[:, : prefix.length].nbytes for layer in prefix.cache.rows)
    if model.quick is not None:
        return model.quick.active_bytes() + rows
    lm = model.lm
    total = float(sum(weight.nbytes for weight in lm.parameters()))
    if lm.lm_head is not None:  # tied, the embedding is the output matrix; else it is only looked up
        total -= lm.embed_tokens.weight.nbytes
    for module in lm.modules():
        if isinstance(module, MoE):
            idle = 1 - module.router.config.top_k / module.router.config.num_routed
            total -= (module.w_gate_up.nbytes + module.w_down.nbytes) * idle
    return int(total) + rows


def time_pages(
    service: DocumentService, model: VisionLanguageModel, folder: Path, repeats: int
) -> dict[str, float]:
    """Medians over ``repeats`` different pages, after one that is not counted."""
    opened, encoded, first = [], [], []
    for number in range(repeats + 1):
        path = folder / f"page{number}.pdf"
        write_page(path, number)
        start = time.perf_counter()
        image = service.open(path).page(1).image
        opened.append(time.perf_counter() - start)
        prefix = model.open_page(image)
        encoded.append(time.perf_counter() - start - opened[-1])
        next(iter(model.stream(prefix, QUESTION, max_new_tokens=1)), None)
        first.append(time.perf_counter() - start)
    return {
        "open_file_s": statistics.median(opened[1:]),
        "encode_page_s": statistics.median(encoded[1:]),
        "first_token_s": statistics.median(first[1:]),
    }


def time_tokens(model: VisionLanguageModel, prefix: PagePrefix, count: int) -> tuple[float, float, int]:
    """Mean milliseconds a token while reading the page, one by one and with drafts; over how many tokens.

    Raises ``SystemExit`` when the model writes too little to time.
    """
    cost, page = [], prefix.print
    drafter = None if page is None else Drafter(model.tokenizer, (), page.characters, page.before)
    for draft in (None, drafter):
        prefix.cache.length = prefix.length
        prompt = model.tokenizer.question(READ)
        tokens = generate(
            model.lm, prefix.cache, prompt, model.tokenizer, count + 1, Sampler(), model.quick, draft
        )
        times = [time.perf_counter() for _ in tokens]
        if len(times) < 2:
            raise SystemExit("the model stopped before a second token; nothing to time")
        cost.append((times[-1] - times[0]) / (len(times) - 1) * 1000)
    return cost[0], cost[1], len(times) - 1


def time_cold_start(model: str, folder: Path, threads: int, repeats: int) -> float:
    """Median seconds from starting ``octavo ask`` to its end, with the files in the system's cache."""
    path = folder / "cold.pdf"
    write_page(path, 99)
    # `-P`: the working directory stays off the path, as for the installed console script.
    script = "import sys; from octavo.app.cli import main; sys.argv[0] = 'octavo'; main()"
    command = [sys.executable, "-P", "-c", script, "ask", str(path), QUESTION, "--model", model]
    environment = os.environ | {"OMP_NUM_THREADS": str(threads)}
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        times.append(time.perf_counter() - start)
        if done.returncode not in (0, 1):  # 1: the answer was cut short, which takes no less time
            raise SystemExit(f"octavo ask failed: {done.stderr.strip()}")
    return statistics.median(times)


def peak_rss_mb(who: int) -> float:
    """The largest resident size so far of this process, or of any one ended child."""
    peak = resource.getrusage(who).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def cpu_name() -> str:
    """The processor's own name where the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def measure(model_name: str, threads: int, repeats: int, tokens: int) -> tuple[Hardware, Latency]:
    """All figures; the cold start first, while this process is still small."""
    torch.set_num_threads(threads)
    with tempfile.TemporaryDirectory() as name, DocumentService(Settings(model=model_name)) as service:
        folder = Path(name)
        cold_start_s = time_cold_start(model_name, folder, threads, min(repeats, 3))
        cold_rss = peak_rss_mb(resource.RUSAGE_CHILDREN)
        model = VisionLanguageModel.from_pretrained(model_name)
        pages = time_pages(service, model, folder, repeats)
        prefix = model.open_page(service.open(folder / "page0.pdf").page(1).image)
        token_ms, drafted_ms, counted = time_tokens(model, prefix, tokens)
        bandwidth, active = copy_bandwidth(), active_bytes(model, prefix)
        dtype = str(model.lm.embed_tokens.weight.dtype).removeprefix("torch.")
        latency = Latency(
            model=f"{model_name}@{model.digest}",
            page_tokens=prefix.length,
            **pages,
            token_ms=token_ms,
            drafted_token_ms=drafted_ms,
            tokens_timed=counted,
            token_floor_ms=active / bandwidth * 1000,
            active_mb_per_token=active / 1e6,
            cold_start_s=cold_start_s,
            peak_rss_mb=peak_rss_mb(resource.RUSAGE_SELF),
            cold_start_peak_rss_mb=cold_rss,
        )
    hardware = Hardware(
        cpu=cpu_name(),
        cores=os.cpu_count() or 1,
        threads=threads,
        torch=torch.__version__,
        python=platform.python_version(),
        dtype=dtype,
        copy_gb_per_s=bandwidth / 1e9,
    )
    return hardware, latency


def show(hardware: Hardware, latency: Latency) -> None:
    """The figures as a table, with the bars they are held to."""
    table = Table(title=f"{latency.model} on {hardware.cpu}, {hardware.threads} threads, {hardware.dtype}")
    table.add_column("figure")
    table.add_column("measured", justify="right")
    table.add_column("bar", justify="right")
    for figure, value in asdict(latency).items():
        bar = BARS.get(figure)
        shown = f"{value:,.3f}" if isinstance(value, float) else str(value)
        verdict = "" if bar is None else f"{'met' if value <= bar else 'missed'}: {bar:g}"
        table.add_row(figure, shown, verdict)
    table.add_row("copy bandwidth, GB/s", f"{hardware.copy_gb_per_s:.1f}", "")
    Console().print(table)


def write_random(preset: str, folder: Path) -> Path:
    """A model folder with random weights, quantised as the shipped ones are."""
    model = new_model(preset, Tokenizer.from_file(PRETRAINED / "nano" / TOKENIZER))
    save_pretrained(model, folder, quantized=True)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", default="nano", help="a shipped model or a folder")
    parser.add_argument("--random", metavar="PRESET", help="random weights of a preset instead: same speed")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5, help="pages timed; cold starts: at most 3")
    parser.add_argument("--tokens", type=int, default=200, help="further tokens timed")
    parser.add_argument("--json", type=Path, default=Path(__file__).with_suffix(".json"))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        model = write_random(args.random, Path(scratch) / args.random) if args.random else args.model
        hardware, latency = measure(str(model), args.threads, args.repeats, args.tokens)
    show(hardware, latency)
    record = {"hardware": asdict(hardware), "latency": asdict(latency), "bars": BARS}
    args.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(f"written to {args.json}")


if __name__ == "__main__":
    main()
