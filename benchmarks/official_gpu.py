"""Whether an official-size DeepSeek-VL2 runs on one GPU: memory, time to the first token, time per token.

    python3 benchmarks/official_gpu.py --out DIR [--preset vl2-small] [--tokens 64] [--checkpoint DIR]

The weights are random and made in place on the device. One page is asked through ``DocumentService``, which
is what ``octavo ask page.png QUESTION --model DIR`` calls. With ``--checkpoint`` the same weights are then
written there in official form (or, where the folder has a checkpoint already, only read), the GPU is emptied,
and ``LocalBackend`` loads it as ``--model DIR`` does. Without the option that happens in shared memory
when it has room. Speed is what comes out here, not what could come out: the decoder is the readable one.
"""

import argparse
import gc
import importlib.util
import itertools
import json
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from PIL import Image, ImageDraw

from octavo.app.backend import LocalBackend, Piece
from octavo.app.service import DocumentService
from octavo.app.settings import Settings
from octavo.app.types import Answer
from octavo.language.config import PRESETS, ModelConfig
from octavo.language.official_export import save_official
from octavo.language.official_tiny import tiny_config
from octavo.language.official_tokenizer import OfficialTokenizer
from octavo.language.vlm import VisionLanguageModel
from octavo.language.weights import PRETRAINED, TOKENIZER, default_dtype

QUESTION = "What is the total of this invoice?"
SHARED_MEMORY = Path("/dev/shm")
SHARD_BYTES = 4 * 10**9


@dataclass(frozen=True)
class Run:
    """One way of getting the model, and what an answer then took: times are those of the second page."""

    weights: str
    load_s: float
    weights_gb: float
    peak_gb: float
    peak_while_loading_gb: float
    page_tokens: int
    encode_page_ms: float
    first_token_ms: float
    token_ms: float
    tokens_timed: int
    stop: str
    answer: str


class TimedBackend(LocalBackend):
    """``LocalBackend`` with a stopwatch. ``built``: a model that is there already."""

    def __init__(self, settings: Settings, built: VisionLanguageModel | None = None) -> None:
        super().__init__(settings)
        self.built = built
        self.opened_at = self.encoded_at = 0.0
        self.token_times: list[float] = []
        self.stop, self.page_tokens = "", 0

    def _read_weights(self) -> Any:
        return super()._read_weights() if self.built is None else self.built

    def open_page(self, image: Image.Image) -> Any:
        """Encode a page, waiting for the device."""
        self._load()
        self.opened_at = now(self.device)
        page = super().open_page(image)
        self.encoded_at, self.page_tokens = now(self.device), page.length
        return page

    def stream(self, page: Any, prompt: str, max_new_tokens: int) -> Iterator[Piece]:
        """Note when each token is there; picking one has waited for the device."""
        self.token_times = []
        for piece in super().stream(page, prompt, max_new_tokens):
            self.token_times.append(time.perf_counter())
            self.stop = piece.stop or self.stop
            yield piece
        self.token_times.pop()  # the piece that says why it ended


def now(device: str) -> float:
    """The time when all that was asked of the device is done."""
    if torch.device(device).type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


def peak_gb(device: str, *, reset: bool = False) -> float:
    """Peak of allocated device memory since the last reset; 0 on a CPU."""
    if torch.device(device).type != "cuda":
        return 0.0
    if reset:
        torch.cuda.reset_peak_memory_stats()
    return torch.cuda.max_memory_allocated() / 1e9


@torch.no_grad()
def build(config: ModelConfig, device: str, seed: int = 0) -> VisionLanguageModel:
    """Random weights of a shape, made where they are used, in the type that a checkpoint would load in."""
    tokenizer = OfficialTokenizer.from_folder(PRETRAINED / "nano", TOKENIZER)
    dtype = default_dtype(device)
    with torch.device("meta"):
        model = VisionLanguageModel(config, tokenizer).to(dtype)
    model.to_empty(device=device)
    generator = torch.Generator(device).manual_seed(seed)
    for name, tensor in model.state_dict().items():
        if tensor.ndim >= 2:
            tensor.normal_(std=tensor.shape[-1] ** -0.5, generator=generator)
        elif "norm" in name and name.endswith("weight"):
            tensor.fill_(1.0)
        else:
            tensor.normal_(std=0.02, generator=generator)
    if model.lm.lm_head is not None:
        model.lm.lm_head.weight[len(tokenizer) :] = 0.0  # beyond the small tokenizer that stands in: no words
    return model.eval().requires_grad_(False)


def draw_page(path: Path, number: int) -> Path:
    """An A4 page as a scanner gives it; each number looks different, so nothing is remembered."""
    page = Image.new("RGB", (1240, 1754), "white")
    pen = ImageDraw.Draw(page)
    pen.text((120, 120), f"INVOICE {number}", fill="black", font_size=40)
    for line in range(40):
        pen.text(
            (120, 220 + 34 * line),
            f"{line + 1:02}  Laid paper, A4, cream    {7 * line + number}.50",
            fill="black",
            font_size=22,
        )
    page.save(path)
    return path


