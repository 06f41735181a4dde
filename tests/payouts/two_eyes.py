"""An office where one approval is needed: its operators, and what they do."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from golden.running import SAMPLES, relief

BATCH = "one-time-2022-08-1"
ROSTER = SAMPLES[:1]
PASSPHRASES = {
    "maker": "maker has a secret",
    "li": "li has another one",
    "wang": "wang has a third",
    "zhao": "zhao came later",
    "cron": "cron has one on the disk",
}


@functools.cache
def _secrets():
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    for name, passphrase in PASSPHRASES.items():
        (folder / name).write_text(passphrase + "\n", "utf-8")
    return folder


def hand(name):
    """Give the options by which an operator works."""
    return "--as", name, "--passphrase-file", _secrets() / name


def by(*names):
    """Give the options by which operators sign together."""
    named = [option for name in names for option in ("--by", name)]
    files = [("--by-passphrase-file", _secrets() / name) for name in names]
    return *named, *(option for pair in files for option in pair)


def operator(office, *arguments):
    return relief("--json", "--office", office, "operator", *arguments)


def approve(office, name, secret, *, passphrase=None):
    return relief(
        "--json", "--office", office, "approve", BATCH, "--as", name,
        "--passphrase-file", secret(name, passphrase),
    )  # fmt: skip


def export(office):
    return relief("--json", "--office", office, "export", BATCH)


def change_setting(office, old, new):
    path = office / "relief.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def error_of(answer):
    return answer.json["error"]["code"]
