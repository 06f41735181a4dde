"""What the tests of :mod:`relief_cli.beside` have done in another process."""

import os
import sys
import time


def pid_and_product(factor, number):
    return os.getpid(), factor * number


def slow_pid(seconds, _number):
    time.sleep(seconds)
    return os.getpid()


def loaded(module, _number):
    return module in sys.modules


def fail_at(wrong, number):
    if number == wrong:
        raise LookupError(number)
    return number


def die_unless(pid, number):
    """Die in every process but ``pid``, as for want of memory."""
    if os.getpid() != pid:
        os._exit(9)
    return number


def die_at_two_unless(pid, number):
    """Die so in the middle of the work."""
    if number == 2 and os.getpid() != pid:
        os._exit(9)
    return number


def shout(_common, _number):
    os.write(1, b"NOISE")
    os.write(2, b"NOISE")
    return True
