"""Tests of use cases run with ledgers in files; some of them, or all, again on a server."""

import shutil

import pytest
from databases import BOTH, Servers, copy_office

pytest.register_assert_rewrite("golden.books", "golden.running", "payouts.two_eyes")

from golden.running import make_office, run  # noqa: E402  # rewritten before
from payouts.two_eyes import PASSPHRASES, ROSTER, by, hand, operator  # noqa: E402  # likewise


@pytest.hookimpl(tryfirst=True)  # else a test's name hangs on which others are run with it
def pytest_generate_tests(metafunc):
    """Choose the databases: ``DATABASES`` of the module; else files, and both in the matrix.

    The SQL of every module of the ledger is tried on both by the ledger's own tests.
    """
    default = BOTH if metafunc.config.option.matrix else ("sqlite",)
    kinds = getattr(metafunc.module, "DATABASES", default)
    metafunc.parametrize("database", kinds, indirect=True, scope="module")


@pytest.fixture(scope="module", autouse=True)
def database(request):
    """Put the ledgers of new offices into one kind of database."""
    if request.param == "postgresql":
        Servers.running = request.getfixturevalue("server")
    yield request.param
    Servers.running = None


@pytest.fixture
def secret(tmp_path):
    """Give a function that writes the passphrase of an operator into a file."""

    def write(name, passphrase=None):
        path = tmp_path / f"{name}.txt"
        path.write_text((passphrase or PASSPHRASES[name]) + "\n", "utf-8")
        return path

    return write


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make an office with three operators, and a copy in which a batch waits for approval."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder / "home"))
        patch.delenv("RELIEF_OPERATOR", raising=False)
        office = make_office(folder / "office", approvals=1)
        for name, role in (("maker", "制表"), ("li", "复核"), ("wang", "审批")):
            signers = by("maker", "li") if name == "wang" else ()
            secret = hand(name)[2:]
            answer = operator(office, "add", name, "--role", role, *secret, *signers)
            assert answer.code == 0, answer.err
        waiting = copy_office(office, folder / "waiting")
        answer = run(waiting, ROSTER, *hand("maker"))
        assert answer.code == 3, answer.err
        assert (answer.json["state"], answer.json["approvals_missing"]) == ("prepared", 1)
    return folder


@pytest.fixture
def home(made, tmp_path, monkeypatch):
    shutil.copytree(made / "home", tmp_path / "home")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("RELIEF_OPERATOR", raising=False)
    return tmp_path / "home" / "relief" / "keys"


@pytest.fixture
def office(made, tmp_path, home):  # noqa: ARG001  # its keys
    """Give an office where one approval is needed, with three operators."""
    return copy_office(made / "office", tmp_path / "office")


@pytest.fixture
def waiting(made, tmp_path, home):  # noqa: ARG001  # its keys
    """Give that office, in which a batch waits for its approval."""
    return copy_office(made / "waiting", tmp_path / "office")
