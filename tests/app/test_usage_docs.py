"""docs/usage.md names every command, option and setting, and the other way round."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
import typer.main

import octavo.app
from octavo.app import Settings, cli

USAGE = (Path(octavo.app.__file__).parents[1] / "docs" / "usage.md").read_text("utf-8")
COMMANDS = typer.main.get_command(cli.app).commands


def section(name: str) -> str:
    """The text below a heading, up to the next of the same level."""
    return re.search(rf"^## `octavo {name}`\n(.*?)(?=^## |\Z)", USAGE, re.M | re.S)[1]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_described_in_the_section_of_its_command(name):
    text = section(name)
    options = {
        option
        for param in COMMANDS[name].params
        for option in param.opts + param.secondary_opts
        if option.startswith("-")
    }
    assert not {option for option in options if f"`{option}" not in text and f", `{option}" not in text}
    assert set(re.findall(r"`(--[a-z-]+)", text)) <= options


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_a_help_text(name):
    command = COMMANDS[name]
    assert command.help
    assert all(getattr(param, "help", None) for param in command.params if param.name != "help")


def test_every_setting_is_in_the_table():
    for field in fields(Settings):
        assert f"`{field.name}`" in USAGE
        assert f"| {field.default} |".replace("True", "true") in USAGE, field.name
