"""Whole runs: what was written is, row by row and fen by fen, what the rules alone say."""

from collections import Counter, defaultdict

import oracle
import pytest
from golden import rosters
from golden.books import check_conserved
from golden.running import SAMPLES, done, make_office

from sample_data import generate

NOT_IN_ORACLE = {"R106", "R205", "F007", "F008", "F012"}  # warnings it has no table of
BY_SHEET = {"F008", "F012"}  # counted by sheet, not by row
TITLES = {"城市低保": "urban dibao", "农村低保": "rural dibao", "特困": "tekun"}
OWN_SPLIT = """
[[local.split]]
place = "{place}"
since = 2022-01-01
value = {{ municipal = {municipal}, county = {county} }}
unit = "weights"
reference = "并财社〔2022〕1号"
"""


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("county")
    return generate.county(folder / "made"), make_office(folder / "office")


def check_rows(rows, answer, books, **rules):
    """Hold every row against the oracle: fate, codes, payee, account, amount, shares."""
    expected = oracle.one_time(rows, **rules)
    pairs = list(zip(rows.to_dict("records"), expected.outcomes, strict=True))
    paid = {
        (row["file"], row["sheet"], row["sheet_row"], outcome.person): (
            row["name"],
            outcome.account_number,
            outcome.payee_name,
            outcome.amount_fen,
        )
        for row, outcome in pairs
        if outcome.fate == "paid"
    }
    assert books.paid() == paid
    held = defaultdict(set)
    for row, outcome in pairs:
        if outcome.fate == "held":
            held[row["file"], row["sheet"], row["sheet_row"]] |= outcome.codes | outcome.warnings
    found = {origin: set(codes) - NOT_IN_ORACLE for origin, codes in books.held().items()}
    assert found == held
    assert answer["rows"] == {
        "read": len(rows),
        **{fate: expected.count(fate) for fate in ("paid", "held", "skipped")},
    }
    assert answer["amount_fen"] == expected.amount_fen
    sums = defaultdict(int)
    for row in books.payments.values():
        sums[row["account_number"]] += int(row["amount_fen"])
    assert sums == expected.payments
    check_codes(rows, answer, expected)
    check_summary(pairs, answer, books, expected)


def check_codes(rows, answer, expected):
    counted = Counter(
        code for outcome in expected.outcomes for code in outcome.codes | outcome.warnings
    )
    planted = Counter(rows["codes"])
    counted |= {code: planted[code] for code in NOT_IN_ORACLE if planted[code]}
    # An error where a bank should stand is no bank's name either.
    counted["R205"] += planted["F010"]
    told = answer["findings"]
    assert {code: n for code, n in told.items() if code not in BY_SHEET} == {
        code: n for code, n in counted.items() if n and code not in BY_SHEET
    }


def check_summary(pairs, answer, books, expected):
    summary = books.summary()
    persons, homes = Counter(), defaultdict(set)
    for row, outcome in pairs:
        if outcome.fate == "paid":
            county, township = row["county"], row["township"]
            for group in ((county, township, TITLES[row["category"]]), (county,)):
                persons[group] += 1
                homes[group].add(row["household"])
    figures = {
        group: (len(homes[group]), number, number * 30_000) for group, number in persons.items()
    }
    assert summary.lines | {(name,): line for name, line in summary.subtotals.items()} == figures
    for county, shares in expected.shares.items():
        told = dict(zip(summary.sources, summary.shares[county], strict=False))
        assert told == shares
    assert answer["shares_fen"] == {
        source: sum(shares[source] for shares in expected.shares.values())
        for source in ("province", "municipal", "county")
    }
    assert summary.unpaid == unpaid_of(pairs)


def unpaid_of(pairs):
    """Give (fate as the summary says it, code) → rows; a row counts under each of its codes."""
    counted = Counter()
    for row, outcome in pairs:
        if outcome.fate != "paid":
            fate = {"held": "held", "skipped": "needs nothing now"}[outcome.fate]
            beside = {row["codes"]} & (NOT_IN_ORACLE - BY_SHEET)
            if row["bank_as_error"]:  # an error is no bank's name either
                beside.add("R205")
            counted.update((fate, code) for code in outcome.codes | outcome.warnings | beside)
    return counted


