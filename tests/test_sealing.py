import io

import msoffcrypto
import pyrage
import pytest
from golden.keys import make_key

from relief_cli import sealing
from relief_cli.errors import RefusedError, UnreadableError, UsageError

PASSWORD = "八个字符以上的密码"  # noqa: S105  # a made-up one


def code_of(error_type, function, *arguments):
    with pytest.raises(error_type) as caught:
        function(*arguments)
    return caught.value


def encrypted(content, *public):
    target = io.BytesIO()
    sealing.encrypt(io.BytesIO(content), target, sealing.recipients(public))
    return target.getvalue()


def test_every_recipient_and_nobody_else_decrypts(tmp_path):
    keys = [make_key(tmp_path, str(number)) for number in range(3)]
    content = b"x" * 200_000
    sealed = encrypted(content, *(public for public, _ in keys[:2]))
    for number, (_, secret) in enumerate(keys):
        found = io.BytesIO()
        given = (io.BytesIO(sealed), found, sealing.identities(secret))
        if number == 2:
            assert code_of(UnreadableError, sealing.decrypt, *given).code == "decryption"
        else:
            sealing.decrypt(*given)
            assert found.getvalue() == content


@pytest.mark.parametrize(
    "damage",
    [
        lambda b: b[:-5],
        lambda b: b[:50],
        lambda b: b + b"x",
        lambda b: b[:-9] + b"123456789",
        lambda _: b"age-encryption",
    ],
)
def test_what_was_changed_on_the_way_is_not_decrypted(tmp_path, damage):
    public, secret = make_key(tmp_path)
    sealed = io.BytesIO(damage(encrypted(b"x" * 70_000, public)))
    keys = sealing.identities(secret)
    assert code_of(UnreadableError, sealing.decrypt, sealed, io.BytesIO(), keys).exit_code == 2


def test_keys_come_from_files_and_from_the_option(tmp_path):
    (one, _), (two, _), (three, _) = (make_key(tmp_path, str(number)) for number in range(3))
    listed = tmp_path / "keys"
    listed.write_text(f"# banks\n\n{one}\n  {two}  \n", "utf-8-sig")
    found = sealing.recipients([str(listed), three])
    assert [str(key) for key in found] == [one, two, three]


def malformed(tmp_path):
    public, secret = make_key(tmp_path)
    lines = tmp_path / "lines"
    lines.write_text(f"{public}\n{public[:-1]}\n", "utf-8")
    (tmp_path / "empty").write_text("# nothing\n", "utf-8")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    swapped = public[:10] + ("q" if public[10] != "q" else "p") + public[11:]
    return {
        swapped: ("key-malformed", "age1"),
        "age1": ("key-malformed", "age1"),
        str(lines): ("key-malformed", "lines:2"),
        str(secret): ("key-secret", "bank.txt:3"),
        secret.read_text("utf-8").split()[-1]: ("key-secret", "AGE-SECR"),
        str(tmp_path / "none"): ("key-file-unreadable", "none"),
        str(tmp_path): ("key-file-unreadable", tmp_path.name),
        str(tmp_path / "binary"): ("key-file-unreadable", "binary"),
        str(tmp_path / "empty"): ("key-none", "empty"),
    }


def test_what_is_no_public_key_is_one_clear_message_that_repeats_no_key(tmp_path):
    secret = make_key(tmp_path)[1].read_text("utf-8").split()[-1]
    for given, (code, place) in malformed(tmp_path).items():
        error = code_of(UsageError, sealing.recipients, [given])
        assert (error.code, error.exit_code) == (code, 2)
        assert error.file.startswith(place)
        assert error.remedy
        assert secret[15:] not in f"{error!r} {error.file} {error}"


def test_a_public_key_is_no_identity(tmp_path):
    public, _ = make_key(tmp_path)
    (tmp_path / "public").write_text(public, "utf-8")
    error = code_of(UsageError, sealing.identities, tmp_path / "public")
    assert (error.code, error.file) == ("key-malformed", "public:1")


def workbook():
    import openpyxl  # noqa: PLC0415  # used here alone

    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "甲"
    book.save(content)
    return content.getvalue()


def test_a_locked_workbook_opens_with_its_password_alone():
    content = workbook()
    locked = sealing.lock_workbook(content, PASSWORD)
    book = msoffcrypto.OfficeFile(io.BytesIO(locked))
    assert book.is_encrypted()
    book.load_key(password=PASSWORD, verify_password=True)
    opened = io.BytesIO()
    book.decrypt(opened, verify_integrity=True)
    assert opened.getvalue() == content
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        book.load_key(password=PASSWORD[:-1], verify_password=True)


@pytest.mark.parametrize("length", [0, 7, 256])
def test_passwords_that_are_none(length):
    error = code_of(UsageError, sealing.plan, [], "x" * length)
    assert (error.code, error.exit_code) == ("password-length", 2)


def test_nothing_wanted_is_nothing_planned():
    assert sealing.plan([], None) is None


def test_what_cannot_be_opened_again_is_not_released(tmp_path, monkeypatch):
    """As where the disk was full and the library did not say so."""
    public, _ = make_key(tmp_path)
    whole = pyrage.encrypt_io

    def short(source, target, to):
        whole(source, target, to)
        target.truncate(target.tell() - 20)

    monkeypatch.setattr(pyrage, "encrypt_io", short)
    assert code_of(RefusedError, encrypted, b"x" * 1000, public).code == "sealed-unreadable"
    monkeypatch.setattr(pyrage, "encrypt_io", lambda _, target, to: whole(io.BytesIO(), target, to))
    assert code_of(RefusedError, encrypted, b"x" * 1000, public).code == "sealed-unreadable"


def test_a_workbook_that_cannot_be_opened_again_is_not_released(monkeypatch):
    from msoffcrypto.method.ecma376_agile import ECMA376Agile  # noqa: PLC0415  # used here alone

    content, other = workbook(), workbook()[:-1]
    whole = ECMA376Agile.encrypt
    monkeypatch.setattr(ECMA376Agile, "encrypt", lambda key, _: whole(key, io.BytesIO(other)))
    error = code_of(RefusedError, sealing.lock_workbook, content, PASSWORD)
    assert error.code == "sealed-unreadable"
