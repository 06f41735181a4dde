import io
import tarfile

import pytest

from relief_cli import archive
from relief_cli.errors import ReliefError

NAMES = ["manifest.json", "policy/本县.toml", "a" * 100, "banks/x y.toml"]


def packed(*names, content=b"abc"):
    members = (archive.Member(name, len(content), (content[:1], content[1:])) for name in names)
    return b"".join(archive.packed(members))


def read(content):
    return {one.name: b"".join(one.content) for one in archive.members(io.BytesIO(content))}


def refusal(content):
    with pytest.raises(ReliefError) as caught:
        read(content)
    assert caught.value.why
    assert caught.value.remedy
    return caught.value.code


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 3_000_000])
def test_what_was_packed_is_read_again_also_by_others(size):
    content = packed(*NAMES, content=b"x" * size)
    assert read(content) == dict.fromkeys(NAMES, b"x" * size)
    with tarfile.open(fileobj=io.BytesIO(content)) as other:
        assert other.getnames() == NAMES
        for member in other:
            assert other.extractfile(member).read() == b"x" * size
            assert (member.mode, member.mtime, member.uid, member.uname) == (0o600, 0, 0, "")


def test_the_bytes_are_those_of_another_writer_without_a_clock():
    other = io.BytesIO()
    with tarfile.open(fileobj=other, mode="w", format=tarfile.GNU_FORMAT) as file:
        for name in NAMES:
            info = tarfile.TarInfo(name)
            info.size, info.mode = 3, 0o600
            file.addfile(info, io.BytesIO(b"abc"))
    # A block for each header, one for each content, and two at the end; the other fills more up.
    assert packed(*NAMES) == other.getvalue()[: (2 * len(NAMES) + 2) * 512]


def test_a_file_that_grows_while_it_is_read_is_no_backup():
    with pytest.raises(ValueError, match="not 2"):
        b"".join(archive.packed([archive.Member("a", 2, (b"abc",))]))


def hostile():
    """Give archives that would do harm, or hide something, where they are unpacked."""
    made = {}

    def add(case, name="a.toml", content=b"", **fields):
        info = tarfile.TarInfo(name)
        info.size = len(content)
        for field, value in fields.items():
            setattr(info, field, value)
        made[case] = info.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512)

    for case, name in {
        "absolute": "/etc/passwd", "above": "../relief.toml", "above within": "policy/../../x",
        "dot": "./relief.toml", "hidden": ".relief.toml", "hidden below": "policy/.x.toml",
        "twice /": "policy//x.toml", "ends with /": "policy/", "backslash": "..\\x.toml",
        "control": "policy/\x1b[2J.toml", "newline": "a\nb", "too long": "a" * 101,
        "drive": "\\\\server\\x",
    }.items():  # fmt: skip
        add(case, name)
    for case, kind in {
        "hard link": tarfile.LNKTYPE, "link": tarfile.SYMTYPE, "character device": tarfile.CHRTYPE,
        "block device": tarfile.BLKTYPE, "folder": tarfile.DIRTYPE, "pipe": tarfile.FIFOTYPE,
        "contiguous": tarfile.CONTTYPE, "sparse": tarfile.GNUTYPE_SPARSE, "unknown": b"Z",
        "long name": tarfile.GNUTYPE_LONGNAME, "extension": tarfile.XHDTYPE,
        "global extension": tarfile.XGLTYPE,
    }.items():  # fmt: skip
        add(case, type=kind, linkname="/etc/passwd")
    add("below zero", size=-512)
    made["twice"] = packed("a.toml")[:1024] + packed("a.toml")
    made["twice but for case"] = packed("a.toml")[:1024] + packed("A.toml")
    return {case: content + bytes(1024) for case, content in made.items()}


@pytest.mark.parametrize("case", hostile())
def test_what_no_archive_of_relief_holds_is_refused(case):
    assert refusal(hostile()[case]) == "archive-hostile"


WHOLE = packed(*NAMES)


@pytest.mark.parametrize("content", [b"", b"x", WHOLE[:-1024], WHOLE[:-1], WHOLE + b"x",
                                     WHOLE[:700], WHOLE[:515], b"x" * 512,
                                     WHOLE[:100] + b"\xff" + WHOLE[101:],
                                     b"\x1f\x8b\x08" + WHOLE[3:]])  # fmt: skip
def test_what_is_no_whole_archive_is_refused(content):
    assert refusal(content) == "archive-unreadable"


def test_a_size_that_the_file_does_not_have_costs_nothing():
    info = tarfile.TarInfo("a.toml")
    info.size = 8**11 - 1
    assert refusal(info.tobuf(tarfile.GNU_FORMAT) + b"x" * 5000) == "archive-unreadable"
