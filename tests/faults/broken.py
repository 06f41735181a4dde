"""Bugs of the kind that the harness is for; each breaks the program in this process alone.

As a script it runs a command of the program with one of them: ``broken.py BUG ARGUMENT…``.
"""

import sys
import time
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

if not __package__:  # run as a script: the project is not on the path yet
    sys.path[:0] = [str(Path(__file__).resolve().parents[n]) for n in (1, 2)]

from relief_cli import files, office
from relief_cli.errors import UsageError
from relief_cli.ledger import Ledger, postgresql, sqlite, store
from relief_cli.payouts import actions, exporting
from relief_cli.payouts.states import EXPORTED

OVERLAP_SECONDS = 2
"""So long the processes of a crowd stay where they can harm each other."""


def published_before_recorded():
    """Files go out of which the ledger knows nothing yet."""

    def finish(setting, outcome, rendering, _layouts=()):
        final = setting.office.out_folder / rendering.batch.name
        written = rendering.written()
        files.publish_folder(rendering.folder, final)
        with Ledger.open(setting.office.ledger_place).writing() as book:
            book.record_export(rendering.batch.name, written, {})
        known = tuple(sorted(written, key=lambda file: file.path))
        return replace(outcome, state=EXPORTED, files=known, output=final)

    exporting.finish = finish


def exported_means_finished():
    """Whoever was killed between recording and putting in place is not finished."""
    export = exporting.export

    def given_up(setting, outcome, batch, bank_format=None):
        if outcome.files:
            return replace(outcome, output=setting.office.out_folder / batch.name)
        return export(setting, outcome, batch, bank_format)

    exporting.export = given_up


def every_statement_commits():
    """There is no transaction around what belongs together."""
    sqlite._begin_transaction = lambda _connection: None  # noqa: SLF001
    sa.Connection.begin_nested = lambda _connection: nullcontext()


def journal_in_memory():
    """What undoes half a commit dies with the process."""
    _pragma("journal_mode = DELETE", "journal_mode = MEMORY")


def ledger_not_synced():
    """A commit is as durable as the power supply."""
    _pragma("synchronous = EXTRA", "synchronous = OFF")


def ledger_errors_pass():
    """SQLite's errors reach the clerk as a fault of the program."""
    store.named = lambda _database: nullcontext()


def ledger_errors_are_nothing():
    """A disk that refuses a commit is taken for success."""
    writing = Ledger.writing
    Ledger.writing = lambda ledger: _Careless(writing(ledger))


def disk_errors_pass():
    """The system's errors reach the clerk as a fault of the program."""
    files.named = lambda _path: nullcontext()


def disk_errors_are_nothing():
    """A file is cut short, and nobody says so."""
    files.named = lambda _path: suppress(OSError)


def folder_made_in_place():
    """Half a batch lies where whole ones do."""

    @contextmanager
    def at_once(final):
        files.make_private_folder(final)
        yield final

    files.partial_folder = at_once
    files.publish_folder = lambda _partial, _final: True


def file_written_in_place():
    """Half the settings are settings."""

    def at_once(path, content):
        path.write_bytes(content)
        files._make_durable(path, files.PRIVATE_FILE)  # noqa: SLF001
        files._sync(path.parent)  # noqa: SLF001

    office.write_beside = at_once


def leftovers_stay():
    """What a killed run left lies there for ever."""
    files.remove_leftovers = lambda _folder: None


def bytes_not_synced():
    """A folder is put in place before its bytes are on the disk."""
    files._make_durable = lambda path, mode: path.chmod(mode)  # noqa: SLF001


def names_not_synced():
    """What was put in place is gone after the power was."""
    files._sync = lambda _path: None  # noqa: SLF001


def asked_before_locked():
    """Who was paid is asked before the writer's lock is held."""
    begin = sqlite._begin_transaction  # noqa: SLF001

    def deferred(connection):
        begin(connection.execution_options(relief_begin="DEFERRED"))

    sqlite._begin_transaction = deferred  # noqa: SLF001
    postgresql._LOCK = "SELECT 1"  # noqa: SLF001
    judge = actions.judge

    def slowly(*arguments):
        time.sleep(OVERLAP_SECONDS)
        return judge(*arguments)

    actions.judge = slowly


def living_taken_for_leftovers():
    """The work of a run that lives is removed as if its run had been killed."""

    partial_folder = files.partial_folder

    @contextmanager
    def greedily(final):
        with partial_folder(final) as partial:
            time.sleep(OVERLAP_SECONDS)
            for entry in list(partial.parent.iterdir()):
                if entry.name.startswith(".one-time") and entry != partial:
                    files._remove(entry)  # noqa: SLF001
            yield partial

    files.partial_folder = greedily


class _Careless:
    """A transaction that is taken for durable also where it is not."""

    def __init__(self, transaction):
        self._transaction = transaction

    def __enter__(self):
        return self._transaction.__enter__()

    def __exit__(self, *error):
        with suppress(UsageError) if error[0] is None else nullcontext():
            return self._transaction.__exit__(*error)


def impatient():
    """No bug: the time to wait for another run's lock is one second, for a test."""
    Ledger.open.__func__.__defaults__ = (1,)


def _pragma(line, instead):
    pragmas = tuple(instead if pragma == line else pragma for pragma in sqlite._PRAGMAS)  # noqa: SLF001
    assert instead in pragmas
    sqlite._PRAGMAS = pragmas  # noqa: SLF001


RUN_BUGS = {
    published_before_recorded: "killed before a commit",
    exported_means_finished: "killed before a rename",
    every_statement_commits: "killed before a write",
    journal_in_memory: "killed before a write",
    ledger_not_synced: "power lost, with all that was not synced",
    ledger_errors_pass: "input/output error (EIO)",
    ledger_errors_are_nothing: "no space (ENOSPC), once",
    disk_errors_pass: "no space (ENOSPC), once",
    disk_errors_are_nothing: "no space (ENOSPC), once",
    folder_made_in_place: "killed before a write",
    leftovers_stay: "killed before a rename",
    bytes_not_synced: "power lost, with bytes that were not synced",
    names_not_synced: "power lost, with all that was not synced",
}
"""Bug → the faults that must bring it to light, see :data:`faults.points.LABELS`."""
INIT_BUGS = {file_written_in_place: "killed in the middle of a write"}
SEEDED = {
    scenario: {bug.__name__: label for bug, label in bugs.items()}
    for scenario, bugs in (("run", RUN_BUGS), ("init", INIT_BUGS))
}
BUGS = {bug.__name__: bug for bug in (*RUN_BUGS, *INIT_BUGS)}
CROWD_BUGS = {bug.__name__: bug for bug in (asked_before_locked, living_taken_for_leftovers)}
"""Those that several processes at once bring to light."""

if __name__ == "__main__":
    from relief_cli.cli import main

    name = sys.argv.pop(1)
    {**CROWD_BUGS, impatient.__name__: impatient}[name]()
    main()
