import datetime as dt

import pytest

from relief_cli.batch import PARAMETERS
from relief_cli.errors import PolicyError
from relief_cli.policy import Share, load, shares_at
from relief_cli.policy.tables import parameters_table

NOTICE_ON = dt.date(2022, 7, 19)
ON = dt.date(2022, 8, 1)

OWN_SPLIT = """
[[local.split]]
place = "平定县"
since = 2022-01-01
value = { municipal = 3, county = 7 }
unit = "weights"
reference = "阳财社〔2022〕1号"

[[local.split]]
place = "平定县"
since = 2023-01-01
value = { municipal = 2, county = 8 }
unit = "weights"
reference = "阳财社〔2023〕1号"
"""
OWN_CATEGORIES = """
[[one-time.categories]]
since = 2022-07-19
value = ["dibao_margin", "rural_dibao"]
unit = "categories in order"
reference = "会议纪要〔2022〕5号"
"""


@pytest.fixture
def own(tmp_path):
    def write(text, name="own.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_what_the_notice_says():
    policy = load()
    listed = {one.name: one for one in policy.listed("one-time", ON)}
    assert {name: one.value for name, one in listed.items()} == {
        "one-time.amount": 30000,
        "one-time.form": "bank",
        "one-time.end": "begun",
        "one-time.categories": (
            "urban_dibao",
            "rural_dibao",
            "dibao",
            "urban_tekun",
            "rural_tekun",
            "tekun",
            "orphan",
            "unsupported_child",
        ),
        "one-time.deadline": dt.date(2022, 8, 20),
        "one-time.occasion": "晋民发〔2022〕38号",
        "one-time.shares": (("province", 6), ("local", 4)),
    }
    assert {one.since for one in listed.values()} == {NOTICE_ON}
    assert all(one.reference.startswith("晋民发〔2022〕38号") for one in listed.values())


def test_a_value_holds_from_its_day_on():
    policy = load()
    assert policy.at("one-time.amount", NOTICE_ON).value == 30000
    assert policy.listed("one-time", dt.date(2022, 7, 18)) == []
    with pytest.raises(PolicyError) as caught:
        policy.at("one-time.amount", dt.date(2022, 7, 18))
    assert caught.value.code == "policy-missing"
    assert "one-time.amount" in str(caught.value)
    assert "2022-07-18" in str(caught.value)
    assert "[[one-time.amount]]" in caught.value.remedy_text(str)


def test_the_value_of_the_place_and_the_newest_one_hold(own):
    policy = load([own(OWN_SPLIT)])
    assert policy.at("local.split", ON, "平定县").reference == "阳财社〔2022〕1号"
    assert policy.at("local.split", dt.date(2023, 1, 1), "平定县").reference == "阳财社〔2023〕1号"
    for place in ("盂县", ""):
        assert policy.at("local.split", ON, place).value == (("municipal", 1), ("county", 1))
    # before the place had its own, the one for everywhere held
    assert policy.at("local.split", dt.date(2021, 12, 31), "平定县").place == ""


def test_an_office_overrules_what_is_shipped_for_the_same_day(own):
    policy = load([own(OWN_CATEGORIES)])
    assert policy.at("one-time.categories", ON).value == ("dibao_margin", "rural_dibao")
    assert policy.at("one-time.categories", ON).file == "own.toml"
    assert len(policy.parameters) == len(load().parameters)


def test_a_file_from_a_windows_editor_is_read(tmp_path):
    path = tmp_path / "own.toml"
    path.write_bytes(b"\xef\xbb\xbf" + OWN_SPLIT.replace("\n", "\r\n").encode())
    assert load([path]).at("local.split", ON, "平定县").value == (("municipal", 3), ("county", 7))


BLOCK = """
[[one-time.amount]]
since = 2022-07-19
value = 30000
unit = "fen per person"
reference = "x"
"""


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ("[[one-time.amuont]]\nvalue = 1", "policy-key-unknown", "one-time.amuont"),
        ("[two-time]\namount = 1", "policy-key-unknown", "two-time"),
        ("colour = 'red'", "policy-key-unknown", "colour"),
        (BLOCK + "plaec = 'x'", "policy-key-unknown", "one-time.amount.plaec"),
        (BLOCK + "place = '平定县'", "policy-place", "one-time.amount.place"),
        (BLOCK.replace("[[", "[").replace("]]", "]"), "policy-type", "one-time.amount"),
        (BLOCK.replace("reference", "#"), "policy-key-missing", "one-time.amount.reference"),
        (BLOCK.replace('"x"', '" "'), "policy-type", "one-time.amount.reference"),
        (BLOCK.replace("since", "#"), "policy-key-missing", "one-time.amount.since"),
        (BLOCK.replace("2022-07-19", "'2022-07-19'"), "policy-type", "one-time.amount.since"),
        (BLOCK.replace("-19", "-19T08:00:00"), "policy-type", "one-time.amount.since"),
        (BLOCK.replace("fen per", "yuan per"), "policy-unit", "one-time.amount.unit"),
        (BLOCK.replace("30000", "300.00"), "policy-type", "one-time.amount.value"),
        (BLOCK.replace("30000", "'30000'"), "policy-type", "one-time.amount.value"),
        (BLOCK.replace("30000", "true"), "policy-type", "one-time.amount.value"),
        (BLOCK.replace("30000", "0"), "policy-type", "one-time.amount.value"),
        (BLOCK + BLOCK, "policy-twice", "one-time.amount"),
        ("one-time.amount = [3]", "policy-type", "one-time.amount"),
        (OWN_SPLIT.replace("3,", "-3,"), "policy-type", "local.split.value"),
        (OWN_SPLIT.replace("3,", "0.3,"), "policy-type", "local.split.value"),
        (OWN_SPLIT.replace("municipal", "town"), "policy-type", "local.split.value"),
        (OWN_SPLIT.replace("3,", "0,").replace("7 }", "0 }"), "policy-type", "local.split.value"),
        (
            OWN_CATEGORIES.replace("dibao_margin", "rich"),
            "policy-category-unknown",
            "one-time.categories.value",
        ),
        (
            OWN_CATEGORIES.replace("dibao_margin", "rural_dibao"),
            "policy-type",
            "one-time.categories.value",
        ),
    ],
)
def test_whatever_is_not_right_is_refused_by_name(own, text, code, key):
    with pytest.raises(PolicyError) as caught:
        load([own(text)])
    error = caught.value
    assert (error.code, error.file, error.values["key"]) == (code, "own.toml", key)
    assert key.split(".")[0] in str(error)
    assert error.remedy_text(str)
    assert error.why_text(str)


