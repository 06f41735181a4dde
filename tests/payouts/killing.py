"""Runs relief and kills it at a chosen call, then runs it again; many times in one process.

``python killing.py JOBS`` reads a list of ``{"arguments": […], "kill_at": n, "folder": "…"}``.
For each it forks a child that runs the arguments and is killed (SIGKILL, by its own hand) right
before the n-th call that could leave a trace: a file opened to write, made durable, renamed or
removed, a folder made, a statement that begins or ends a transaction, every so many rows. Then it
forks another child that runs the same to the end; what the killed one left in the folder ``left``
of a job is copied to ``between`` before. ``kill_at`` 0 kills nothing and counts the calls.
"""

import io
import json
import os
import shutil
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from sqlite3 import dbapi2

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script

from warm import load_program

from relief_cli.cli.app import execute

CALLS = {"os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir", "os.chmod"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
STATEMENTS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "CREATE", "VACUUM")
ROWS = 200  # of so many rows inserted one is a point to be killed at


class Killer:
    """Counts the calls of this process and kills it before the one that is meant."""

    def __init__(self, kill_at):
        self.kill_at = kill_at
        self.process = os.getpid()
        self.calls = self.rows = 0
        self.fsync, self.connect = os.fsync, dbapi2.connect
        os.fsync, dbapi2.connect = self.sync, self.open_ledger
        sys.addaudithook(self.hook)

    def count(self):
        if os.getpid() != self.process:
            return
        self.calls += 1
        if self.calls == self.kill_at:
            os.kill(self.process, signal.SIGKILL)

    def hook(self, event, arguments):
        if event in CALLS or (event == "open" and int(arguments[2] or 0) & WRITING):
            self.count()

    def sync(self, descriptor):
        self.count()
        self.fsync(descriptor)

    def open_ledger(self, *arguments, **options):
        connection = self.connect(*arguments, **options)
        connection.set_trace_callback(self.statement)
        return connection

    def statement(self, text):
        if text.startswith(STATEMENTS):
            self.count()
        elif text.startswith("INSERT"):
            self.rows += 1
            if self.rows % ROWS == 1:
                self.count()


def forked(work, answer):
    """Run ``work`` in a child; give how it ended. ``answer`` is where it writes what it said."""
    child = os.fork()
    if child == 0:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code, calls = work()
        told = {"code": code, "calls": calls, "out": out.getvalue(), "err": err.getvalue()}
        answer.write_text(json.dumps(told), "utf-8")
        os._exit(0)
    return os.waitpid(child, 0)[1]


def main():
    """Do all jobs of the file that is named."""
    load_program()
    ended = []
    for job in json.loads(Path(sys.argv[1]).read_text("utf-8")):
        folder = Path(job["folder"])

        def killed(job=job):
            killer = Killer(job["kill_at"])
            return execute(job["arguments"]), killer.calls

        def again(job=job):
            return execute(job["arguments"]), 0

        status = forked(killed, folder / "first.json")
        if Path(job.get("left", "")).is_dir() and job.get("left"):
            shutil.copytree(job["left"], folder / "between")
        was_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        status = forked(again, folder / "again.json") if job["kill_at"] else status
        ended.append({"killed": was_killed, "status": status})
    sys.stdout.write(json.dumps(ended))


if __name__ == "__main__":
    main()
