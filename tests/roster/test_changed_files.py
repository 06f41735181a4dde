"""A file that is replaced while it is read: the digest and the rows are of the same bytes."""

import hashlib
import threading
from contextlib import contextmanager

import pytest
from rules.made import WRITERS, person, read, table

from relief_cli.errors import ExitCode, UnreadableError
from relief_cli.roster import container
from relief_cli.roster.gather import Options, gather
from relief_cli.roster.job import Job
from relief_cli.roster.limits import DEFAULT
from relief_cli.roster.listed import read_list
from relief_cli.roster.reader import read_cells, read_file

TRIES = 14
KINDS = pytest.mark.parametrize("kind", WRITERS)
WAYS = pytest.mark.parametrize("in_place", [False, True], ids=["renamed", "in_place"])


@pytest.fixture
def versions(tmp_path, kind):
    """Give two versions of a roster: digest → bytes, and digest → whom it names."""
    contents, names = {}, {}
    for first in (1, 5):
        people = [person(number) for number in range(first, first + 4)]
        path = WRITERS[kind](tmp_path / f"{first}.{kind}", table(*people))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        contents[digest] = path.read_bytes()
        names[digest] = [one["姓名"] for one in people]
    return contents, names


def put(path, content, *, in_place):
    if in_place:
        with path.open("r+b" if path.exists() else "wb") as file:
            file.write(content)
            file.truncate()
    else:
        beside = path.with_name("beside")
        beside.write_bytes(content)
        beside.rename(path)


@contextmanager
def replaced_again_and_again(path, contents, *, in_place):
    """Write one version over the other until the block ends."""
    over = threading.Event()

    def write():
        while True:
            for content in contents:
                put(path, content, in_place=in_place)
                if over.wait(0.002):
                    return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        over.set()
        writer.join()


def all_cells(job):
    return [list(rows) for _, rows in read_cells(job)]


@KINDS
@WAYS
@pytest.mark.parametrize("reader", [read_file, all_cells])
def test_what_was_replaced_since_it_was_looked_at_is_refused(
    tmp_path, versions, kind, in_place, reader
):
    path = tmp_path / f"roster.{kind}"
    old, new = versions[0].values()
    for before, after in ((old, new), (new, old)):
        put(path, before, in_place=in_place)
        job = Job(container.inspect(path, DEFAULT), DEFAULT)
        put(path, after, in_place=in_place)
        with pytest.raises(UnreadableError, match="changed while it was being read") as caught:
            reader(job)
        assert (caught.value.code, caught.value.file) == ("file-changed", path.name)
        assert caught.value.exit_code == ExitCode.USAGE
        assert caught.value.why
        assert caught.value.remedy


@KINDS
def test_what_was_taken_away_since_is_refused_likewise(tmp_path, versions, kind):
    path = tmp_path / f"roster.{kind}"
    put(path, next(iter(versions[0].values())), in_place=False)
    job = Job(container.inspect(path, DEFAULT), DEFAULT)
    path.unlink()
    with pytest.raises(UnreadableError) as caught:
        read_file(job)
    assert caught.value.code == "file-changed"


@KINDS
@WAYS
@pytest.mark.parametrize("lists", [False, True], ids=["roster", "list"])
def test_never_the_digest_of_one_version_with_the_rows_of_another(
    tmp_path, versions, kind, in_place, lists
):
    contents, names = versions
    path = tmp_path / f"roster.{kind}"
    put(path, next(iter(contents.values())), in_place=False)
    refused = []
    with replaced_again_and_again(path, contents.values(), in_place=in_place):
        for _ in range(TRIES):
            try:
                found = _rows(path, lists=lists)
            except UnreadableError as error:
                refused.append(error)
                continue
            assert found[1] == names[found[0]]
    # Half of one version before half of the other is no workbook.
    torn = {"F001"} if in_place else set()
    assert {error.code for error in refused} - torn == {"file-changed"}
    assert {error.file for error in refused} == {path.name}
    # Left alone, it is read.
    final = _rows(path, lists=lists)
    assert final[1] == names[final[0]]


def _rows(path, *, lists):
    """Give the recorded digest, and the names that were read."""
    if lists:
        found = read_list(gather([path], Options(lists=True)))
        return found.inputs[0].sha256, found.rows["name"].tolist()
    roster = read(path)
    return roster.inputs[0].sha256, roster.people["name"].tolist()


def test_what_is_told_of_a_file_is_told_of_one_version(tmp_path):
    """A workbook that a text takes the place of is never both."""
    text, book = tmp_path / "a.csv", tmp_path / "a.xlsx"
    WRITERS["csv"](text, table(person(1)))
    WRITERS["xlsx"](book, table(person(2)))
    contents = [text.read_bytes(), book.read_bytes()]
    kinds = {hashlib.sha256(one).hexdigest(): kind
             for one, kind in zip(contents, ("csv", "xlsx"), strict=True)}  # fmt: skip
    path = tmp_path / "roster"
    put(path, contents[0], in_place=False)
    seen = set()
    with replaced_again_and_again(path, contents, in_place=False):
        for _ in range(300):
            found = container.inspect(path, DEFAULT)
            assert kinds[found.sha256] == found.kind
            assert found.size == len(contents[found.kind == "xlsx"])
            seen.add(found.kind)
    assert seen == {"csv", "xlsx"}
