"""Before it goes out: who is not paid any more. After it went out: a file that the bank refused."""

import openpyxl
import pytest
from golden.books import Books
from golden.running import done, make_office, relief, run

from sample_data.bank import PAID, answer_all
from sample_data.generate import people

DIBAO = {"programme": "dibao", "cycle": "2022-08"}


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office", approvals=1)


@pytest.fixture(scope="module")
def somebody():
    return people(60, 5330).drop_duplicates("household").head(5).to_dict("records")


def roster(path, rows):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "身份证号", "救助类别", "月保障金额", "开户行", "账号"])
    for row in rows:
        book.active.append([row["name"], row["person"], "农村低保", "400.01", row["bank_name"],
                            row["account_number"]])  # fmt: skip
    book.save(path)
    return path


def ask(office, *arguments):
    answer = relief("--json", "--office", office, *arguments)
    return answer.code, answer.json if answer.out else None


@pytest.fixture
def secrets(office, tmp_path, monkeypatch):
    """Let li and wang be operators; give what each says to sign."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    said = {}
    for name in ("li", "wang"):
        path = tmp_path / f"{name}.txt"
        path.write_text(f"four words for {name}\n", "utf-8")
        said[name] = ("--as", name, "--passphrase-file", path)
        assert ask(office, "operator", "add", name, "--passphrase-file", path)[0] == 0
    monkeypatch.setenv("RELIEF_OPERATOR", "wang")
    monkeypatch.setenv("RELIEF_PASSPHRASE_FILE", str(path))
    return said


def stop(office, row, since="2022-08-01"):
    assert ask(office, "stop", "add", row["person"], "--reason", "死亡", "--since", since)[0] == 0


def paid(told):
    return {one["id_number"] for one in Books(told["output"]).entitlements}


def test_who_died_since_it_was_prepared_is_not_paid(office, somebody, tmp_path, secrets):
    path = roster(tmp_path / "低保.xlsx", somebody)
    first = run(office, [path], "--as", "wang", **DIBAO).json
    stop(office, somebody[2])
    code, told = ask(office, "approve", first["batch"], *secrets["li"])
    assert (code, told["error"]["code"]) == (4, "ended-since")
    assert f"{first['batch']}-" in told["error"]["message"]
    assert somebody[2]["person"] not in told["error"]["message"]
    # Made again without the person: the old one is rejected, the approval asked anew.
    code, again = ask(office, "withhold", first["batch"], *secrets["wang"])
    assert (code, again["approvals_missing"]) == (3, 1)
    assert again["rows"] == {"read": 5, "paid": 4, "held": 1, "skipped": 0}
    assert again["findings"]["R504"] == 1
    assert sum(again["shares_fen"].values()) == again["amount_fen"] == 4 * 40_001
    code, told = ask(office, "export", first["batch"])
    assert (code, told["error"]["code"]) == (4, "batch-rejected")
    assert ask(office, "approve", again["batch"], *secrets["li"])[0] == 0
    code, out = ask(office, "export", again["batch"])
    assert code == 1
    assert paid(out) == {row["person"] for row in somebody} - {somebody[2]["person"]}
    # The nightly run answers with what was made of the same rosters.
    nightly = run(office, [path], "--as", "wang", **DIBAO).json
    assert (nightly["batch"], nightly["repeated"]) == (again["batch"], True)
    assert ask(office, "audit")[1]["verified"]


def test_who_was_stopped_after_the_approval_is_not_sent(office, somebody, tmp_path, secrets):
    first = run(office, [roster(tmp_path / "低保.xlsx", somebody)], "--as", "wang", **DIBAO).json
    assert ask(office, "approve", first["batch"], *secrets["li"])[0] == 0
    stop(office, somebody[0])
    stop(office, somebody[1], "2022-09-01")  # August is due
    code, told = ask(office, "export", first["batch"])
    assert (code, told["error"]["code"]) == (4, "ended-since")
    assert not (office / "out" / first["batch"]).exists()
    code, again = ask(office, "withhold", first["batch"], somebody[0]["person"], "--reason", "死亡",
                      *secrets["wang"])  # fmt: skip
    assert (code, again["rows"]["paid"]) == (3, 4)


def test_a_list_that_came_since_counts_too(somebody, tmp_path):
    office = make_office(tmp_path / "office")
    path = roster(tmp_path / "低保.xlsx", somebody)
    first = relief(
        "--json", "--office", office, "prepare", "dibao", path, "--cycle", "2022-08"
    ).json
    (office / "lists").mkdir()
    (office / "lists" / "d.csv").write_text(
        f"姓名,身份证号,死亡日期\n{somebody[1]['name']},{somebody[1]['person']},2022-07-09\n",
        "utf-8",
    )
    settings = office / "relief.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("[lists]\n", '[lists]\ndead = ["lists/*.csv"]\n', 1), "utf-8")
    code, told = ask(office, "export", first["batch"])
    assert (code, told["error"]["code"]) == (4, "ended-since")
    # An office without operators makes it again by itself, and sends it.
    code, again = ask(office, "withhold", first["batch"])
    assert (code, again["state"]) == (0, "prepared")
    code, out = ask(office, "export", again["batch"])
    assert paid(out) == {row["person"] for row in somebody} - {somebody[1]["person"]}
    held = openpyxl.load_workbook(out["output"] + "/held.xlsx").active
    cells = {str(cell.value) for row in held.iter_rows() for cell in row}
    assert {somebody[1]["person"], somebody[1]["account_number"]} <= cells


@pytest.mark.parametrize("who", ["nobody", "everybody", "stranger"])
def test_whom_no_batch_can_be_made_without(somebody, tmp_path, who):
    office = make_office(tmp_path / "office")
    path = roster(tmp_path / "低保.xlsx", somebody[:2])
    first = relief(
        "--json", "--office", office, "prepare", "dibao", path, "--cycle", "2022-08"
    ).json
    given = {
        "nobody": (),
        "everybody": [row["person"] for row in somebody[:2]],
        "stranger": [somebody[4]["person"]],
    }[who]
    code, told = ask(office, "withhold", first["batch"], *given)
    expected = (4, "nobody-left") if who == "everybody" else (2, "person-not-there")
    assert (code, told["error"]["code"]) == expected
    assert ask(office, "export", first["batch"])[0] == 0
    code, told = ask(office, "withhold", first["batch"], somebody[0]["person"])
    assert (code, told["error"]["code"]) == (4, "batch-decided")


def test_a_file_that_the_bank_refused_is_paid_by_a_follow_up(somebody, tmp_path):
    office = make_office(tmp_path / "office")
    told = done(office, [roster(tmp_path / "低保.xlsx", somebody)], **DIBAO)
    refused = min(told["files"], key=lambda one: one["payments"])
    name = refused["path"].rsplit("/", 1)[-1]
    code, back = ask(office, "withdraw", told["batch"], name, "--reason", "文件格式不符")
    assert (code, back["payments"], back["failed_fen"]) == (
        0, refused["payments"], refused["amount_fen"],
    )  # fmt: skip
    assert ask(office, "withdraw", told["batch"], refused["path"], "--reason", "x")[1]["repeated"]
    again = relief("--json", "--office", office, "follow-up", told["batch"]).json
    assert again["amount_fen"] == refused["amount_fen"]
    assert again["findings"] == {}
    # Nothing of it is paid twice, and every fen is in its place.
    reconciled = ask(office, "reconcile", "--cycle", "2022-08")[1]
    assert reconciled["differences"] == []
    sources = reconciled["sources"].values()
    assert sum(one["sent_fen"] for one in sources) == told["amount_fen"]
    assert ask(office, "audit")[1]["verified"]
    first = min(int(one["payment"]) for one in Books(again["output"]).entitlements)
    story = relief("--office", office, "trace", f"{again['batch']}-{first:06d}").out
    assert "withdrawn" in story


def test_what_the_bank_has_told_of_is_not_withdrawn(somebody, tmp_path):
    office = make_office(tmp_path / "office")
    told = done(office, [roster(tmp_path / "低保.xlsx", somebody)], **DIBAO)
    answers = answer_all(told["output"], tmp_path / "a", lambda _one: PAID)
    assert ask(office, "settle", told["batch"], *answers)[0] == 0
    name = told["files"][0]["path"].rsplit("/", 1)[-1]
    code, refused = ask(office, "withdraw", told["batch"], name, "--reason", "x")
    assert (code, refused["error"]["code"]) == (4, "file-answered")
    code, refused = ask(office, "withdraw", told["batch"], "other.txt", "--reason", "x")
    assert (code, refused["error"]["code"]) == (2, "file-unknown")
    code, refused = ask(office, "withdraw", told["batch"], name, "--reason", " ")
    assert (code, refused["error"]["code"]) == (2, "reason-missing")


def test_the_same_rosters_after_a_rejection(office, somebody, tmp_path):
    path = roster(tmp_path / "低保.xlsx", somebody)
    cycle = ("dibao", path, "--cycle", "2022-08")
    first = ask(office, "prepare", *cycle)[1]["batch"]
    for number in (2, 3):
        name = f"dibao-2022-08-{number - 1}"
        assert ask(office, "reject", name, "--reason", "文件未到")[0] == 0
        # The nightly run does not undo it.
        code, refused = ask(office, "run", *cycle)
        assert (code, refused["error"]["code"]) == (4, "batch-rejected")
        code, told = ask(office, "prepare", *cycle)
        assert (code, told["batch"], told["repeated"]) == (0, f"dibao-2022-08-{number}", False)
        assert ask(office, "prepare", *cycle)[1]["repeated"]
    code, told = ask(office, "run", *cycle)
    assert (code, told["batch"], told["state"]) == (3, "dibao-2022-08-3", "prepared")
    assert ask(office, "export", first)[1]["error"]["code"] == "batch-rejected"
    assert ask(office, "audit")[1]["verified"]
