import datetime as dt
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_10

from relief_cli.errors import PolicyError, UsageError
from relief_cli.office import Office, create, find, load
from relief_cli.settings import Limits, Payer, check_settings

FULL = """
[office]
name = "某县民政局"
region = "140828"
county = "夏县"
city = "运城市"
language = "en"
approvals = 2
[banks]
default = "generic-csv"
[banks.formats]
"402" = "shanxi-rcu"
[payer]
name = "某县财政局"
account = "0123"
bank_name = "农信社"
bank_code = "402161002352"
sender = "9001"
[reading.headers]
account_number = ["惠农卡号"]
[calendar]
since = 2022-07-01
programmes = ["dibao", "one-time"]
[limits]
rows = 10
file_megabytes = 1
inflated_megabytes = 2
memory_megabytes = 3
seconds = 4
"""


def settings(folder, text):
    (folder / "relief.toml").write_text(text, "utf-8")
    return folder


def test_every_setting_arrives(tmp_path):
    assert load(settings(tmp_path, FULL)) == Office(
        folder=tmp_path,
        name="某县民政局",
        region="140828",
        county="夏县",
        city="运城市",
        language="en",
        approvals=2,
        default_bank_format="generic-csv",
        bank_formats={"402": "shanxi-rcu"},
        payer=Payer(
            name="某县财政局",
            account="0123",
            bank_name="农信社",
            bank_code="402161002352",
            sender="9001",
        ),
        headers={"account_number": ("惠农卡号",)},
        calendar_since=dt.date(2022, 7, 1),
        programmes=("dibao", "one-time"),
        limits=Limits(
            rows=10, file_megabytes=1, inflated_megabytes=2, memory_megabytes=3, seconds=4
        ),
    )


def test_an_empty_file_means_the_defaults(tmp_path):
    assert load(settings(tmp_path, "")) == Office(folder=tmp_path)


@pytest.mark.parametrize("umask", [0o000, 0o277], ids=oct)
def test_fresh_office_has_the_defaults_and_is_private(tmp_path, umask):
    before = os.umask(umask)
    try:
        office = create(tmp_path / "fresh")
    finally:
        os.umask(before)
    assert office == Office(folder=tmp_path / "fresh")
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (office.folder, *office.folder.iterdir())
    }
    assert modes == {
        "fresh": 0o700,
        "policy": 0o700,
        "banks": 0o700,
        "out": 0o700,
        "relief.toml": 0o600,
    }


def test_what_was_asked_for_is_written_and_read_back(tmp_path):
    asked = {
        "name": '"某县" 民政局 \\ #1',
        "region": "140828",
        "county": "夏县",
        "city": "$name",
        "language": "en",
        "approvals": 1,
        "bank_formats": {"402": "shanxi-rcu", "105": "ccb-xlsx"},
    }
    office = create(tmp_path / "a" / "b", **asked)
    assert {name: getattr(office, name) for name in asked} == asked


def test_an_office_is_never_overwritten(tmp_path):
    create(tmp_path, name="first")
    with pytest.raises(UsageError) as caught:
        create(tmp_path, name="second")
    assert caught.value.code == "office-exists"
    assert load(tmp_path).name == "first"


def test_a_wrong_setting_makes_nothing(tmp_path):
    with pytest.raises(PolicyError) as caught:
        create(tmp_path / "fresh", region="14")
    assert (caught.value.code, caught.value.values["key"]) == ("office-value", "office.region")
    assert not (tmp_path / "fresh").exists()


def test_folder_that_cannot_be_made_is_one_clear_message(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError) as caught:
        create(tmp_path / "file" / "office")
    assert caught.value.code == "write-failed"


def test_office_is_found_from_below(tmp_path):
    office = create(tmp_path / "office")
    assert find(office.out_folder) == office


@pytest.mark.parametrize("ask", [find, load])
def test_no_office_is_a_usage_error(tmp_path, ask):
    with pytest.raises(UsageError) as caught:
        ask(tmp_path)
    assert caught.value.code == "office-missing"


