"""The pages in docs/ say what the program does, and what is locked is what is asked for."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from docs import generate, policy_cases
from relief_cli import office, policy
from relief_cli.banks import patterns
from relief_cli.banks.loading import load_templates
from relief_cli.policy.schema import PARAMETERS

PROJECT = Path(__file__).parents[1]
DOCS = PROJECT / "docs"
PAGES = [*PROJECT.glob("*.md"), *DOCS.glob("*.md"), *PROJECT.glob("sample_data/*.md")]
LOCKS = [PROJECT / "requirements.lock", PROJECT / "requirements-dev.lock"]


def toml_blocks(page):
    text = (DOCS / page).read_text("utf-8")
    return re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def locked(path):
    """Give the versions of each package; several where they differ by the version of Python."""
    found = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==(\S+)", path.read_text("utf-8"), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def test_the_page_of_rules_is_up_to_date():
    assert generate.PAGE.read_text("utf-8") == generate.rules_page(), "run `make docs`"


def test_the_page_of_cases_is_up_to_date():
    page = policy_cases.cases_page(generate.chinese())
    assert policy_cases.PAGE.read_text("utf-8") == page, "run `make docs`"


@pytest.mark.parametrize("number", range(len(toml_blocks("policy.md"))))
def test_the_policies_shown_are_accepted(tmp_path, number):
    path = tmp_path / "own.toml"
    path.write_text(toml_blocks("policy.md")[number], "utf-8")
    assert policy.load([path]).digest != policy.load().digest


def test_all_parameters_and_categories_are_described():
    text = (DOCS / "policy.md").read_text("utf-8")
    names = {
        *PARAMETERS,
        *policy.load().categories.codes,
        *(one.unit for one in PARAMETERS.values()),
    }
    assert {name for name in names if f"`{name}`" not in text} == set()


def test_the_template_shown_is_accepted(tmp_path):
    (tmp_path / "banks").mkdir()
    (shown,) = toml_blocks("banks.md")
    (tmp_path / "banks" / "psbc.toml").write_text(shown, "utf-8")
    assert "psbc" in load_templates(tmp_path)


def test_all_templates_and_their_places_are_described():
    text = (DOCS / "banks.md").read_text("utf-8")
    assert {name for name in load_templates() if f"`{name}`" not in text} == set()
    places = patterns.CONTEXT | patterns.FILE | patterns.ROW
    assert {name for name in places if f"`{{{name}}}`" not in text} == set()


def test_links_lead_somewhere():
    places = {
        page.parent / target
        for page in PAGES
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    }
    assert DOCS / "policy.md" in places
    assert [str(place) for place in places if not place.exists()] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_locks_name_no_place_and_every_package_has_hashes(lock):
    text = lock.read_text("utf-8")
    assert not re.search(r"://|^-|file:|@", text, re.MULTILINE)
    packages = re.split(r"\n(?=[a-z])", text.strip())
    assert [one for one in packages if "--hash=sha256:" not in one] == []


def test_locks_hold_what_is_asked_for_and_agree():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    runtime, development = map(locked, LOCKS)

    def names(wanted):
        return {re.match(r"[\w-]+", one)[0].lower() for one in wanted}

    assert names(project["project"]["dependencies"]) <= runtime.keys()
    asked = names([*project["dependency-groups"]["dev"], *project["build-system"]["requires"]])
    assert asked <= development.keys()
    assert {name: development[name] for name in runtime} == runtime


def scheduled():
    """Give the lines of the crontab that is shown: variables, and the commands of its jobs."""
    text = (DOCS / "schedule.md").read_text("utf-8")
    (crontab,) = re.findall(r"^```crontab\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    lines = [line for line in crontab.splitlines() if line and not line.startswith("#")]
    variables = dict(line.split("=", 1) for line in lines if re.match("[A-Z_]+=", line))
    jobs = [line.split(maxsplit=5) for line in lines if not re.match("[A-Z_]+=", line)]
    return variables, jobs


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 70])
@pytest.mark.parametrize("number", range(2), ids=["due", "run"])
def test_the_crontab_mails_when_the_page_says_so(tmp_path, number, code):
    """Each job is run by sh as cron does, with a program that ends as relief may."""
    _, jobs = scheduled()
    *when, command = jobs[number]
    assert all(re.fullmatch(r"[0-9*/,-]+", field) for field in when)
    assert not re.search(r"(?<!\\)%", command), "cron would end the line there"
    stub = tmp_path / "relief"
    stub.write_text(f'#!/bin/sh\necho "$*"\nexit {code}\n', "utf-8")
    stub.chmod(0o755)
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "花 名册.xlsx").touch()
    ended = subprocess.run(
        ["sh", "-c", command.replace("\\%", "%").replace("/srv/relief", str(tmp_path))],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)},
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.stderr == ""
    mailed = code not in ({0, 3} if number else {0})
    assert bool(ended.stdout) == mailed
    if mailed and number:
        assert re.fullmatch(
            r"run dibao inbox/花 名册.xlsx --cycle 20[0-9]{2}-[01][0-9]\n", ended.stdout
        )


def test_the_crontab_says_nothing_of_an_empty_inbox_or_while_another_runs(tmp_path):
    _, jobs = scheduled()
    command = jobs[1][5].replace("\\%", "%").replace("/srv/relief", str(tmp_path))
    (tmp_path / "inbox").mkdir()
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    for lock in ("", f"flock {tmp_path}/inbox.lock "):
        line = [*lock.split(), "sh", "-c", command]
        ended = subprocess.run(line, env=environment, capture_output=True, check=False)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
        (tmp_path / "inbox" / "1.xlsx").touch()


def test_the_units_shown_are_sound(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd here")
    text = (DOCS / "schedule.md").read_text("utf-8")
    units = re.findall(r"^`([a-z@.-]+)`:\n\n```ini\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert [name for name, _ in units] == [
        "relief-due.service", "relief-due.timer", "relief-mail@.service",
    ]  # fmt: skip
    for name, content in units:
        # The program must be there to be found sound.
        unit = content.replace("/srv/relief/.venv/bin/relief", "/bin/true")
        (tmp_path / name).write_text(unit, "utf-8")
    ended = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name, _ in units)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    told = [line for line in ended.stderr.splitlines() if "relief" in line]
    assert (ended.returncode, told) == (0, [])


def test_the_settings_of_the_calendar_are_accepted(tmp_path):
    (shown,) = toml_blocks("schedule.md")
    (tmp_path / "relief.toml").write_text(shown, "utf-8")
    assert office.load(tmp_path).programmes == ("dibao", "one-time")


def test_every_threat_names_tests_that_are_there():
    page = (PROJECT / "docs" / "threats.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")][2:]
    for row in rows:
        named = re.findall(r"`([a-z_/]+(?:\.py)?)`", row.split("|")[-2])
        assert named, row
        assert all((PROJECT / "tests" / name).exists() for name in named), row
