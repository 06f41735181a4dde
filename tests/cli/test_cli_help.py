"""Every command explains itself, in both languages, with an example that can be typed."""

import re
from importlib import import_module

import pytest
import typer
from golden.running import relief

from relief_cli.cli.app import COMMANDS


def commands_of(text):
    """Give the names under the heading of commands, in order."""
    _, _, listed = text.partition("Commands:\n")
    return re.findall(r"^  (\S+)", listed, flags=re.MULTILINE)


def all_commands():
    found = []
    for name in commands_of(relief("--lang", "en", "--help").out):
        under = commands_of(relief("--lang", "en", name, "--help").out)
        found += [(name, one) for one in under] or [(name,)]
    return found


def test_the_commands_stand_in_the_order_of_the_work():
    names = [name for name, *_ in all_commands()]
    order = ["init", "check", "prepare", "export", "run"]
    assert [name for name in names if name in order] == order
    assert {(group, one) for group, one in (("policy", "show"), ("banks", "list"))} <= set(
        all_commands()
    )


def test_a_module_is_known_by_the_commands_that_it_adds():
    for module, commands in COMMANDS.items():
        application = typer.Typer()
        import_module(f"relief_cli.cli.{module}").add(application, str)
        added = [*application.registered_commands, *application.registered_groups]
        assert sorted(one.name for one in added) == sorted(commands)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_command_has_an_example_of_itself(language):
    for command in all_commands():
        answer = relief("--lang", language, *command, "--help")
        assert answer.code == 0
        assert answer.err == ""
        usage, _, rest = answer.out.partition("\n")
        assert "relief" in usage
        assert re.search(rf"relief( --\S+)* {' '.join(command)}\b", rest), answer.out


def test_every_command_lists_its_options_with_a_word_about_each():
    for command in all_commands():
        lines = relief("--lang", "en", *command, "--help").out.splitlines()
        options = [number for number, line in enumerate(lines) if re.match(r"  (--|-h)", line)]
        assert options, command
        for number in options:
            line = lines[number]
            told = re.sub(r"^  \S+(, \S+)?( [A-Z<][^ ]*| \[[^]]*\])?", "", line).strip()
            assert told or lines[number + 1].startswith("   "), line


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_is_told_without_an_office_and_without_a_fault(tmp_path, monkeypatch, flag):
    monkeypatch.chdir(tmp_path)
    assert relief(flag).code == 0
    assert list(tmp_path.iterdir()) == []
