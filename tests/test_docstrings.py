"""The examples in docstrings are true."""

import doctest
import importlib
import re
from pathlib import Path

import pytest

import relief_cli

PACKAGE = Path(relief_cli.__file__).parent
FEWEST_MODULES = 35
"""Modules that have examples; fewer means that examples are lost or no longer looked for."""


def examples_of(path):
    return len(re.findall(r"^ *>>> ", path.read_text("utf-8"), re.MULTILINE))


MODULES = {
    ".".join(("relief_cli", *path.relative_to(PACKAGE).with_suffix("").parts)): count
    for path in sorted(PACKAGE.rglob("*.py"))
    if (count := examples_of(path))
}


@pytest.mark.parametrize("name", MODULES)
def test_examples(name, capsys):
    ran = doctest.testmod(importlib.import_module(name))
    assert (ran.attempted, ran.failed) == (MODULES[name], 0), capsys.readouterr().out


def test_modules_have_examples():
    assert len(MODULES) >= FEWEST_MODULES
