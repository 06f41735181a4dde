"""Processes of relief that need not load it: they are forked from a server that has.

To load the program takes longer than most commands of a test. What a test says about starting,
the environment or the way to end belongs to a process of its own (``golden.running.process``).
"""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import select
import socket
import subprocess
import sys
import tempfile
import traceback
from functools import partial
from multiprocessing import forkserver
from pathlib import Path

import relief_cli
from relief_cli.cli import main
from relief_cli.roster import server

PROJECT = Path(__file__).resolve().parents[1]
CALLER = """\
#!{python} -IS
import json, os, socket, sys
umask = os.umask(0)
told = sys.argv[1:], os.getcwd(), umask, dict(os.environ)
with socket.socket(socket.AF_UNIX) as line:
    line.connect({address!r})
    socket.send_fds(line, [b"."], [0, 1, 2])
    line.sendall(json.dumps(told).encode())
    line.shutdown(socket.SHUT_WR)
    ended = int(line.recv(16))
if ended < 0:
    os.kill(os.getpid(), -ended)
sys.exit(ended)
"""


def modules():
    """Give the names of the modules of the program."""
    found = [one.name for one in pkgutil.walk_packages(relief_cli.__path__, "relief_cli.")]
    return [name for name in found if name != "relief_cli.__main__"]


def load_program():
    """Load every module of the program, so that whatever is forked has them."""
    for name in modules():
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


@contextlib.contextmanager
def serving():
    """Give the path of a command ``relief`` that has all loaded; after ``-c``, a Python as well."""
    with tempfile.TemporaryDirectory(prefix="relief-warm-") as folder:
        command = Path(folder, "relief")
        address = f"{folder}/socket"
        command.write_text(CALLER.format(python=sys.executable, address=address))
        command.chmod(0o755)
        with subprocess.Popen(
            [sys.executable, __file__, address], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONUTF8": "1"},
        ) as started:  # fmt: skip
            assert started.stdout.readline() == b"ready\n"
            yield command  # then its input is closed, at which it ends


def _serve(address):
    """Answer one call after the other, until whoever started this has gone."""
    load_program()
    # The reading processes of all calls come from one server, which has loaded the same.
    server._LOADED = modules()  # noqa: SLF001
    server.warm_up()
    forkserver.ensure_running = forkserver._forkserver.ensure_running = lambda: None  # noqa: SLF001
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while sys.stdin not in select.select([door, sys.stdin], [], [])[0]:
            with door.accept()[0] as line:
                _forked(partial(_answer, line))
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _forked(work):
    """Do ``work`` in a child, which ends with what it gives; give the number of the child."""
    child = os.fork()
    if child:
        return child
    ended = 1
    try:
        ended = work()
    except SystemExit as end:
        ended = end.code or 0
    except BaseException:  # noqa: BLE001  # a child must not go on as a server
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ended)


def _answer(line):
    """Run one command in a child, and say how it ended."""
    streams = socket.recv_fds(line, 1, 3)[1]
    with line.makefile("rb") as told:
        given = json.load(told)
    _, status = os.waitpid(_forked(partial(_run, streams, *given)), 0)
    line.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    return 0


def _run(streams, arguments, folder, umask, environment):
    """Run the program, or the Python code after ``-c``, in the surroundings of the caller."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
    os.chdir(folder)
    os.umask(umask)
    os.environ.clear()
    os.environ.update(environment)
    if arguments[0] == "-c":
        sys.argv = ["-c", *arguments[2:]]
        exec(arguments[1], {"__name__": "__main__"})  # noqa: S102  # a test's own
    else:
        sys.argv = ["relief", *arguments]
        main()
    return 0


if __name__ == "__main__":
    _serve(sys.argv[1])