def test_the_sample_county(county):
    rows, office = county
    answer = done(office, SAMPLES)
    check_rows(rows, answer, check_conserved(answer, office))


def test_the_totals_of_the_sample_county_are_what_was_counted_by_hand(county):
    rows, office = county
    answer = done(office, SAMPLES)
    assert answer["rows"] == {"read": 2009, "paid": 1953, "held": 51, "skipped": 5}
    assert answer["rows"]["paid"] == (rows["fate"] == "paid").sum()
    assert answer["amount_fen"] == 1953 * 300_00
    assert answer["shares_fen"] == {
        "province": 1953 * 180_00,
        "municipal": 1953 * 60_00,
        "county": 1953 * 60_00,
    }


@pytest.mark.parametrize("seed", [1, pytest.param(20220820, marks=pytest.mark.matrix)])
def test_every_shape_with_every_mistake(tmp_path, seed):
    paths, rows = rosters.make(tmp_path / "in", seed, 2400)
    office = make_office(tmp_path / "office")
    answer = done(office, paths)
    check_rows(rows, answer, check_conserved(answer, office))


@pytest.mark.parametrize("shape", rosters.SHAPES)
def test_a_single_roster_without_a_mistake_is_paid_to_the_last_row(tmp_path, shape):
    paths, rows = rosters.make(tmp_path / "in", 3, 90, (shape,), faults={})
    office = make_office(tmp_path / "office")
    answer = done(office, paths)
    assert answer["rows"]["paid"] == answer["rows"]["read"] == len(rows)
    check_rows(rows, answer, check_conserved(answer, office))


@pytest.mark.parametrize("shape", rosters.SHAPES)
def test_one_household(tmp_path, shape):
    paths, rows = rosters.make(tmp_path / "in", 5, 1, (shape,), faults={})
    office = make_office(tmp_path / "office")
    answer = done(office, paths)
    check_rows(rows, answer, check_conserved(answer, office))


def test_several_counties_bear_their_own_shares(tmp_path):
    weights = {"阳曲县": (3, 7), "清徐县": (1, 2), "娄烦县": (7, 11)}
    paths, rows = rosters.make(
        tmp_path / "in", 11, 1000, ("persons", "csv", "utf8"), counties=tuple(weights)
    )
    office = make_office(tmp_path / "office")
    split = "".join(
        OWN_SPLIT.format(place=place, municipal=municipal, county=own)
        for place, (municipal, own) in weights.items()
    )
    (office / "policy" / "split.toml").write_text(split, "utf-8")
    answer = done(office, paths)
    books = check_conserved(answer, office)
    check_rows(rows, answer, books, weights=weights)
    assert {(share["county"], share["source"]) for share in books.manifest["shares"]} == {
        (county, source) for county in weights for source in ("province", "municipal", "county")
    }


@pytest.mark.matrix
def test_a_county_of_six_thousand(tmp_path):
    paths, rows = rosters.make(tmp_path / "in", 13, 6_000)
    office = make_office(tmp_path / "office")
    answer = done(office, paths)
    check_rows(rows, answer, check_conserved(answer, office))


def test_banks_that_take_gb18030_hold_nobody_for_a_rare_name(tmp_path):
    paths, rows = rosters.make(tmp_path / "in", 17, 700, ("persons", "csv"))
    office = make_office(tmp_path / "office")
    settings = office / "relief.toml"
    formats = '[banks.formats]\n"402" = "generic-xlsx"\n"103" = "generic-xlsx"\n'
    settings.write_text(settings.read_text("utf-8").replace("[banks.formats]\n", formats), "utf-8")
    answer = done(office, paths)
    # Their rows were planted as held; under these settings they are paid.
    assert "R208" not in answer["findings"]
    check_rows(rows, answer, check_conserved(answer, office), gbk_banks=set())