def test_paths(tmp_path):
    office = create(tmp_path)
    for name in ("b.toml", "a.toml", "a.txt"):
        (tmp_path / "policy" / name).touch()
    assert office.ledger_path == tmp_path / "ledger.sqlite"
    assert [path.name for path in office.policy_files] == ["a.toml", "b.toml"]
    assert office.out_folder == tmp_path / "out"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[ofice]", "ofice"),
        ("title = 1", "title"),
        ('[office]\nnam = "x"', "office.nam"),
        ("[limits]\nrow = 1", "limits.row"),
        ("[calendar]\nfrom = 2022-07-01", "calendar.from"),
    ],
)
def test_unknown_key_is_refused_by_name(tmp_path, text, key):
    with pytest.raises(PolicyError) as caught:
        load(settings(tmp_path, text))
    assert (caught.value.code, caught.value.file) == ("office-key-unknown", "relief.toml")
    assert str(caught.value).endswith(key)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("office = 1", "office"),
        ("[office]\nname = 1", "office.name"),
        ('[office]\nname = " "', "office.name"),
        ('[office]\nname = "a\\nb"', "office.name"),
        ("[office]\nregion = 140000", "office.region"),
        ('[office]\nregion = "１４００００"', "office.region"),
        ('[office]\nlanguage = "fr"', "office.language"),
        ("[office]\nlanguage = [1]", "office.language"),
        ("[office]\napprovals = 3", "office.approvals"),
        ("[office]\napprovals = true", "office.approvals"),
        ('[banks.formats]\n"中行" = "x"', "banks.formats"),
        ('[banks.formats]\n"104" = 1', "banks.formats"),
        ('[reading.headers]\nname = "姓名"', "reading.headers"),
        ("[limits]\nrows = 0", "limits.rows"),
        ('[calendar]\nsince = "2022-07-01"', "calendar.since"),
        ("[calendar]\nsince = 2022-07-01T08:00:00", "calendar.since"),
        ("[calendar]\nsince = 1999-12-31", "calendar.since"),
        ('[calendar]\nprogrammes = "dibao"', "calendar.programmes"),
        ("[calendar]\nprogrammes = [1]", "calendar.programmes"),
        ("[payer]\nbank_code = 402161002352", "payer.bank_code"),
        ('[payer]\nbank_code = "402161002353"', "payer.bank_code"),
        ('[payer]\nbank_code = "40216100235"', "payer.bank_code"),
        ('[payer]\nbank_code = "4021610023521"', "payer.bank_code"),
        ('[payer]\nbank_code = "４02161002352"', "payer.bank_code"),
    ],
)
def test_wrong_value_is_refused_by_key(tmp_path, text, key):
    with pytest.raises(PolicyError) as caught:
        load(settings(tmp_path, text))
    assert caught.value.code == "office-value"
    assert caught.value.values["key"] == key


@given(branch=st.text("0123456789", min_size=11, max_size=11), last=st.sampled_from("0123456789"))
def test_the_last_digit_of_a_bank_code_number_checks_the_others(branch, last):
    payer = {"payer": {"bank_code": branch + last}}
    if mod_11_10.is_valid(branch + last):
        check_settings(payer)
    else:
        with pytest.raises(PolicyError, match="twelve digits"):
            check_settings(payer)


@pytest.mark.parametrize("content", [b"[office", '[office]\nname = "县"'.encode("gbk")])
def test_file_that_is_not_toml_is_one_clear_message(tmp_path, content):
    (tmp_path / "relief.toml").write_bytes(content)
    with pytest.raises(PolicyError) as caught:
        load(tmp_path)
    assert caught.value.code == "office-unreadable"


def test_byte_order_mark_and_windows_line_ends_are_taken(tmp_path):
    (tmp_path / "relief.toml").write_bytes("\ufeff[office]\r\nname = '县'\r\n".encode())
    assert load(tmp_path).name == "县"


def test_relative_folder_becomes_absolute(tmp_path, monkeypatch):
    create(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert load(Path()).folder == tmp_path
