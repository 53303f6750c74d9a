"""The Models tab: what is installed, what it needs, and what would fit this machine and a need."""

from typing import Any

import gradio as gr

from ..models import KnownModel, Machine, Need, advise, fit, is_elsewhere, known_models, this_machine
from ..service import DocumentService
from .cards import note, safe
from .style import CARD
from .texts import say
from .words import Words

KINDS = {"text": "kind_text", "visual": "kind_visual"}
QUALITY = {"speed": "quality_speed", "best": "quality_best"}
CONTROL = {"local": "control_local", "own": "control_own"}
MAX_GB = 2000


class Models:
    """Handlers of the tab."""

    def __init__(self, service: DocumentService, machine: Machine | None = None) -> None:
        self.service, self._machine = service, machine

    @property
    def machine(self) -> Machine:
        """This machine; looked at once, when somebody wants to know."""
        if self._machine is None:
            self._machine = this_machine()
        return self._machine

    def open(
        self, kind: str, room: float | None, quality: str, control: str, language: str
    ) -> tuple[Any, str]:
        """The tab was opened → memory for the model, what fits."""
        room = room or round(self.machine.room_gb, 1)
        return room, self.show(kind, room, quality, control, language)

    def show(self, kind: str, room: float | None, quality: str, control: str, language: str) -> str:
        """A need → this machine, the models with what they need, and the advice."""
        in_use = self.service.settings.model
        models = known_models(in_use)
        room_gb = min(max(float(room or 0), 0.0), MAX_GB)
        need = Need(kind == "visual", room_gb, quality == "best", control == "own")
        shown = machine_text(language, self.machine)
        head = note(say(language, "models_intro", machine=shown))
        return (
            head
            + table(language, models, need, self.machine, in_use)
            + advice(language, models, need, self.machine)
        )


def machine_text(language: str, machine: Machine) -> str:
    """The machine in one line."""
    gpu = (
        say(language, "a_gpu", name=machine.gpu, gb=f"{machine.gpu_gb:.0f}")
        if machine.gpu
        else say(language, "no_gpu")
    )
    return say(language, "machine", cores=machine.cores, memory=f"{machine.memory_gb:.0f}", gpu=gpu)


def table(language: str, models: list[KnownModel], need: Need, machine: Machine, in_use: str) -> str:
    """A row a model."""
    keys = ("col_model", "col_state", "col_size", "col_memory", "col_fit")
    heads = "".join(f"<th>{safe(say(language, key))}</th>" for key in keys)
    rows = "".join(_row(language, model, need, machine) for model in models)
    if is_elsewhere(in_use):
        state = f"{say(language, 'in_use')}, {say(language, 'elsewhere')}"
        leaves = "" if need.may_leave else say(language, "fit_remote")
        rows += (
            f"<tr><td>{safe(in_use)}</td><td>{safe(state)}</td><td></td><td></td><td>{safe(leaves)}</td></tr>"
        )
    return f'<div class="scroll"><table class="facts models"><tr>{heads}</tr>{rows}</table></div>'


def _row(language: str, model: KnownModel, need: Need, machine: Machine) -> str:
    state = say(
        language, "in_use" if model.in_use else "installed" if model.is_installed else "not_installed"
    )
    size = say(
        language, "params", total=f"{model.total / 1e6:,.0f}", active=f"{model.active / 1e6:,.0f}"
    )  # fmt: skip
    needed = f"{model.memory_gb(machine):.1f}"
    memory = say(language, "gb", gb=needed, precision=machine.precision)
    verdict = fit(model, need, machine)
    said = {
        "yes": ("high", say(language, "fit_yes")),
        "slow": ("middle", say(language, "fit_gpu")),
        "memory": ("low", say(language, "fit_memory", need=needed, have=f"{need.room_gb:g}")),
        "kind": ("low", say(language, "fit_kind")),
    }[verdict]
    fits = f'<span class="badge wide {said[0]}">{safe(said[1])}</span>'
    return (
        f'<tr data-model="{safe(model.name)}" data-fit="{verdict}"><td>{safe(model.name)}</td>'
        f"<td>{safe(state)}</td><td>{safe(size)}</td><td>{safe(memory)}</td><td>{fits}</td></tr>"
    )


def advice(language: str, models: list[KnownModel], need: Need, machine: Machine) -> str:
    """What to take, why, and how to start it."""
    given = advise(models, need, machine)
    if given.model is None:
        key = "advice_remote" if given.use_server else "advice_none"
        command = "octavo ui --model http://SERVER:8000/v1" if given.use_server else ""
        return _card(language, say(language, key), "", command)
    if need.wants_best:
        why = say(language, "advice_why_best", have=f"{need.room_gb:g}")
    else:
        is_slow = fit(given.model, need, machine) == "slow"
        why = say(language, "advice_why_slow" if is_slow else "advice_why_fast")
    if not given.model.is_installed:
        why += " " + say(language, "advice_fetch")
    device = "OCTAVO_DEVICE=cuda " if machine.gpu else ""
    model = "" if given.model.name == "nano" else f" --model {given.model.name}"
    head = say(language, "advice", name=given.model.name)
    return _card(language, head, why, f"{device}octavo ui{model}")


def _card(language: str, head: str, why: str, command: str) -> str:
    start = ""
    if command:
        start = f'<p>{safe(say(language, "start_with"))} <code class="command">{safe(command)}</code></p>'
    return f'<article class="turn advice"><p class="answer">{safe(head)}</p>{note(why)}{start}</article>'


def build(service: DocumentService, words: Words, language: gr.Radio, tab: gr.Tab) -> None:
    """Layout and wiring, inside an open ``gr.Tab``."""
    models = Models(service)
    with gr.Row():
        kind = words.choices(gr.Radio, KINDS, {"label": "need_kind"}, value="text", elem_id="need-kind")
        quality = words.choices(gr.Radio, QUALITY, {"label": "need_quality"}, value="speed")
    with gr.Row():
        control = words.choices(gr.Radio, CONTROL, {"label": "need_control"}, value="local")
        room = words.make(
            gr.Number, {"label": "need_memory"}, minimum=0, maximum=MAX_GB, step=1, elem_id="need-memory"
        )
    shown = gr.HTML(note(say("en", "models_wait")), elem_id="models", **CARD)
    need = [kind, room, quality, control, language]
    tab.select(models.open, need, [room, shown], api_name="models", show_progress_on=shown)
    for part in (kind, room, quality, control):
        part.input(models.show, need, shown, api_visibility="private", show_progress="hidden")
    language.change(_again(models), need, shown, api_visibility="private", show_progress="hidden")


def _again(models: Models) -> Any:
    """The tab in another language; nothing is looked at before somebody has opened it."""

    def show(kind: str, room: float | None, quality: str, control: str, language: str) -> str:
        if room is None:
            return note(say(language, "models_wait"))
        return models.show(kind, room, quality, control, language)

    return show