def measure(weights: str, backend: TimedBackend, load_s: float, out: Path, settings: Settings) -> Run:
    """Ask two pages; the second is timed, the first pays for what a GPU does only once."""
    model = backend.built or backend._model
    loading = peak_gb(settings.device, reset=False)
    peak_gb(settings.device, reset=True)
    with DocumentService(settings, backend) as service:
        for number in (1, 2):
            document = service.open(draw_page(out / f"page{number}.png", number))
            started = time.perf_counter()
            *_, answer = service.stream_ask(document, QUESTION)
            assert isinstance(answer, Answer)
            print(f"{weights}, page {number}: {time.perf_counter() - started:.2f} s, {backend.stop}")
    times = backend.token_times
    state = model.state_dict().values()
    return Run(
        weights,
        round(load_s, 2),
        round(sum(tensor.numel() * tensor.element_size() for tensor in state) / 1e9, 3),
        round(peak_gb(settings.device), 3),
        round(loading, 3),
        backend.page_tokens,
        round(1e3 * (backend.encoded_at - backend.opened_at), 2),
        round(1e3 * (times[0] - backend.opened_at), 2),
        round(1e3 * statistics.median(b - a for a, b in itertools.pairwise(times)), 3),
        len(times) - 1,
        backend.stop,
        answer.answer[:80],
    )


def room_for(model: VisionLanguageModel) -> Path | None:
    """Shared memory, where a checkpoint fits there with half as much again left over."""
    if not SHARED_MEMORY.is_dir():
        return None
    needed = sum(tensor.numel() * tensor.element_size() for tensor in model.state_dict().values())
    return SHARED_MEMORY if shutil.disk_usage(SHARED_MEMORY).free > 1.5 * needed else None


def from_checkpoint(
    folder: Path, held: list[VisionLanguageModel], out: Path, settings: Settings
) -> tuple[Run, float]:
    """Write the model that is ``held``, if any; forget it; load from disk. → run, seconds to write."""
    started = time.perf_counter()
    for model in held:
        save_official(model.state_dict(), model.config, folder, max_shard_bytes=SHARD_BYTES)
        shutil.copy(PRETRAINED / "nano" / TOKENIZER, folder / TOKENIZER)
        del model
    write_s = time.perf_counter() - started
    held.clear()
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    peak_gb(settings.device, reset=True)
    settings = replace(settings, model=str(folder))
    backend = TimedBackend(settings)
    started = time.perf_counter()
    digest = backend.digest
    load_s = now(settings.device) - started
    print(f"loaded {folder.name}@{digest} in {load_s:.1f} s")
    return measure("checkpoint", backend, load_s, out, settings), write_s


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for official_gpu.json and the pages")
    parser.add_argument(
        "--preset", default="vl2-small", choices=["vl2-tiny", "vl2-small", "vl2", "miniature"]
    )
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument(
        "--checkpoint", type=Path, help="folder of a checkpoint to write or, if there is one, read"
    )
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    config = tiny_config("small") if options.preset == "miniature" else PRESETS[options.preset]
    settings = Settings(
        model=options.preset,
        device=options.device,
        ask_tokens=options.tokens,
        isolate=importlib.util.find_spec("pymupdf")
        is not None,  # the page is a PNG; a child that opens PDFs needs it
    )
    record: dict[str, Any] = {"preset": options.preset, "hardware": hardware(options.device), "runs": []}

    def note(run: Run, **more: float) -> None:
        record["runs"].append(asdict(run) | more)
        (options.out / "official_gpu.json").write_text(json.dumps(record, indent=1) + "\n")

    folder, temporary = options.checkpoint, None
    held: list[VisionLanguageModel] = []  # a list, so that it can be freed before the other one is loaded
    if folder is None or not (folder / "config.json").is_file():
        started = now(options.device)
        held = [build(config, options.device)]
        load_s = now(options.device) - started
        record["parameters"] = sum(weight.numel() for weight in held[0].parameters())
        note(measure("in place", TimedBackend(settings, held[0]), load_s, options.out, settings))
        if folder is None and (shared := room_for(held[0])):
            folder = temporary = Path(tempfile.mkdtemp(dir=shared))
    try:
        if folder is not None:
            run, write_s = from_checkpoint(folder, held, options.out, settings)
            note(run, write_s=round(write_s, 2))
        else:
            record["checkpoint"] = "not written: no room in shared memory; name a folder with --checkpoint"
    finally:
        if temporary is not None:
            shutil.rmtree(temporary)
    (options.out / "official_gpu.json").write_text(json.dumps(record, indent=1) + "\n")
    print(json.dumps(record, indent=1))


def hardware(device: str) -> dict[str, str]:
    """What the figures were taken on."""
    name = (
        torch.cuda.get_device_name() if torch.device(device).type == "cuda" else platform.processor() or "cpu"
    )
    return {"device": name, "torch": torch.__version__, "python": platform.python_version()}


if __name__ == "__main__":
    main()
