"""Bank files for the way: encrypted beside the batch's folder, which stays as it was recorded."""

import hashlib
import io
import shutil
import tarfile

import msoffcrypto
import pytest
from golden.books import digests
from golden.keys import decrypted, make_key
from golden.running import SAMPLES, make_office, relief, run

BATCH = "one-time-2022-08-1"
PASSWORD = "Kaoyan-2022"  # noqa: S105  # a made-up one

DATABASES = ("sqlite",)  # it is about files


@pytest.fixture(scope="module")
def paid(tmp_path_factory):
    office = make_office(tmp_path_factory.mktemp("paid") / "office")
    assert run(office, SAMPLES[:1]).code == 1
    return office


@pytest.fixture
def office(paid, tmp_path):
    return shutil.copytree(paid, tmp_path / "office")


@pytest.fixture
def password(tmp_path):
    path = tmp_path / "password.txt"
    path.write_text(f"{PASSWORD}\n", "utf-8")
    return path


def export(office, *options):
    return relief("--json", "--office", office, "export", BATCH, *options)


def unpacked(content):
    with tarfile.open(fileobj=io.BytesIO(content)) as package:
        return {name: package.extractfile(name).read() for name in package.getnames()}


def bank_files(office):
    folder = office / "out" / BATCH
    return {
        f"{BATCH}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted((folder / "bank").rglob("*"))
        if path.is_file()
    }


def opened(content, password=PASSWORD):
    book, whole = msoffcrypto.OfficeFile(io.BytesIO(content)), io.BytesIO()
    assert book.is_encrypted()
    book.load_key(password=password, verify_password=True)
    book.decrypt(whole, verify_integrity=True)
    return whole.getvalue()


def check_told(answer):
    """Check that the answer names each sealed file with its digest."""
    for one in answer.json["sealed"]:
        with open(one["path"], "rb") as file:  # noqa: PTH123  # a path as it was told
            assert hashlib.file_digest(file, "sha256").hexdigest() == one["sha256"]
    return [one["path"] for one in answer.json["sealed"]]


def test_nothing_is_sealed_unless_it_is_wanted(office):
    assert export(office).json["sealed"] == []
    assert not (office / "sealed").exists()


def test_the_package_holds_the_bank_files_for_each_recipient(office, tmp_path):
    keys = [make_key(tmp_path, name) for name in ("bank", "finance")]
    before = digests(office)
    answer = export(office, "--encrypt-to", keys[0][0], "--encrypt-to", keys[1][0])
    assert answer.code == 1
    assert check_told(answer) == [str(office / "sealed" / f"{BATCH}.tar.age")]
    for _, secret in keys:
        content = decrypted(office / "sealed" / f"{BATCH}.tar.age", secret)
        assert unpacked(content) == bank_files(office)
    assert digests(office).items() - before.items() == {
        (f"sealed/{BATCH}.tar.age", answer.json["sealed"][0]["sha256"])
    }
    assert relief("--json", "--office", office, "audit").json["verified"]


def test_workbooks_open_with_the_password_alone_and_text_is_told(office, password):
    answer = relief(
        "--lang", "en", "--office", office, "export", BATCH, "--workbook-password-file", password
    )
    plain = bank_files(office)
    workbooks = [name for name in plain if name.endswith(".xlsx")]
    assert 0 < len(workbooks) < len(plain)
    for name in workbooks:
        sealed = (office / "sealed" / name).read_bytes()
        assert opened(sealed) == plain[name]
    assert f"{len(plain) - len(workbooks)} bank files are text" in answer.out
    found = {path.relative_to(office / "sealed").as_posix()
             for path in (office / "sealed").rglob("*") if path.is_file()}  # fmt: skip
    assert found == set(workbooks)


def test_both_give_locked_workbooks_within_the_package(office, password, tmp_path):
    public, secret = make_key(tmp_path)
    answer = export(office, "--encrypt-to", public, "--workbook-password-file", password)
    (path,) = check_told(answer)
    found, plain = (
        unpacked(decrypted(office / "sealed" / f"{BATCH}.tar.age", secret)),
        bank_files(office),
    )
    assert path.endswith(f"{BATCH}.tar.age")
    assert found.keys() == plain.keys()
    for name, content in found.items():
        assert (opened(content) if name.endswith(".xlsx") else content) == plain[name]


def test_sealing_again_replaces_the_copy(office, tmp_path):
    (first, _), (second, secret) = make_key(tmp_path, "1"), make_key(tmp_path, "2")
    one = export(office, "--encrypt-to", first).json["sealed"]
    other = export(office, "--encrypt-to", second).json["sealed"]
    assert one[0]["path"] == other[0]["path"]
    assert one[0]["sha256"] != other[0]["sha256"]
    assert decrypted(office / "sealed" / f"{BATCH}.tar.age", secret)
    assert [path.name for path in (office / "sealed").iterdir()] == [f"{BATCH}.tar.age"]


def test_a_run_seals_what_went_out(tmp_path):
    public, secret = make_key(tmp_path)
    office = make_office(tmp_path / "office")
    for _ in range(2):
        answer = run(office, SAMPLES[:1], "--encrypt-to", public)
        assert check_told(answer) == [str(office / "sealed" / f"{BATCH}.tar.age")]
        content = decrypted(office / "sealed" / f"{BATCH}.tar.age", secret)
        assert unpacked(content) == bank_files(office)


def test_what_waits_for_an_approval_is_not_sealed(tmp_path):
    public, _ = make_key(tmp_path)
    office = make_office(tmp_path / "office", approvals=1)
    answer = run(office, SAMPLES[:1], "--encrypt-to", public)
    assert (answer.code, answer.json["sealed"]) == (3, [])
    assert export(office, "--encrypt-to", public).code == 3
    assert not (office / "sealed").exists()


@pytest.mark.parametrize(
    ("option", "code"),
    [("--encrypt-to", "key-malformed"), ("--workbook-password-file", "password-length")],
)
def test_a_wrong_key_or_password_is_told_before_anything_is_recorded(tmp_path, option, code):
    office = make_office(tmp_path / "office")
    (tmp_path / "wrong").write_text("x\n", "utf-8")
    before = digests(office)
    answer = run(office, SAMPLES[:1], option, tmp_path / "wrong")
    assert (answer.code, answer.json["error"]["code"]) == (2, code)
    assert digests(office) == before
    assert relief("--office", tmp_path / "new", "run", "one-time", *SAMPLES[:1], "--cycle",
                  "2022-08", option, tmp_path / "wrong").code == 2  # fmt: skip
    assert not (tmp_path / "new").exists()


def test_a_changed_bank_file_is_not_sealed(office, tmp_path):
    public, _ = make_key(tmp_path)
    name = next(iter(bank_files(office)))
    (office / "out" / name).write_bytes(b"other")
    answer = export(office, "--encrypt-to", public)
    assert (answer.code, answer.json["error"]["code"]) == (4, "export-changed")
    assert not (office / "sealed").exists()
