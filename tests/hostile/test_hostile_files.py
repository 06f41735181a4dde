"""No file, however it was made, ends this process, fills the computer or goes on for ever."""

import time

from hostile.corpus import READABLE
from hostile.plain_reader import read

from relief_cli.errors import UnreadableError
from relief_cli.roster.container import inspect
from relief_cli.roster.sandbox import allowance, read_each

MIB = 1024 * 1024


def become(path):
    """Give what becomes of a file: a code or ``readable``, and the peak of memory."""
    try:
        container = inspect(path)
    except UnreadableError as error:
        return error, 0
    (outcome,) = read_each(read, [container], allowance)
    if isinstance(outcome, UnreadableError):
        return outcome, 0
    return None, outcome[2]


def test_every_file_ends_as_it_may_and_soon(hostile_files):
    assert len(hostile_files) > 100
    wrong = []
    for path, allowed in hostile_files:
        for _ in range(2):  # a busy computer gets a second chance
            started = time.monotonic()
            error, peak = become(path)
            seconds = time.monotonic() - started
            if seconds < 2:
                break
        code = error.code if error else READABLE
        if code not in allowed or seconds > 2 or peak > 500 * MIB:
            wrong.append((path.name, code, sorted(allowed), round(seconds, 2), peak // MIB))
        if error:
            assert error.file == path.name
            assert str(error)
    assert wrong == []
