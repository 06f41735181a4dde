"""What the tests run in child processes: quick to import, since each child does."""

import contextlib
import ctypes
import os
import signal
import sys
import time
from pathlib import Path

from relief_cli.errors import UnreadableError

MIB = 1024 * 1024


class Lost(Exception):  # noqa: N818  # any exception that cannot be pickled
    def __init__(self, one, two):
        super().__init__(one)
        self.two = two


def double(number):
    return 2 * number


def slow_double(number):
    time.sleep(0.02 * number)
    return 2 * number


def refuse(name):
    raise UnreadableError("F003", "no header in {rows} rows", remedy="look", sheet=name, rows=30)


def bug(_):
    return {}["missing"]


def unpicklable_bug(_):
    raise Lost(1, 2)


def leave(_):
    sys.exit(3)


def abort(_):
    os.abort()


def segfault(_):
    ctypes.string_at(0)


def killed(_):
    os.kill(os.getpid(), signal.SIGKILL)


def vanish(_):
    os._exit(7)


def spin(_):
    while True:
        pass


def sleep(_):
    time.sleep(60)


def fill_memory(_):
    return len(bytearray(4096 * MIB))


def write_file(path):
    with contextlib.suppress(OSError):
        Path(path).write_text("x", encoding="ascii")
    return Path(path).stat().st_size if Path(path).exists() else 0


def shout(_):
    os.write(1, b"NOISE")
    os.write(2, b"NOISE")
    return 0


def big(size):
    return bytes(size)


def main_file(_):
    return getattr(sys.modules["__main__"], "__file__", None)


def announce_and_sleep(path):
    os.close(os.open(f"{path}.{os.getpid()}", os.O_CREAT | os.O_WRONLY))
    time.sleep(60)


def announce_and_sleep_unless_first(path):
    if path.endswith("first"):
        return "first"
    return announce_and_sleep(path)


def abort_on_two(number):
    if number == 2:
        os.abort()
    return number


class PanicException(BaseException):  # named as that of native code
    pass


def panic(_):
    raise PanicException


def unpicklable_result(_):
    return lambda: 0


def loaded(_):
    return set(sys.modules)


def own_pid(_):
    return os.getpid()


def pid_or_refuse(number):
    return os.getpid() if number else refuse("Sheet1")


def spin_for(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return seconds


def hold(size):
    return len(bytearray(size))


def array_and_pandas(_):
    import pyarrow as pa  # noqa: PLC0415  # Arrow looks for pandas when it makes an array

    made = pa.array(["a"]).to_pylist()
    try:
        import pandas as pd  # noqa: F401, PLC0415
    except ModuleNotFoundError as error:
        return made, type(error).__name__, "pandas" in sys.modules
    return made, "", True


_READ = []


def die_after_another(path):
    """Read one file soundly, and be killed by the next one."""
    _READ.append(path)
    if len(_READ) > 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return path
