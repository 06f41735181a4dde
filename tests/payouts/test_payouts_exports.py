"""What goes out is what was recorded: the same bytes by every way, and never anything else."""

import shutil

import pytest
from databases import copy_office
from golden import rosters
from golden.books import Books, bank_file, check_conserved, digests, entitled, ledger, state_of
from golden.running import SAMPLES, done, make_office, relief, run

BATCH = "one-time-2022-08-1"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give an office that prepared the sample county and one that ran it."""
    folder = tmp_path_factory.mktemp("made")
    prepared, exported = make_office(folder / "prepared"), make_office(folder / "exported")
    told = done(prepared, SAMPLES, command="prepare")
    assert (told["state"], told["output"], told["files"]) == ("prepared", None, [])
    done(exported, SAMPLES)
    return prepared, exported


@pytest.fixture
def prepared(made, tmp_path):
    return copy_office(made[0], tmp_path / "prepared")


@pytest.fixture
def exported(made, tmp_path):
    return copy_office(made[1], tmp_path / "exported")


def export(office, *options, batch=BATCH):
    return relief("--json", "--office", office, "export", batch, *options)


def out(office):
    return digests(office / "out" / BATCH)


def test_prepare_puts_nothing_out(prepared):
    assert list((prepared / "out").iterdir()) == []
    assert len(entitled(prepared)) == 1953


def test_prepare_then_export_gives_the_bytes_of_run(prepared, exported):
    answer = export(prepared)
    assert answer.code == 1
    assert answer.json["state"] == "exported"
    assert out(prepared) == out(exported)
    check_conserved(answer.json, prepared)


def test_prepare_then_run_finishes_the_batch(prepared, exported):
    answer = done(prepared, SAMPLES)
    assert (answer["batch"], answer["state"], answer["repeated"]) == (BATCH, "exported", True)
    assert out(prepared) == out(exported)


def test_prepare_again_changes_nothing(prepared):
    before = state_of(prepared)
    assert done(prepared, SAMPLES, command="prepare")["batch"] == BATCH
    assert state_of(prepared) == before


def test_export_again_changes_nothing(exported):
    before = state_of(exported)
    first, second = export(exported), export(exported)
    assert first.code == second.code == 1
    assert first.json == second.json
    assert state_of(exported) == before


@pytest.mark.parametrize("command", ["export", "run"])
def test_deleted_files_are_written_again_byte_for_byte(exported, command):
    before, books = out(exported), ledger(exported)
    shutil.rmtree(exported / "out")
    answer = export(exported) if command == "export" else run(exported, SAMPLES)
    assert answer.code == 1
    assert out(exported) == before
    assert ledger(exported) == books


def test_another_day_and_language_give_the_same_bytes(made, exported):
    shutil.rmtree(exported / "out")
    relief("--lang", "zh", "--office", exported, "export", BATCH)
    assert out(exported) == out(made[1])


CHANGES = {
    "payments.csv": lambda path: path.write_bytes(path.read_bytes() + b"\n"),
    "manifest.json": lambda path: path.unlink(),
    "held.xlsx": lambda path: path.write_bytes(b""),
    f"bank/ccb-{BATCH}.txt": lambda path: path.write_bytes(
        path.read_bytes().replace(b"|300.00|", b"|900.00|", 1)
    ),
}


@pytest.mark.parametrize("command", ["export", "run"])
@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_file_is_refused(exported, name, command):
    CHANGES[name](exported / "out" / BATCH / name)
    before = state_of(exported)
    answer = export(exported) if command == "export" else run(exported, SAMPLES)
    assert answer.code == 4
    assert answer.json["error"]["code"] == "export-changed"
    assert answer.json["error"]["file"] == name
    assert state_of(exported) == before


def test_the_way_out_of_a_changed_file_is_the_one_that_is_told(made, exported):
    name = "payments.csv"
    CHANGES[name](exported / "out" / BATCH / name)
    assert export(exported).code == 4
    (exported / "out" / BATCH).rename(exported / "aside")
    assert export(exported).code == 1
    assert out(exported) == out(made[1])


@pytest.mark.parametrize("name", ["generic-csv", "generic-xlsx", "cmb-xlsx"])
def test_one_format_for_all_banks(prepared, name):
    answer = export(prepared, "--format", name)
    assert answer.code == 1, answer.err
    assert {file["format"] for file in answer.json["files"]} == {name}
    assert sum(file["amount_fen"] for file in answer.json["files"]) == 1953 * 300_00
    if name.startswith("generic"):
        books = check_conserved(answer.json, prepared)
        assert len(books.bank_lines()) == answer.json["payments"]
    # The format is remembered: what is written again is what went out.
    before = out(prepared)
    shutil.rmtree(prepared / "out")
    assert export(prepared).code == 1
    assert out(prepared) == before


def test_the_accounts_and_amounts_do_not_depend_on_the_format(prepared, exported):
    answer = export(prepared, "--format", "generic-csv")
    folder = prepared / "out" / BATCH
    lines = [line for file in sorted((folder / "bank").iterdir()) for line in bank_file(file)]
    other = Books(exported / "out" / BATCH).bank_lines().values()
    assert answer.code == 1
    assert sorted(map(repr, lines)) == sorted(map(repr, other))


def test_another_format_after_the_files_went_out_is_refused(exported):
    before = state_of(exported)
    answer = export(exported, "--format", "generic-csv")
    assert answer.code == 4
    assert answer.json["error"]["code"] == "export-differs"
    assert state_of(exported) == before


def test_the_same_format_after_the_files_went_out_is_no_other(prepared):
    assert export(prepared, "--format", "generic-csv").code == 1
    before = state_of(prepared)
    assert export(prepared, "--format", "generic-csv").code == 1
    assert state_of(prepared) == before


def test_an_unknown_format_is_a_usage_error(prepared):
    answer = export(prepared, "--format", "paper")
    assert answer.code == 2
    assert answer.json["error"]["code"] == "bank-format-unknown"


@pytest.mark.parametrize("batch", ["one-time-2022-08-9", "../out", "", "x'; --"])
def test_an_unknown_batch_is_a_usage_error(exported, batch):
    before = state_of(exported)
    answer = export(exported, batch=batch)
    assert answer.code == 2
    assert answer.json["error"]["code"] == "batch-unknown"
    assert state_of(exported) == before


def test_files_are_split_at_the_row_limit_of_the_format(tmp_path):
    paths, rows = rosters.make(tmp_path / "in", 9, 2600, ("persons",), faults={})
    office = make_office(tmp_path / "office")
    done(office, paths, command="prepare")
    answer = export(office, "--format", "generic-xlsx")
    books = check_conserved(answer.json, office)
    sizes = [file["payments"] for file in answer.json["files"]]
    assert max(sizes) == 800
    assert sum(sizes) == answer.json["payments"]
    assert len(books.entitlements) == len(rows)


def test_the_policy_of_another_day_does_not_change_a_batch(exported):
    """A batch is what it was: a later change of settings changes no byte of it."""
    before = out(exported)
    settings = exported / "relief.toml"
    text = settings.read_text("utf-8").replace("阳曲县民政局", "另一个局")
    formats = '[banks.formats]\n"105" = "generic-csv"\n'
    settings.write_text(text.replace("[banks.formats]\n", formats), "utf-8")
    shutil.rmtree(exported / "out")
    assert export(exported).code == 1
    assert out(exported) == before