def test_the_same_value_in_two_files_of_an_office_is_refused(own):
    with pytest.raises(PolicyError) as caught:
        load([own(BLOCK, "a.toml"), own(BLOCK, "b.toml")])
    assert caught.value.code == "policy-twice"
    assert "a.toml and b.toml" in str(caught.value)


@pytest.mark.parametrize("content", [b"[[one-time", b"a = \xd5\xd5", b"a = 1\na = 2"])
def test_what_is_not_toml_is_refused(tmp_path, content):
    path = tmp_path / "own.toml"
    path.write_bytes(content)
    with pytest.raises(PolicyError) as caught:
        load([path])
    assert (caught.value.code, caught.value.file) == ("policy-not-toml", "own.toml")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(PolicyError) as caught:
        load([tmp_path / "gone.toml"])
    assert (caught.value.code, caught.value.file) == ("policy-unreadable", "gone.toml")


def test_the_digest_follows_the_content_only(own):
    plain = load().digest
    first, second = OWN_SPLIT.strip().split("\n\n")
    one = load([own(OWN_SPLIT)]).digest
    other = load([own("# a comment\n" + second, "b.toml"), own(first, "a.toml")]).digest
    assert one == other != plain
    assert len(plain) == 64
    changed = [
        OWN_SPLIT.replace("3,", "4,"),
        OWN_SPLIT.replace("1号", "2号"),
        OWN_SPLIT.replace("municipal = 3, county = 7", "county = 7, municipal = 3"),
        OWN_SPLIT + '\n[[category]]\ncode = "rural_dibao"\naliases = ["农低保"]',
    ]
    assert len({load([own(text)]).digest for text in changed} | {one, plain}) == len(changed) + 2


def test_the_table_for_batches(own):
    policy = load([own(OWN_SPLIT)])
    table = parameters_table(
        [policy.at("local.split", ON, "平定县"), policy.at("one-time.deadline", ON)]
    )
    assert dict(table.dtypes.astype("str")) == PARAMETERS
    assert table.iloc[0].tolist() == [
        "local.split",
        "平定县",
        "municipal 3 : county 7",
        "weights",
        "2022-01-01",
        "阳财社〔2022〕1号",
        "office",
    ]
    assert table["value"].tolist() == ["municipal 3 : county 7", "2022-08-20"]
    assert table["place"].tolist() == ["平定县", ""]
    assert policy.at("one-time.categories", ON).value_text.startswith("urban_dibao, rural_dibao, ")
    assert dict(parameters_table([]).dtypes.astype("str")) == PARAMETERS


def test_shares_nest_by_place(own):
    policy = load([own(OWN_SPLIT)])
    shares, used = shares_at(policy, "one-time.shares", ON, "平定县")
    assert shares == (
        Share("province", 6),
        Share("local", 4, (Share("municipal", 3), Share("county", 7))),
    )
    assert [(one.name, one.place) for one in used] == [
        ("one-time.shares", ""),
        ("local.split", "平定县"),
    ]


def test_a_source_that_would_pay_twice_is_refused(own):
    text = OWN_SPLIT.replace("local.split", "one-time.shares").replace(
        "municipal = 3,", "local = 3,"
    )
    policy = load([own(text)])
    with pytest.raises(PolicyError) as caught:
        shares_at(policy, "one-time.shares", ON, "平定县")
    assert caught.value.code == "policy-source-twice"
    assert caught.value.file == "own.toml"


def test_every_shipped_value_says_whether_a_public_text_confirms_it():
    statuses = {(one.name, one.since): one.status for one in load().parameters}
    assert set(statuses.values()) == {"confirmed", "to be confirmed"}
    assert statuses["one-time.amount", dt.date(2022, 7, 19)] == "confirmed"
    assert statuses["local.split", dt.date(2000, 1, 1)] == "to be confirmed"


def test_a_status_that_nobody_knows_is_refused(own):
    with pytest.raises(PolicyError) as caught:
        load([own(OWN_SPLIT + 'status = "surely"\n')])
    assert caught.value.code == "policy-type"
