"""What is approved goes out, to the byte, whatever is changed in the office afterwards."""

import pytest
from databases import copy_office, unguarded
from golden.books import chained_again, digests
from golden.running import make_office, relief, run
from payouts.two_eyes import BATCH, ROSTER, approve, change_setting, error_of, export, hand

from relief_cli.banks.data_files import DATA

CARD = "6228480010000000018"
# Under other titles relief cannot tell what a bank reads, as in formats without titles.
UNTITLED = (
    ('title = { zh = "收款账号", en = "Account" }', 'title = { zh = "甲", en = "A" }'),
    ('title = { zh = "金额（元）", en = "Amount (yuan)" }', 'title = { zh = "乙", en = "B" }'),
)
CHANGED = {
    "account": (
        *UNTITLED,
        ('"{account_number}"', '"{payee_id_number}"'),
        ('"{reference}"', '"{account_number}"'),
    ),
    "amount": (*UNTITLED, ('"{amount}"', '"{line}"'), ('"{reference}"', '"{amount}"')),
    "rows": (("rows_per_file = 800", "rows_per_file = 2"),),
    "file": (('file = "', 'file = "x-'),),
}


@pytest.fixture
def approved(waiting, secret):
    answer = approve(waiting, "li", secret)
    assert answer.code == 0, answer.err
    return waiting


@pytest.fixture
def untouched(approved, tmp_path):
    """Give the digests of what goes out where nobody changed anything."""
    office = copy_office(approved, tmp_path / "untouched")
    assert export(office).json["changed"] == []
    return digests(office / "out" / BATCH)


def own_template(office, *changes, name="generic-xlsx"):
    """Put a changed copy of a bank format into the office."""
    text = (DATA / f"{name}.toml").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (office / "banks" / f"{name}.toml").write_text(text, "utf-8")


@pytest.mark.parametrize("changes", CHANGED.values(), ids=CHANGED)
def test_a_template_that_was_changed_changes_nothing(approved, untouched, changes):
    own_template(approved, *changes)
    answer = export(approved)
    assert (answer.code, answer.json["changed"]) == (1, ["banks/generic-xlsx.toml"])
    assert digests(approved / "out" / BATCH) == untouched


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('account = ""', f'account = "{CARD}"', "payer.account"),
        ('language = "en"', 'language = "zh"', "office.language"),
        ('county = "阳曲县"', 'county = "娄烦县"', "office.county"),
        ('phone = ""', 'phone = "1"', None),
    ],
)
def test_a_setting_that_was_changed_changes_nothing(approved, untouched, old, new, key):
    change_setting(approved, old, new)
    answer = export(approved)
    assert (answer.code, answer.json["changed"]) == (1, [key] if key else [])
    assert digests(approved / "out" / BATCH) == untouched


def test_who_exports_is_told_what_was_changed(approved):
    change_setting(approved, 'account = ""', f'account = "{CARD}"')
    told = relief("--office", approved, "export", BATCH, *hand("maker")).out
    assert "payer.account" in told
    assert "reject" in told


def test_files_that_were_moved_away_are_written_again_the_same_on_any_day(approved, untouched):
    export(approved)
    (approved / "out" / BATCH).rename(approved / "archive")
    change_setting(approved, 'language = "en"', 'language = "zh"')
    own_template(approved, *CHANGED["account"])
    assert export(approved).code == 1
    assert digests(approved / "out" / BATCH) == untouched


def test_a_template_in_the_books_that_was_changed_is_refused(approved):
    with unguarded(approved) as connection:
        connection.execute("UPDATE layouts SET text = replace(text, '800', '2')")
    answer = export(approved)
    assert (answer.code, error_of(answer)) == (4, "books-changed")
    assert not (approved / "out" / BATCH).exists()


def test_a_format_of_ones_own_choice_can_be_made_from_the_books_too(tmp_path):
    office = make_office(tmp_path / "office")
    assert run(office, ROSTER, command="prepare").code in (0, 1)
    told = relief("--json", "--office", office, "export", BATCH, "--format", "generic-csv")
    assert {file["format"] for file in told.json["files"]} == {"generic-csv"}
    before = digests(office / "out" / BATCH)
    (office / "out" / BATCH).rename(office / "archive")
    own_template(office, ("rows_per_file = 800", "rows_per_file = 2"), name="generic-csv")
    assert export(office).code == 1
    assert digests(office / "out" / BATCH) == before
    assert relief("--json", "--office", office, "audit").json["verified"]


def test_audit_makes_every_file_again_and_finds_another_account_in_the_books(tmp_path):
    office = make_office(tmp_path / "office")
    assert run(office, ROSTER).code == 1
    with unguarded(office) as connection:
        # A forger who knows how the digests are made, and makes every one of them again.
        connection.execute(
            "UPDATE payments SET account_number = ? WHERE payment = (SELECT min(payment) FROM"
            " payments)",
            (CARD,),
        )
    chained_again(office)
    answer = relief("--json", "--office", office, "audit")
    assert answer.code == 4
    told = answer.json["broken"]
    assert told["record"].startswith(f"{BATCH}/bank/")
    assert told["problem"] == "made from the books it is another file than was recorded"


def test_audit_makes_the_files_of_what_has_not_gone_out_too(waiting):
    with unguarded(waiting) as connection:
        connection.execute("UPDATE facts SET value = 'zh' WHERE name = 'language'")
    chained_again(waiting)
    answer = relief("--json", "--office", waiting, "audit")
    assert (answer.code, answer.json["verified"]) == (4, False)
