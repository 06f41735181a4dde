"""What the tests of :mod:`relief_cli.beside` have done in another process."""

import os
import sys


def pid_and_double(number):
    return os.getpid(), 2 * number


def loaded_pandas():
    return "pandas" in sys.modules


def fail(number):
    raise LookupError(number)


def die_unless(pid):
    """Die in every process but ``pid``, as for want of memory."""
    if os.getpid() != pid:
        os._exit(9)
    return pid


def shout():
    os.write(1, b"NOISE")
    os.write(2, b"NOISE")
    return True
