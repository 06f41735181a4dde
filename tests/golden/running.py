"""Runs relief as a clerk does: in this process where a test needs its answer, or on its own."""

import atexit
import contextlib
import ctypes
import functools
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import memory
from databases import Servers

from relief_cli.cli.app import execute

PROJECT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-m", "relief_cli")
CYCLE = "2022-08"
SAMPLES = sorted((PROJECT / "sample_data" / "rosters").iterdir())


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        """The one object on standard output; anything beside it is an error."""
        return json.loads(self.out)


def relief(*arguments, said=""):
    """Run a command in this process; ``said`` stands on standard input."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.object(sys, "stdin", io.StringIO(f"{said}\n")),
    ):
        code = execute([str(argument) for argument in arguments])
    return Answer(int(code), out.getvalue(), err.getvalue())


def run(office, rosters, *further, cycle=CYCLE, command="run", programme="one-time"):
    """Pay ``rosters`` and give the answer, as JSON."""
    return relief(
        "--json", "--office", office, command, programme, *rosters, "--cycle", cycle, *further
    )


def done(office, rosters, *further, **options):
    """Run and give the JSON; the run must have come to its end."""
    answer = run(office, rosters, *further, **options)
    assert answer.code in (0, 1), answer.err
    return answer.json


def make_office(folder, *, language="en", **settings):
    """Make an office as ``relief init`` does; its files are in English unless told otherwise."""
    settings = {"name": "阳曲县民政局", "region": "140122", "county": "阳曲县", **settings}
    if address := Servers.new_address():
        settings.setdefault("ledger", address)
    options = tuple(part for key, value in settings.items() for part in (f"--{key}", value))
    if "ledger" in settings or Path(folder).exists():
        return _init(folder, language, options)
    return shutil.copytree(_made_once(language, options), folder)


def _init(folder, language, options):
    answer = relief("--lang", language, "init", folder, *options)
    assert answer.code == 0, answer.err
    return folder


@functools.cache
def _made_once(language, options):
    """Make the office that others are copies of: a new ledger takes longer than to copy one."""
    folder = tempfile.TemporaryDirectory(prefix="relief-office-", dir=memory.folder())
    atexit.register(folder.cleanup)
    return _init(Path(folder.name) / "office", language, options)


def arguments_of(office, rosters, *, program=PROGRAM):
    """Give the command line of a run in a process of its own."""
    given = [*program, "--json", "--office", office, "run", "one-time", *rosters, "--cycle", CYCLE]
    return [str(part) for part in given]


def environment(**changed):
    """Give the environment of a process of its own, with ``changed`` in it (None: not there)."""
    given = {**os.environ, "PYTHONPATH": str(PROJECT), **changed}
    return {name: str(value) for name, value in given.items() if value is not None}


def process(command, *, cwd=None, timeout=60, bounded=False, **changed):
    """Run ``command`` in a process of its own to its end.

    With ``bounded`` modes of files hold for it even where the tests are run by root.
    """
    ended = subprocess.run(
        command, env=environment(**changed), cwd=cwd, capture_output=True, timeout=timeout,
        check=False, preexec_fn=_bind if bounded else None,
    )  # fmt: skip
    return Answer(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def _bind():
    """Give up what lets root read, write and search everything (``capabilities(7)``)."""
    if os.geteuid() != 0:
        return
    drop_from_bounding_set, override, read_and_search = 24, 1, 2
    for capability in (override, read_and_search):
        if ctypes.CDLL(None).prctl(drop_from_bounding_set, capability, 0, 0, 0):
            raise OSError("the capability could not be given up")
