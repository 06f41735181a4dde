"""Runs relief and is killed, or cut off from its server, at one statement, commit or rename.

Its arguments are ``killed`` or ``cut_off``, the number of the point, and those of relief; how many
points there are is the last line on standard error. ``RELIEF_TEST_SERVER`` says how to connect to
the server.
"""

import os
import signal
import sys

import psycopg
import sqlalchemy as sa

from relief_cli.cli.app import execute


def killed():
    """End this process at once."""
    os.kill(os.getpid(), signal.SIGKILL)


def cut_off():
    """End all connections of relief at the server's side."""
    with psycopg.connect(os.environ["RELIEF_TEST_SERVER"], autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'relief'"
        )


class Points:
    """Counts statements, copies, commits and renames of this process; acts at one of them."""

    def __init__(self, act, at):
        self.act, self.at, self.count = act, at, 0
        engine = sa.engine.Engine
        sa.event.listen(engine, "before_cursor_execute", self.point)
        sa.event.listen(engine, "commit", self.point)
        psycopg.Cursor.copy = self.before(psycopg.Cursor.copy)
        os.rename = self.before(os.rename)

    def before(self, call):
        """Give ``call`` with a point before it."""

        def counted(*given, **named):
            self.point()
            return call(*given, **named)

        return counted

    def point(self, *_):
        """Act, if it is the one."""
        self.count += 1
        if self.count == self.at:
            self.act()


if __name__ == "__main__":
    act, at, *arguments = sys.argv[1:]
    points = Points({"killed": killed, "cut_off": cut_off}[act], int(at))
    code = execute(arguments)
    print(points.count, file=sys.stderr)  # noqa: T201
    sys.exit(code)
