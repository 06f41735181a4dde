"""The pages in docs/ say what the program does, and what is locked is what is asked for."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

from relief_cli import policy
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
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert generate.PAGE.read_text("utf-8") == generate.rules_page(), "run `make docs`"


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


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
