"""Our DeepSeek-VL2 beside the original code: the same checkpoint, pictures and words through both.

    git clone https://github.com/deepseek-ai/DeepSeek-VL2 CLONE
    python benchmarks/official_parity.py CLONE [--size tiny small base] [--wide] [--json FILE]

Writes a checkpoint with random weights in official form, asks both for a text and for conversations with 1, 2
and 3 pictures of odd aspect, and compares token ids, labels, pixels and logits, in float32 on the CPU. So are
a batch of two, padded on the left, and a tokenizer that lacks the special tokens. ``--wide`` takes the widths
and expert counts of the real model and cuts only its depth. Needs ``pip install einops``.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor

from octavo.language.config import PRESETS, ModelConfig
from octavo.language.conversation import embed, processor_of
from octavo.language.official_export import save_official
from octavo.language.official_tiny import SIZES, pooling_head, tiny_config
from octavo.language.official_tokenizer import APPENDED, OfficialTokenizer
from octavo.language.processor import Message
from octavo.language.vlm import VisionLanguageModel
from octavo.language.weights import PRETRAINED, TOKENIZER

BAR = 1e-3
DEPTH = 2  # layers that --wide leaves of the language model and of the ViT
CONVERSATIONS = (
    ("text", ["What is a folio? Answer in one sentence."], []),
    (
        "1 image",
        ["<image>\nWhat is the total of this invoice?", "  414.00 ", "And in words?"],
        [(1240, 1754)],
    ),
    ("2 images", ["Compare <image>\nwith <image>\n<|ref|>the stamp<|/ref|>."], [(2000, 317), (389, 1100)]),
    (
        "3 images",
        ["1: <image>\n2: <image>\n3: <image>\n<|grounding|>Where?"],
        [(73, 91), (611, 200), (500, 1999)],
    ),
)


@dataclass(frozen=True)
class Comparison:
    """One conversation through both. ``same_ids`` includes the labels; differences are the largest ones."""

    size: str
    case: str
    tokens: int
    same_ids: bool
    pixel_difference: float
    logit_difference: float
    logit_std: float
    same_argmax: float

    @property
    def passed(self) -> bool:
        return self.same_ids and self.logit_difference <= BAR


def cases(folder: Path) -> list[dict[str, list]]:
    """The conversations, pictures drawn and saved. Noise over gradients: every patch is different."""
    out = []
    generator = torch.Generator().manual_seed(5)
    for number, (_, turns, sizes) in enumerate(CONVERSATIONS):
        paths = []
        for place, (width, height) in enumerate(sizes):
            pixels = torch.randint(256, (height, width, 3), dtype=torch.uint8, generator=generator)
            picture = Image.fromarray(pixels.numpy()).resize((width, height))
            paths.append(str(folder / f"{number}-{place}.png"))
            picture.save(paths[-1])
        roles = ["user", "assistant"] * len(turns)
        messages = [{"role": role, "content": text} for role, text in zip(roles, turns, strict=False)]
        out.append({"messages": [*messages, {"role": "assistant", "content": ""}], "images": paths})
    return out


def write_checkpoint(folder: Path, config: ModelConfig, *, bare: bool) -> None:
    """Random weights of some size in official form. ``bare``: special tokens are missing in the tokenizer."""
    tokenizer = OfficialTokenizer.from_folder(PRETRAINED / "nano", TOKENIZER)
    model = VisionLanguageModel(config, tokenizer)
    generator = torch.Generator().manual_seed(1)
    for name, tensor in model.state_dict().items():
        if tensor.ndim >= 2 and not name.endswith("pos_embed"):
            torch.nn.init.normal_(tensor, std=tensor.flatten(1).shape[-1] ** -0.5, generator=generator)
        elif name.endswith("norm.weight") or "norm" in name.split(".")[-2]:
            torch.nn.init.uniform_(tensor, 0.5, 1.5, generator=generator)
        else:
            torch.nn.init.normal_(tensor, std=0.2, generator=generator)
    torch.manual_seed(2)
    save_official(model.state_dict(), config, folder, extra=pooling_head(config))
    text = (PRETRAINED / "nano" / TOKENIZER).read_text("utf-8")
    for number, name in enumerate(APPENDED if bare else ()):
        text = text.replace(json.dumps(name, ensure_ascii=False), json.dumps(f"<no longer {number}>"))
    (folder / TOKENIZER).write_text(text, "utf-8")


def shape_of(size: str, *, wide: bool) -> ModelConfig:
    """The real config with its depth cut, or the miniature one."""
    if not wide:
        return tiny_config(size, 4160)
    config = PRESETS[SIZES[size]]
    encoder = replace(config.vision.encoder, depth=DEPTH)
    return replace(
        config,
        name="deepseek-vl2",
        vision=replace(config.vision, encoder=encoder),
        language=replace(config.language, num_layers=DEPTH),
    )


@torch.no_grad()
def compare(clone: Path, size: str, *, wide: bool, bare: bool = False) -> list[Comparison]:
    """All conversations of one size through both."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        checkpoint, results = folder / "checkpoint", folder / "original.safetensors"
        write_checkpoint(checkpoint, shape_of(size, wide=wide), bare=bare)
        asked = cases(folder)
        (folder / "cases.json").write_text(json.dumps(asked))
        script = Path(__file__).with_name("original_vl2.py")
        command = [
            sys.executable,
            str(script),
            *map(str, (clone, checkpoint, folder / "cases.json", results)),
        ]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"the original code failed:\n{done.stderr[-3000:]}")
        theirs = load_file(results)
        model = VisionLanguageModel.from_pretrained(checkpoint, dtype=torch.float32)
        processor, found, prompts = processor_of(model), [], []
        name = size + (" wide" if wide else "") + (", bare tokenizer" if bare else "")
        for number, case in enumerate(asked):
            messages = [Message(turn["role"], turn["content"]) for turn in case["messages"]]
            prompt = processor.encode(messages, [Image.open(path) for path in case["images"]])
            prompts.append(prompt)
            logits = model.lm.logits(model.lm(embed(model, prompt)).states)
            pixels = torch.cat([tiles / 127.5 - 1 for tiles in prompt.tiles]) if prompt.tiles else None
            one = {key: theirs[f"{number}.{key}"][0] for key in ("ids", "labels", "images", "logits")}
            ids = (prompt.ids, prompt.labels)
            found.append(judge(name, CONVERSATIONS[number][0], ids, pixels, logits[0], one))
        batch = processor.collate(prompts[:2])
        equal = torch.equal(batch.ids, theirs["batch.ids"]) and torch.equal(batch.mask, theirs["batch.mask"])
        equal = equal and torch.equal(batch.labels, theirs["batch.labels"])
        start = batch.ids.shape[1] - len(prompts[0])
        alone = model.lm.logits(model.lm(embed(model, prompts[0])).states)[0]
        difference = (alone - theirs["batch.logits"][0, start:]).abs().max().item()
        agreement = (alone.argmax(-1) == theirs["batch.logits"][0, start:].argmax(-1)).float().mean().item()
        tokens = batch.ids.shape[1]
        found.append(
            Comparison(name, "batch of 2", tokens, equal, 0.0, difference, alone.std().item(), agreement)
        )
        return found


