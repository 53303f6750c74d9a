"""Sizes of models, which one fits, and the Models tab."""

import pytest

from octavo.app.models import GB, KnownModel, Machine, Need, advise, fit, known_models, sizes, this_machine
from octavo.app.ui.models_tab import Models, table

LAPTOP = Machine(8, 16.0, has_bfloat16=True)
OLD = Machine(4, 16.0)
WORKSTATION = Machine(16, 64.0, "a GPU", 48.0)
NAMES = [
    "nano",
    "deepseek-ai/deepseek-vl2-tiny",
    "deepseek-ai/deepseek-vl2-small",
    "deepseek-ai/deepseek-vl2",
]


@pytest.fixture(scope="module")
def models() -> list[KnownModel]:
    return known_models("nano")


def test_every_known_model_is_listed_with_its_published_size(models):
    assert [model.name for model in models] == NAMES
    # billions, as published for DeepSeek-VL2; of the parameters few are active at a time
    for model, total in zip(models[1:], (3.37, 16.1, 27.5), strict=True):
        assert model.total / 1e9 == pytest.approx(total, rel=0.01)
        assert 0.15 * model.total < model.active < 0.4 * model.total
    assert models[0].is_installed and models[0].in_use and not models[1].in_use


def test_the_shipped_reader_has_as_many_parameters_as_are_counted():
    from octavo.language.vlm import VisionLanguageModel

    model = VisionLanguageModel.from_pretrained("nano")
    assert sum(weight.numel() for weight in model.parameters()) == sizes("nano")[0]


def test_memory_follows_from_the_precision_of_the_machine(models):
    for machine, size in ((LAPTOP, 2), (OLD, 4), (WORKSTATION, 2)):
        assert models[2].memory_gb(machine) == pytest.approx(models[2].total * size / GB + 1.0)
    assert (OLD.precision, LAPTOP.precision) == ("float32", "bfloat16")


@pytest.mark.parametrize(
    ("machine", "need", "name"),
    [
        (LAPTOP, Need(False, 12), "nano"),
        (LAPTOP, Need(True, 12), "deepseek-ai/deepseek-vl2-tiny"),
        (OLD, Need(True, 12), None),
        (LAPTOP, Need(False, 12, True), "deepseek-ai/deepseek-vl2-tiny"),
        (WORKSTATION, Need(True, 40), "deepseek-ai/deepseek-vl2-tiny"),
        (WORKSTATION, Need(True, 40, True), "deepseek-ai/deepseek-vl2-small"),
        (WORKSTATION, Need(False, 0.5), None),
    ],
)
def test_the_advice_fits_machine_and_need(models, machine, need, name):
    given = advise(models, need, machine)
    assert (given.model.name if given.model else None) == name
    if given.model:
        assert fit(given.model, need, machine) in ("yes", "slow")


def test_a_server_is_advised_only_where_pages_may_go_to_one(models):
    assert advise(models, Need(True, 2, may_leave=True), LAPTOP).use_server
    assert not advise(models, Need(True, 2), LAPTOP).use_server


def test_this_machine_has_cores_and_memory():
    machine = this_machine()
    assert machine.cores >= 1 and machine.memory_gb > 0.2 and 0 < machine.room_gb < 1e5


def test_the_tab_says_what_fits_and_how_to_start_it(make_service):
    tab = Models(make_service(), LAPTOP)
    room, shown = tab.open("text", None, "speed", "local", "en")
    assert room == 12.8 and "Suggested: nano" in shown and "16 GB of memory, no GPU" in shown
    assert 'data-model="nano" data-fit="yes"' in shown and "1.1 GB in bfloat16" in shown
    shown = tab.show("visual", 12.8, "speed", "local", "zh")
    assert (
        "octavo ui --model deepseek-ai/deepseek-vl2-tiny" in shown
        and 'data-model="nano" data-fit="kind"' in shown
    )
    assert "没有合适的模型" in tab.show("visual", None, "speed", "local", "zh")
    assert "http://SERVER:8000/v1" in tab.show("visual", 1, "best", "own", "en")
    gpu = Models(make_service(), WORKSTATION).show("visual", 40, "best", "local", "en")
    assert "OCTAVO_DEVICE=cuda octavo ui --model deepseek-ai/deepseek-vl2-small" in gpu


def test_a_model_on_a_server_is_shown_as_such_and_its_name_is_text(models):
    shown = table("en", models, Need(), LAPTOP, "http://127.0.0.1:1/v1#<b>")
    assert "on a server" in shown and "pages leave this computer" in shown and "<b>" not in shown
