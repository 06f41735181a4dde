"""A record of .xls that says a wrong length hides rows: the file is refused, or read whole."""

import shutil
import struct

import olefile
import pytest
from golden.running import relief

from sample_data.generate import as_tekun, people, write_tekun

TRUTH = as_tekun(people(12, 6700), 6700)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    path = tmp_path_factory.mktemp("xls") / "名册.xls"
    write_tekun(path, TRUTH, title="名册")
    return path


def content_of(path):
    with olefile.OleFileIO(path) as book:
        return book.openstream("Workbook").read()


def records(content):
    """Give place, kind and size of each record of the sheet, which comes after the globals."""
    at, found, ends = 0, [], 0
    while at + 4 <= len(content) and ends < 2:
        kind, size = struct.unpack_from("<HH", content, at)
        ends += kind == 0x000A
        if ends == 1:
            found.append((at, kind, size))
        at += 4 + size
    return found[1:]


def checked(path):
    answer = relief("--json", "check", path)
    return answer.code, answer.json


def test_a_sound_file_is_read_whole(sound):
    code, told = checked(sound)
    assert (code, told["rows"]) == (0, len(TRUTH))


def damaged(sound, path, at, size):
    content = bytearray(content_of(sound))
    struct.pack_into("<H", content, at + 2, size)
    shutil.copy(sound, path)
    with olefile.OleFileIO(path, write_mode=True) as book:
        book.write_stream("Workbook", bytes(content))
    return path


CELLS = {0x00FD, 0x027E, 0x0203, 0x0201, 0x00BD, 0x00BE, 0x0208}


@pytest.mark.parametrize("further", ["next", "two", "far", "end"])
def test_a_cell_that_swallows_those_after_it(sound, tmp_path, further):
    known = records(content_of(sound))
    places = [place for place, (_, kind, _) in enumerate(known) if kind in CELLS]
    assert len(places) > 2 * len(TRUTH)
    for place in places[5::17]:
        at = known[place][0]
        until = {"next": place + 2, "two": place + 3, "far": place + 40, "end": len(known) - 1}
        end = known[min(until[further], len(known) - 1)][0]
        code, told = checked(damaged(sound, tmp_path / "名册.xls", at, min(end - at - 4, 65_000)))
        assert (code, told["error"]["code"]) == (2, "F001"), (place, hex(known[place][1]))
        assert "原始" in told["error"]["remedy"]


def test_a_sheet_without_an_end(sound, tmp_path):
    at, kind, _ = records(content_of(sound))[-1]
    assert kind not in CELLS
    code, told = checked(damaged(sound, tmp_path / "名册.xls", at, 9_000))
    assert (code, told["error"]["code"]) == (2, "F001")
