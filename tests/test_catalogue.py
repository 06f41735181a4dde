"""The Chinese catalogue says all that the code says, and nothing else."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import relief_cli
from relief_cli.i18n import translator
from relief_cli.reports.corrections import ADDED
from relief_cli.roster.fields import load_headers

PACKAGE = Path(relief_cli.__file__).parent
PO_FILE = PACKAGE / "locale" / "zh_CN" / "LC_MESSAGES" / "relief.po"
UPDATE = "run `make messages`, translate what is new, and install again"

# Options, the settings' file, commands in backquotes, and TOML headings.
TYPED = re.compile(r"--[a-z][a-z-]+|relief\.toml|`relief [a-z ]+`|\[\[?[a-z.{}]+\]\]?")
# A half-width mark on either side of a Chinese character, where a full-width one belongs.
HALF_WIDTH = re.compile(r"[一-鿿][,;:!?]|[,;:!?][一-鿿]")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO_FILE.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def translations(catalogue) -> dict[str, str]:
    return {message.id: message.string for message in catalogue if message.id}


@pytest.fixture(scope="module")
def extracted() -> set[str]:
    methods = [("**.py", "python")]
    return {found[2] for found in extract_from_dir(PACKAGE, methods, keywords={"N_": None})}


def placeholders(text: str) -> set[str]:
    """Give the names in braces; doubled braces are none."""
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


def marked_messages(source: str) -> set[str]:
    """Find what stands in N_(…) by the syntax tree, which sees into f-strings too."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    marks = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "N_")
    return {ast.literal_eval(mark.args[0]) for mark in marks}


def test_extraction_finds_every_marked_message(extracted):
    sources = (path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    marked = set().union(*(marked_messages(source) for source in sources))
    assert marked - extracted == set(), "Babel finds no N_(…) inside an f-string"
    assert len(marked) > 500


def test_catalogue_holds_the_messages_of_the_code_and_no_other(translations, extracted):
    assert extracted - translations.keys() == set(), UPDATE
    assert translations.keys() - extracted == set(), UPDATE


def test_nothing_is_fuzzy_or_obsolete(catalogue):
    assert [message.id for message in catalogue if message.fuzzy] == []
    assert list(catalogue.obsolete) == []


def test_every_message_is_translated(translations):
    assert [message for message, chinese in translations.items() if not chinese.strip()] == []


def test_translations_keep_the_placeholders(translations):
    differing = {
        message: chinese
        for message, chinese in translations.items()
        if placeholders(message) != placeholders(chinese)
    }
    assert differing == {}


def test_commands_and_files_stay_as_they_are_typed(translations):
    differing = {
        message: chinese
        for message, chinese in translations.items()
        if set(TYPED.findall(message)) - set(TYPED.findall(chinese))
    }
    assert differing == {}


def test_chinese_text_has_chinese_punctuation(translations):
    assert [chinese for chinese in translations.values() if HALF_WIDTH.search(chinese)] == []


def test_compiled_catalogue_is_in_step(translations):
    say = translator("zh")
    differing = {message for message, chinese in translations.items() if say(message) != chinese}
    assert differing == set(), "the catalogue was changed after the installation: install again"


def test_headers_that_workbooks_add_mean_no_field_of_a_roster(translations):
    added = [translations[header] for header in ADDED]
    headers = load_headers()
    assert [headers.meaning(text) for text in added] == [None] * len(ADDED)
    assert len(set(added)) == len(ADDED)
