"""Muon for hidden matrices, AdamW for everything else, in one optimiser.

Muon (Keller Jordan, 2024): momentum, then orthogonalisation by a quintic Newton–Schulz iteration; updates
scaled to AdamW's RMS by 0.2·sqrt(max(rows, cols)) (Moonlight, arXiv 2502.16982 §2.2). ``torch.optim.Muon``
takes one 2-D matrix at a time; here matrices of one shape, stacked experts included, are orthogonalised in
one batched product.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

_NS = (3.4445, -4.7750, 2.0315)
_ADAM_NAMES = ("embed", "glyph_head", "router", "newline", "separator", "patch_embed")


def is_muon(name: str, weight: Tensor) -> bool:
    """Hidden matrices only: no embeddings, heads, routers, norms or biases."""
    return weight.ndim >= 2 and not any(part in name for part in _ADAM_NAMES)


def as_matrices(name: str, weight: Tensor) -> Tensor:
    """A parameter as the matrices [N, R, C] it stands for: fused projections apart, one for every expert."""
    if weight.ndim == 4:  # convolution
        return weight.reshape(1, weight.shape[0], -1)
    if name.endswith(("w_uk", "w_uv")):
        return weight.reshape(1, -1, weight.shape[-1])
    stacked = weight if weight.ndim == 3 else weight.unsqueeze(0)
    parts = 3 if "qkv" in name else 2 if "gate_up" in name else 1
    return stacked.reshape(stacked.shape[0] * parts, -1, stacked.shape[-1])


def orthogonalize(matrices: Tensor, steps: int = 5) -> Tensor:
    """Newton–Schulz on [N, R, C]: singular values towards 1. bfloat16 on CUDA, float32 elsewhere."""
    x = matrices.to(torch.bfloat16) if matrices.is_cuda else matrices.float()
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.transpose(1, 2)
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    a, b, c = _NS
    for _ in range(steps):
        gram = x @ x.transpose(1, 2)
        x = a * x + torch.baddbmm(b * gram, gram, gram, alpha=c) @ x
    return x.transpose(1, 2) if tall else x


class MuonAdamW(torch.optim.Optimizer):
    """``lr`` serves both halves. State: one momentum for Muon; two moments and a step for AdamW; a float32
    ``master`` for every parameter that is stored in less.
    """

    def __init__(
        self,
        named: Iterable[tuple[str, nn.Parameter]],
        lr: float = 2e-3,
        *,
        weight_decay: float = 0.02,
        momentum: float = 0.95,
        betas: tuple[float, float] = (0.9, 0.95),
    ) -> None:
        groups: dict[str, list] = {"muon": [], "adamw": []}
        self.names: dict[nn.Parameter, str] = {}
        for name, parameter in named:
            if parameter.requires_grad:
                groups["muon" if is_muon(name, parameter) else "adamw"].append(parameter)
                self.names[parameter] = name
        defaults = {"lr": lr, "weight_decay": weight_decay, "momentum": momentum, "betas": betas}
        super().__init__([{"params": p, "kind": kind} for kind, p in groups.items() if p], defaults)

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """One update of every parameter that has a gradient."""
        for group in self.param_groups:
            parameters = [p for p in group["params"] if p.grad is not None]
            if parameters:
                (self._muon if group["kind"] == "muon" else self._adamw)(parameters, group)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """As torch's, but masters and moments keep the type in which they were saved.

        Torch would round them to that of the parameter.
        """
        super().load_state_dict(state_dict)
        parameters = [p for group in self.param_groups for p in group["params"]]
        indices = [i for group in state_dict["param_groups"] for i in group["params"]]
        for p, index in zip(parameters, indices, strict=True):
            for name, value in state_dict["state"].get(index, {}).items():
                if isinstance(value, Tensor):
                    self.state[p][name] = value.to(p.device, copy=True)

    def _master(self, p: nn.Parameter) -> Tensor:
        """What is updated: the parameter itself, or its float32 copy."""
        if "master" in self.state[p]:
            return self.state[p]["master"]
        if p.dtype == torch.float32:
            return p
        self.state[p]["master"] = p.detach().float().clone()
        return self.state[p]["master"]

    def _muon(self, parameters: list[nn.Parameter], group: dict) -> None:
        masters, buffers = [self._master(p) for p in parameters], []
        grads = [p.grad.float() for p in parameters if p.grad is not None]
        for p, master in zip(parameters, masters, strict=True):
            if "momentum" not in self.state[p]:
                self.state[p]["momentum"] = torch.zeros_like(master)
            buffers.append(self.state[p]["momentum"])
        torch._foreach_lerp_(buffers, grads, 1 - group["momentum"])
        nesterov = torch._foreach_lerp(grads, buffers, group["momentum"])
        by_shape: dict[tuple[int, ...], list[tuple[Tensor, Tensor]]] = defaultdict(list)
        for p, master, update in zip(parameters, masters, nesterov, strict=True):
            matrices = as_matrices(self.names[p], update)
            by_shape[tuple(matrices.shape[1:])].append((master, matrices))
        torch._foreach_mul_(masters, 1 - group["lr"] * group["weight_decay"])
        for (rows, cols), members in by_shape.items():
            updates = orthogonalize(torch.cat([m for _, m in members]))
            scale = -group["lr"] * 0.2 * max(rows, cols) ** 0.5
            for (master, _m), update in zip(
                members, updates.split([len(m) for _, m in members]), strict=True
            ):
                master.add_(update.reshape(master.shape).float(), alpha=scale)
        self._write_back(parameters, masters)

    def _adamw(self, parameters: list[nn.Parameter], group: dict) -> None:
        beta1, beta2 = group["betas"]
        masters = [self._master(p) for p in parameters]
        for p, master in zip(parameters, masters, strict=True):
            state = self.state[p]
            if "step" not in state:
                state["step"] = 0
                state["exp_avg"], state["exp_avg_sq"] = torch.zeros_like(master), torch.zeros_like(master)
            state["step"] += 1
        firsts = [self.state[p]["exp_avg"] for p in parameters]
        seconds = [self.state[p]["exp_avg_sq"] for p in parameters]
        grads = [p.grad.float() for p in parameters if p.grad is not None]
        torch._foreach_lerp_(firsts, grads, 1 - beta1)
        torch._foreach_mul_(seconds, beta2)
        torch._foreach_addcmul_(seconds, grads, grads, 1 - beta2)
        decayed = [master for master in masters if master.ndim >= 2]
        if decayed:
            torch._foreach_mul_(decayed, 1 - group["lr"] * group["weight_decay"])
        steps = [self.state[p]["step"] for p in parameters]
        denominators = torch._foreach_div(seconds, [1 - beta2**n for n in steps])
        torch._foreach_sqrt_(denominators)
        torch._foreach_add_(denominators, 1e-8)
        torch._foreach_addcdiv_(masters, firsts, denominators, [-group["lr"] / (1 - beta1**n) for n in steps])
        self._write_back(parameters, masters)

    def _write_back(self, parameters: list[nn.Parameter], masters: list[Tensor]) -> None:
        pairs = [(p, m) for p, m in zip(parameters, masters, strict=True) if p is not m]
        if not pairs:
            return
        torch._foreach_copy_([p for p, _ in pairs], [m for _, m in pairs])
