"""A notice that pays once is paid once, whatever number it is given later."""

import pytest
from golden.running import done, make_office, relief, run

from sample_data.generate import PERSON_COLUMNS, people, write_table

DATABASES = ("sqlite",)


@pytest.fixture
def office(tmp_path):
    return make_office(tmp_path / "office")


@pytest.fixture
def roster(tmp_path):
    path = tmp_path / "名册.xlsx"
    write_table(path, people(30, 6600), PERSON_COLUMNS, title="名册")
    return path


def own(office, *blocks):
    (office / "policy" / "own.toml").write_text("\n".join(blocks), "utf-8")


def block(name, since, value):
    return (
        f"[[one-time.{name}]]\nsince = {since}\nvalue = {value}\n"
        f'unit = "{"document" if name == "occasion" else "fen per person"}"\nreference = "县文件"\n'
    )


@pytest.mark.parametrize("since", ["2022-07-19", "2022-08-01"])
def test_a_countys_own_number_pays_nobody_again(office, roster, since):
    first = done(office, [roster])
    assert first["beneficiaries"] > 20
    own(office, block("occasion", since, '"阳民发〔2022〕5号"'))
    for command in ("run", "prepare"):
        answer = run(office, [roster], command=command)
        assert (answer.code, answer.json["error"]["code"]) == (4, "notice-renamed")
        assert first["batch"] in answer.json["error"]["message"]
    own(office)
    assert done(office, [roster])["repeated"]


def test_a_batch_that_was_rejected_binds_nobody(office, roster):
    told = done(office, [roster], command="prepare")
    relief("--office", office, "reject", told["batch"], "--reason", "改文号")
    own(office, block("occasion", "2022-07-19", '"阳民发〔2022〕5号"'))
    assert done(office, [roster])["beneficiaries"] == told["beneficiaries"]


def test_a_new_notice_pays_everybody(office, roster):
    first = done(office, [roster])
    own(
        office,
        block("occasion", "2023-01-01", '"晋民发〔2023〕1号"'),
        block("amount", "2023-01-01", "20000"),
    )
    # Of the month that was paid it says nothing new.
    assert done(office, [roster])["beneficiaries"] == 0
    told = done(office, [roster], cycle="2023-01")
    assert told["beneficiaries"] == first["beneficiaries"]
    assert told["amount_fen"] == 20_000 * told["beneficiaries"]
