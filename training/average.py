"""The mean of two trained models: ``python -m octavo.training.average ONE OTHER OUT --share 0.5``.

Two ends of one line of runs lie in the same valley: their mean reads better than either, at no cost (model
soups, Wortsman et al., arXiv 2203.05482). What is written is not rounded; ``training.gptq`` does that.
"""

import argparse
from pathlib import Path

import torch

from ..language.vlm import VisionLanguageModel
from ..language.weights import save_pretrained


@torch.no_grad()
def average(one: VisionLanguageModel, other: VisionLanguageModel, share: float) -> VisionLanguageModel:
    """``one``, its weights moved by ``share`` (0–1) of the way to ``other``'s.

    Raises ``ValueError`` when the models are not of one shape.
    """
    mine, theirs = one.state_dict(), other.state_dict()
    unlike = [name for name in mine.keys() | theirs.keys() if _shape(mine, name) != _shape(theirs, name)]
    if unlike:
        raise ValueError(f"the models differ in {len(unlike)} weights, {min(unlike)} among them")
    for name, weight in mine.items():
        if weight.is_floating_point():
            weight.lerp_(theirs[name].to(weight.dtype), share)
    return one


def _shape(state: dict[str, torch.Tensor], name: str) -> torch.Size | None:
    return state[name].shape if name in state else None


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m octavo.training.average", description=__doc__)
    parser.add_argument("one", type=Path)
    parser.add_argument("other", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the way from one to the other")
    args = parser.parse_args()
    if not 0 <= args.share <= 1:
        parser.error(f"--share is a part of the way, from 0 to 1, not {args.share}")
    one, other = (VisionLanguageModel.from_pretrained(p, dtype=torch.float32) for p in (args.one, args.other))
    save_pretrained(average(one, other, args.share), args.out)


if __name__ == "__main__":
    main()