def judge(
    size: str,
    case: str,
    ours: tuple[Tensor, Tensor],
    pixels: Tensor | None,
    logits: Tensor,
    theirs: dict[str, Tensor],
) -> Comparison:
    """One conversation's figures."""
    same = torch.equal(ours[0], theirs["ids"]) and torch.equal(ours[1], theirs["labels"])
    if logits.shape != theirs["logits"].shape:
        return Comparison(size, case, len(ours[0]), same, float("inf"), float("inf"), 0.0, 0.0)
    apart = 0.0 if pixels is None else (pixels - theirs["images"]).abs().max().item()
    difference = (logits - theirs["logits"]).abs().max().item()
    agreement = (logits.argmax(-1) == theirs["logits"].argmax(-1)).float().mean().item()
    return Comparison(
        size, case, len(ours[0]), same, apart, difference, theirs["logits"].std().item(), agreement
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clone", type=Path, help="a clone of github.com/deepseek-ai/DeepSeek-VL2")
    parser.add_argument("--size", nargs="+", default=sorted(SIZES), choices=sorted(SIZES))
    parser.add_argument("--wide", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = [row for size in options.size for row in compare(options.clone, size, wide=options.wide)]
    if not options.wide:
        found += compare(options.clone, options.size[0], wide=False, bare=True)
    print(
        f"{'size':<24}{'case':<12}{'tokens':>7}{'ids':>6}{'pixels':>10}{'logits':>10}{'std':>8}{'argmax':>9}"
    )
    for row in found:
        same = "same" if row.same_ids else "DIFFER"
        print(
            f"{row.size:<24}{row.case:<12}{row.tokens:>7}{same:>7}{row.pixel_difference:>9.1e}"
            f"{row.logit_difference:>10.1e}{row.logit_std:>8.2f}{row.same_argmax:>9.2%}"
        )
    if options.json:
        record = {"bar": BAR, "torch": torch.__version__, "rows": [asdict(row) for row in found]}
        options.json.write_text(json.dumps(record, indent=1) + "\n")
    sys.exit(0 if all(row.passed for row in found) else 1)


if __name__ == "__main__":
    main()
