"""Settings of all tests: how much is tried, and where they write."""

import gc
import pickle
import shutil
import tempfile
import tomllib
from pathlib import Path

import memory
import pytest
import sqlalchemy as sa
from hypothesis import settings
from postgres import started
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from warm import serving

# How long an example takes says more about the machine than about the program.
settings.register_profile("relief", deadline=None, max_examples=50)
settings.register_profile("matrix", deadline=None, max_examples=200)


def pytest_addoption(parser):
    """Add ``--matrix``, which ``make test-all`` gives."""
    parser.addoption(
        "--matrix", action="store_true", help="every test on both databases, every fault"
    )


def pytest_configure(config):
    """Let the tests write into memory, where there is room."""
    tomllib.loads = _parsed_once(tomllib.loads)
    _compile_once()
    settings.load_profile("matrix" if config.option.matrix else "relief")
    is_worker = hasattr(config, "workerinput")
    if is_worker or config.option.basetemp or not memory.folder():
        return
    config.option.basetemp = tempfile.mkdtemp(prefix="relief-tests-", dir=memory.folder())
    config.add_cleanup(lambda: shutil.rmtree(config.option.basetemp, ignore_errors=True))


def pytest_collection_modifyitems(config, items):
    """Leave out what is tried in the matrix alone; begin with the modules that take longest.

    A module's tests share its fixtures, so one process has them all; else another would wait for
    it at the end.
    """
    if not config.option.matrix:
        left_out = [item for item in items if item.get_closest_marker("matrix")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    long = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in long)


def pytest_collection_finish():
    """Leave what is loaded by now alone: to look for garbage in it takes a tenth of all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _parsed_once(parse):
    """Parse each text once: every command of the program reads fifty files that it ships."""
    known = {}

    def loads(text, **options):
        if options:
            return parse(text, **options)
        if text not in known:
            known[text] = pickle.dumps(parse(text))
        return pickle.loads(known[text])  # noqa: S301  # made above

    return loads


def _compile_once():
    """Compile each statement once: every command of the program makes an engine of its own."""
    compiled = LRUCache(1000)
    sa.Engine._compiled_cache = property(lambda _: compiled, lambda *_: None)  # noqa: SLF001
    # What is compiled is kept by the dialect that it is for, of which each engine has one.
    DefaultDialect.__eq__ = lambda one, other: type(one) is type(other)
    DefaultDialect.__hash__ = lambda one: hash(type(one))


@pytest.fixture
def tmp_path(request, tmp_path):
    """Give a test that is marked ``disk`` a folder on the disk, and others one in memory."""
    if request.node.get_closest_marker("disk") is None:
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="relief-disk-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def warm():
    """Give how the program is started where only what it does is tried, not how it starts."""
    with serving() as command:
        yield (command,)


@pytest.fixture(scope="session")
def server():
    """Give a server of PostgreSQL whose password all programs of the tests find."""
    with started() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """Give the place of a ledger that is not there yet, in each kind of database."""
    if request.param == "sqlite":
        return tmp_path / "ledger.sqlite"
    return request.getfixturevalue("server").new_database()
