"""What the READMEs say is so: their commands are run, their tables held against the program."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from desks import new_desks

from docs.play import codes, exported, sessions
from relief_cli import office
from relief_cli.errors import ExitCode

PROJECT = Path(__file__).parents[1]
README = {"en": PROJECT / "README.md", "zh": PROJECT / "README.zh-CN.md"}
LOCALE = {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}
PLAYED = [
    PROJECT / "docs" / "month.md",
    pytest.param(PROJECT / "docs" / "quarter.md", marks=pytest.mark.matrix),
]
ANYTHING = "…"
RULE = re.compile(r"[\s─]*")

both = pytest.mark.parametrize("language", list(README))


def blocks(text, kind):
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def table(text, titles):
    """Give the rows of the table with ``titles`` over it, as lists of cells."""
    below = text.split("| " + " | ".join(titles) + " |\n")[1]
    rows = below.split("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def plain(line):
    return " ".join(line.split())


def matches(said, printed):
    """Say whether lines were printed as ``said``; … stands for any text, alone for any lines."""
    if not said:
        return not printed
    if said[0] == ANYTHING:
        return any(matches(said[1:], printed[n:]) for n in range(len(printed) + 1))
    pattern = ".*".join(re.escape(part) for part in said[0].split(ANYTHING))
    first = bool(printed) and re.fullmatch(pattern, printed[0]) is not None
    return first and matches(said[1:], printed[1:])


@pytest.fixture
def console(tmp_path, warm):
    """Give a shell in a folder with the sample data, where ``relief`` is the one under test."""
    (tmp_path / "sample_data").symlink_to(PROJECT / "sample_data")
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("LC_", "RELIEF"))
    }
    environment = {
        **kept,
        "PATH": f"{warm[0].parent}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(PROJECT),
        "PYTHONUTF8": "1",
        "XDG_DATA_HOME": str(tmp_path / "home"),
    }

    def run(line, language, code=0):
        environment.update(exported(line))
        done = subprocess.run(
            ["bash", "-c", f"(exit {code}); {line}"],
            cwd=tmp_path,
            env={**environment, "LANG": LOCALE[language]},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return done.returncode, done.stdout.decode("utf-8-sig")

    return run


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", pytest.param("zh", marks=pytest.mark.matrix)])
def test_the_commands_do_what_the_readme_shows(console, language):
    shown = sessions(README[language].read_text("utf-8"))
    assert len(shown) > 9
    code = 0
    for line, said in shown:
        before, (code, output) = code, console(line, language, code)
        printed = [plain(one) for one in output.splitlines() if not RULE.fullmatch(one)]
        assert matches([plain(one) for one in said], printed), f"$ {line}\n{output}"
        # Rosters with mistakes in them: their rows are held, and nothing else is amiss.
        held = re.search(r" (check|run) ", line)
        assert code == (ExitCode.HELD if held else ExitCode.DONE), f"after {before}: $ {line}"


@pytest.mark.long
@pytest.mark.parametrize("page", PLAYED, ids=lambda page: page.stem)
def test_it_goes_as_the_page_shows(console, page):
    play(console, page)


@pytest.mark.long
@pytest.mark.parametrize("page", PLAYED, ids=lambda page: page.stem)
def test_it_goes_so_with_the_rights_of_a_clerk_too(console, page, server):
    """Every command of the page, its words and its files are the same in a shared ledger."""
    desks = new_desks(server)
    play(console, page, ledger=desks.clerk)
    told = console(f"sed -i 's#{desks.clerk}#{desks.auditor}#' yangqu/relief.toml", "en")
    assert told == (0, "")
    code, output = console("relief --office yangqu audit", "en")
    assert code == 0, output
    assert "The books are sound." in output


def play(console, page, *, ledger=""):
    """Run the commands of a page; with an address, its office has its ledger there."""
    shown = sessions(page.read_text("utf-8"))
    assert len(shown) > 30
    ended = 0
    for (line, said), code in zip(shown, codes(shown), strict=True):
        if ledger and line.startswith("relief init "):
            line += f" --ledger {ledger}"  # noqa: PLW2901  # the same command
        ended, output = console(line, "en", ended)
        printed = [plain(one) for one in output.splitlines() if not RULE.fullmatch(one)]
        assert matches([plain(one) for one in said], printed), f"$ {line}\n{output}"
        assert ended == code, f"$ {line}\n{output}"


@both
def test_the_table_of_commands_is_that_of_the_help(console, language):
    code, text = console("relief --help", language)
    assert code == 0
    offered = re.findall(r"^  ([a-z-]+) ", text.split("Commands:\n")[1], re.MULTILINE)
    titles = {"en": ["command", "does"], "zh": ["命令", "作用"]}[language]
    listed = [cells[0] for cells in table(README[language].read_text("utf-8"), titles)]
    assert sorted(re.match(r"`relief ([a-z-]+)", cell)[1] for cell in listed) == sorted(offered)


@both
def test_the_table_of_exit_codes_is_complete(language):
    titles = {"en": ["exit code", "means"], "zh": ["退出码", "含义"]}[language]
    listed = [int(cells[0]) for cells in table(README[language].read_text("utf-8"), titles)]
    assert listed == list(ExitCode)


@both
def test_the_settings_shown_are_accepted(tmp_path, language):
    (settings,) = blocks(README[language].read_text("utf-8"), "toml")
    (tmp_path / office.SETTINGS).write_text(settings, "utf-8")
    assert office.load(tmp_path).region == "140122"


@both
def test_the_make_targets_are_there(language):
    named = set(re.findall(r"\bmake ([a-z]+)", README[language].read_text("utf-8")))
    targets = set(
        re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE)
    )
    assert {"demo", "test", "bench", "wheel"} <= named & targets
    shell = "".join(blocks(README[language].read_text("utf-8"), "sh"))
    assert set(re.findall(r"^make ([a-z]+)", shell, re.MULTILINE)) <= targets
