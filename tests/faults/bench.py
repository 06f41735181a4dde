"""A prepared office, on which a command is tried again and again, each time with another fault."""

import contextlib
import datetime as dt
import gc
import importlib
import io
import json
import os
import shutil
import signal
import sqlite3
import sys
from multiprocessing import forkserver
from pathlib import Path
from types import SimpleNamespace

from databases import everything
from faults import broken, libc, tmpfs
from faults.disk import tree
from faults.scenarios import SCENARIOS
from faults.watch import END, Fault, Watch
from golden.running import Answer

from relief_cli import payouts  # noqa: F401  # loaded once, for all children
from relief_cli.cli.app import execute
from relief_cli.ledger import events
from relief_cli.roster import server

LEDGER = "ledger.sqlite"
DISK = frozenset({"write-failed", "ledger-disk", "ledger-closed"})
"""What a command may say, with exit code 2, when the disk refuses."""
DEADLY = frozenset({"killed", "torn", "power", "bytes"})
SECONDS = 60
"""After so many a command hangs."""
NO_FAULT = Fault()
COUNT = Fault("counted")


class Bench:
    """One scenario in a folder of its own; paths are the same for all faults."""

    def __init__(self, folder, scenario):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        self.desk = self.folder / "desk"
        self.office = self.desk / "office"
        self.prepared = self.folder / "prepared"
        self.scenario = SCENARIOS[scenario]
        self.rosters = []
        self.variant = ""
        self._passed = set()
        os.environ["XDG_DATA_HOME"] = str(self.folder / "home")
        self.desk.mkdir()
        self.scenario.prepare(self)
        if self.office.exists():
            self.office.rename(self.prepared)
        else:
            self.prepared.mkdir()
            self.prepared.chmod(0o700)
        self.command = self.scenario.command(self)
        self.undisturbed = self.undisturbed_run()
        self.expected = self.state()

    def relief(self, *arguments, code=0):
        """Run a command that prepares the office."""
        _, told = self.fork([arguments])
        assert told["answers"][0].code == code, told["answers"][0]

    def undisturbed_run(self):
        """Run the command on a fresh office, without any fault; give its answer."""
        self.fresh()
        _, told = self.fork([self.command, _audit(self.office)])
        answer, audit = told["answers"]
        assert answer.code in (0, 1, 3), answer
        assert audit.code == 0, audit
        for name in told["loaded"]:  # what it needed is loaded here, for all that come
            with contextlib.suppress(ImportError):  # a part of a library that it alone loads
                importlib.import_module(name)
        gc.freeze()
        return answer

    def fresh(self, into=None):
        """Put the office back to where it was before the command."""
        shutil.rmtree(self.office, ignore_errors=True)
        shutil.copytree(self.prepared, into or self.office)

    def state(self):
        """Give all that an office holds: bytes and modes of all files, and the books."""
        with contextlib.closing(sqlite3.connect(self.office / LEDGER)) as book:
            sound = book.execute("PRAGMA integrity_check").fetchall()
            schema = book.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        return tree(self.office, LEDGER), sound, schema, everything(self.office / LEDGER)

    def choose(self, bug):
        """Break the program from now on."""
        self.variant = bug
        self._passed.clear()

    def calls(self, *, strict=False):
        """Tell of an undisturbed run: calls of each kind, sizes, and what escaped the counting."""
        self.fresh()
        _, told = self.fork([self.command], COUNT, strict=strict)
        return told

    def verdict(self, fault):
        """Give what is wrong after ``fault``, in a line; nothing if the program survived it."""
        if fault.what == "tmpfs":
            return tmpfs.on_one(self.desk, fault.at, lambda: self._verdict(fault))
        return self._verdict(fault)

    def _verdict(self, fault):
        self.fresh()
        status, told = self.fork([self.command], fault)
        wrong = self._wrong_first(fault, status, told)
        if fault.what == "tmpfs":
            tmpfs.grow(self.desk)
        if wrong or self._left() in self._passed:
            return wrong
        left = self._left()
        wrong = self._wrong_again()
        if not wrong:
            self._passed.add(left)
        return wrong

    def _left(self):
        """Give all that a fault left, to the last byte: from the same, the same follows."""
        return tuple(tree(self.desk).items())

    def _wrong_first(self, fault, status, told):
        """Judge how the command under the fault ended."""
        if fault.what in DEADLY and fault.at != END:
            killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            return "" if killed else f"it was not killed: status {status}, {told}"
        if status or told is None:
            return f"it ended with status {status}"
        if not told["fired"] and fault.what not in ("", "small", "tmpfs", *DEADLY):
            return "the call never came"
        answer = told["answers"][0]
        if answer.code == self.undisturbed.code:
            # It said that it was done: so it must be.
            return self._wrong_state() or self._wrong_answer(answer)
        return _wrong_refusal(answer)

    def _wrong_again(self):
        """Run the command again, without a fault, and judge what is there then."""
        seen = self.folder / "seen"
        shutil.rmtree(seen, ignore_errors=True)
        if self.office.exists():
            shutil.copytree(self.office, seen)
        status, told = self.fork([_audit(seen), self.command])
        if status or told is None:
            return f"run again it ended with status {status}"
        between, again = told["answers"]
        if between.code not in (0, 2) or "Traceback" in between.err:
            return f"books and files contradicted each other: {between.out or between.err}"
        # To the last digest they are the undisturbed books, which were audited.
        return self._wrong_answer(again) or self._wrong_state()

    def _wrong_answer(self, answer):
        if "Traceback" in answer.err:
            return f"traceback: {answer.err}"
        if self.scenario.done_before and _error(answer) == self.scenario.done_before:
            return ""
        if answer.code != self.undisturbed.code:
            return f"exit code {answer.code}: {answer.err or answer.out}"
        aside = dict.fromkeys(("repeated", *self.scenario.varies))
        found, expected = ({**one.json, **aside} for one in (answer, self.undisturbed))
        return "" if found == expected else f"another answer: {answer.out}"

    def _wrong_state(self):
        try:
            files, *ledger = self.state()
        except (sqlite3.Error, OSError) as error:
            return f"the office cannot be read: {error}"
        other_files, *other_ledger = self.expected
        differing = sorted(
            path
            for path in files.keys() | other_files.keys()
            if files.get(path) != other_files.get(path)
        )
        if differing:
            return f"other files: {differing}"
        return "" if ledger == other_ledger else "other books"

    def fork(self, commands, fault=NO_FAULT, *, strict=False):
        """Run commands in one child; give how it ended and what it told, ``None`` if nothing."""
        told = self.folder / "told.json"
        told.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            signal.alarm(SECONDS)
            told.write_text(json.dumps(self._in_child(commands, fault, strict=strict)), "utf-8")
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        if not told.exists():
            return status, None
        content = json.loads(told.read_text("utf-8"))
        content["answers"] = [Answer(*answer) for answer in content["answers"]]
        return status, content

    def _in_child(self, commands, fault, *, strict):
        # Reading processes come from the server of this child's parent: it is loaded already.
        forkserver.ensure_running = forkserver._forkserver.ensure_running = _nothing  # noqa: SLF001
        if self.variant:
            broken.BUGS[self.variant]()
        events.dt = SimpleNamespace(datetime=_Clock, UTC=dt.UTC)
        before = set(sys.modules)
        watch = Watch(self.office, fault, strict=strict)
        if fault.what:
            watch.begin(PLACES)
        answers = []
        for arguments in commands:
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = execute([str(argument) for argument in arguments])
            answers.append((int(code), out.getvalue(), err.getvalue()))
        watch.end()
        return {
            "answers": answers,
            "counts": watch.counts,
            "fired": watch.fired,
            "escaped": watch.escaped,
            "sizes": watch.sizes,
            "loaded": [name for name in sys.modules if name not in before],
        }


class _Clock(dt.datetime):
    """Stands still: an event's time is in its digest, and the digest on the approval sheet."""

    @classmethod
    def now(cls, tz=None):
        return cls(2022, 8, 20, 12, tzinfo=tz)


PLACES = libc.places()


def warm_up():
    """Load what commands load, before the first child is forked; no thread is started."""
    server.warm_up()
    with contextlib.redirect_stdout(io.StringIO()):
        assert execute(["policy", "show", "one-time"]) == 0
    # As the program does; and what is loaded stays where it is.
    gc.disable()
    gc.freeze()
    sys.stdout.flush()


def _nothing():
    pass


def _audit(office):
    return "--json", "--office", office, "audit"


def _error(answer):
    return answer.json.get("error", {}).get("code") if answer.out else None


def _wrong_refusal(answer):
    """Judge the answer of a command that the disk has failed."""
    if "Traceback" in answer.err or answer.code != 2 or _error(answer) not in DISK:
        return f"exit code {answer.code}: {answer.out or answer.err}"
    lines = answer.err.strip().splitlines()
    return "" if lines and lines[0] else "it said nothing"
