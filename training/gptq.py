"""Experts in four bits that disturb their outputs least: ``python -m octavo.training.gptq WEIGHTS OUT …``.

GPTQ (Frantar et al., arXiv 2210.17323, §3; Algorithm 1): inputs are rounded one after another, and what a
rounding changes in the outputs is answered by the inputs that are not rounded yet, weighed by how the inputs
of training pages go together. What is stored and read is the same as after plain rounding.
"""

import argparse
import json
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..kernels.int4_linear.reference import GROUP, round_group
from ..language.moe import MoE
from ..language.quantize import dequantize_int4, pack_int4, quantize_int4
from ..language.vlm import VisionLanguageModel
from ..language.weights import save_pretrained
from .feed import Feed, Sources, read_tokenizer
from .loader import Batch, SyntheticSource
from .losses import batch_losses, prepare
from .stages import RECIPES, Recipe, Stage, scaled

Packed = tuple[Tensor, Tensor]  # int4 values two a byte, scales
BATCHES = 50
DAMPING = 0.01  # of the mean of the diagonal; keeps inputs apart that calibration never saw apart


class Moments:
    """Σ w² x xᵀ of what goes into the experts of every MoE layer: ``sums[name]`` [E, K, K] float32.

    ``w`` is the weight that the router gives the expert for the token: what it disturbs counts by that.
    """

    def __init__(self, model: nn.Module) -> None:
        self.sums: dict[str, Tensor] = {}
        self._hooks = [
            module.register_forward_pre_hook(partial(self._see, name))
            for name, module in model.named_modules()
            if isinstance(module, MoE)
        ]

    def close(self) -> None:
        """Stop looking."""
        for hook in self._hooks:
            hook.remove()

    @torch.no_grad()
    def _see(self, name: str, module: MoE, inputs: tuple[Tensor, ...]) -> None:
        x = inputs[0].flatten(0, -2)
        routing = module.router(x, module.max_active_experts)
        for expert in range(len(module.w_gate_up)):
            rows, slots = (routing.ids == expert).nonzero(as_tuple=True)
            weight = routing.weights[rows, slots, None].float()
            gate, up = F.linear(x[rows], module.w_gate_up[expert]).chunk(2, dim=-1)
            for part, value in (("w_gate_up", x[rows]), ("w_down", F.silu(gate) * up)):
                self._add(f"{name}.{part}", expert, len(module.w_gate_up), value.float() * weight)

    def _add(self, name: str, expert: int, count: int, rows: Tensor) -> None:
        if name not in self.sums:
            self.sums[name] = rows.new_zeros(count, rows.shape[1], rows.shape[1])
        self.sums[name][expert].addmm_(rows.T, rows)


def gptq(weight: Tensor, moment: Tensor) -> tuple[Tensor, Tensor]:
    """[N, K] and Σ x xᵀ [K, K] → values 0–15 [N, K] and scales [N, K/GROUP], as ``quantize_groups``.

    A group's scales are chosen for what its weights have become when its turn comes. Inputs that
    calibration never saw are rounded plainly.
    """
    weight, moment = weight.float().clone(), moment.double()
    dead = moment.diagonal() == 0
    moment = moment + torch.diag((moment.diagonal().mean() * DAMPING).clamp_min(1e-8) + dead.double())
    inverse = torch.linalg.cholesky(moment).cholesky_inverse()
    upper = torch.linalg.cholesky(inverse, upper=True).float()
    values, scales = torch.empty_like(weight, dtype=torch.uint8), []
    for start in range(0, weight.shape[1], GROUP):
        _, scale = round_group(weight[:, start : start + GROUP])
        scales.append(scale)
        for column in range(start, start + GROUP):
            level = (weight[:, column : column + 1] / scale.float()).round().clamp(-8, 7)
            error = (weight[:, column : column + 1] - level * scale.float()) / upper[column, column]
            weight[:, column + 1 :] -= error * upper[column, column + 1 :]
            values[:, column] = (level[:, 0] + 8).to(torch.uint8)
    return values, torch.cat(scales, 1)


def quantize_experts(model: VisionLanguageModel, moments: Moments) -> dict[str, Packed]:
    """The experts of every layer, by the names of their weights."""
    packed = {}
    weights = dict(model.named_parameters())
    for name, sums in moments.sums.items():
        pairs = [gptq(w, m) for w, m in zip(weights[name].detach(), sums, strict=True)]
        packed[name] = pack_int4(torch.stack([v for v, _ in pairs]), torch.stack([s for _, s in pairs]))
    return packed


def output_error(weight: Tensor, rounded: Tensor, moment: Tensor) -> float:
    """Σ ‖(W − Ŵ) x‖² ÷ Σ ‖W x‖² over all experts: weights [E, N, K], moments [E, K, K]."""

    def energy(part: Tensor) -> Tensor:
        return torch.einsum("enk,ekl,enl->", part.double(), moment.double(), part.double())

    return float(energy(weight.float() - rounded.float()) / energy(weight))


@torch.compiler.set_stance("force_eager")  # graphs that are compiled already would not look
def calibrate(model: VisionLanguageModel, batches: Iterable[Batch], stage: Stage) -> Moments:
    """Moments over the tokens of some batches, pages and questions and answers alike."""
    moments = Moments(model)
    for number, batch in enumerate(batches):
        with torch.no_grad():
            batch_losses(model, prepare(model, batch.to(model.device), stage, number))
    moments.close()
    return moments


def rounded(
    model: VisionLanguageModel, recipe: Recipe, sources: Sources, workers: int = 0, batches: int = BATCHES
) -> dict[str, Packed]:
    """The experts of ``model``, calibrated on pages of the recipe's last stage.

    Prints a line a weight: the error of its outputs by plain rounding and by GPTQ.
    """
    stage = recipe.stages[-1]
    feed = Feed(recipe, [stage], sources, workers=workers)
    moments = calibrate(model.eval(), (feed.next(0) for _ in range(batches)), stage)
    weights, packed = dict(model.named_parameters()), quantize_experts(model, moments)
    for name, stored in packed.items():
        weight, moment = weights[name].detach(), moments.sums[name]
        errors = {
            way: round(output_error(weight, dequantize_int4(*one), moment), 5)
            for way, one in (("rounded", quantize_int4(weight)), ("gptq", stored))
        }
        print(json.dumps({"weight": name, "output error": errors}), flush=True)
    return packed


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m octavo.training.gptq", description=__doc__)
    parser.add_argument("weights", type=Path, help="a folder with weights that were never rounded")
    parser.add_argument("out", type=Path)
    parser.add_argument("--assets", help="fonts and texts (octavo.training.assets)")
    parser.add_argument("--real", help="folder of real pages (octavo.training.real)")
    parser.add_argument("--photos", help="folder of product photos (octavo.training.photos)")
    parser.add_argument("--batches", type=int, default=BATCHES)
    parser.add_argument("--batch-scale", type=float, default=0.12, help="times the recipe's pages a batch")
    args = parser.parse_args()
    model = VisionLanguageModel.from_pretrained(args.weights)
    source = SyntheticSource(args.assets, args.real, args.photos)
    sources = Sources(source, read_tokenizer)
    recipe = scaled(RECIPES["nano-more"], args.batch_scale)
    packed = rounded(model, recipe, sources, batches=args.batches)
    save_pretrained(model, args.out, quantized=True, packed=packed)


if __name__ == "__main__":
    main()
