import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relief_cli.batch import SHARES
from relief_cli.errors import PolicyError
from relief_cli.funding import share
from relief_cli.policy import Funding, Share
from relief_cli.purses import Money

NOTICE = (
    Share("province", 6),
    Share("local", 4, (Share("municipal", 1), Share("county", 1))),
)


URBAN, RURAL = "2081901", "2081902"
CODES = {URBAN: "urban_dibao", RURAL: "rural_dibao"}


def entitlements(*amounts, category="rural_dibao"):
    frame = pd.DataFrame(amounts, columns=["county", "amount_fen"]).assign(category=category)
    return frame.astype({"county": "str", "category": "str", "amount_fen": "int64"})


def funding(weights, lump_sums=()):
    return Funding(
        "dibao", weights, {category: code for code, category in CODES.items()}, lump_sums
    )


def shares_of(table, weights):
    shares = share(table, funding(weights), Money())
    assert dict(shares.dtypes.astype("str")) == SHARES
    assert set(shares["code"]) <= {RURAL}
    return list(shares[["county", "source", "amount_fen"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("total", "province", "municipal", "county"),
    [
        (30000, 18000, 6000, 6000),  # 300 = 180 + 60 + 60 yuan
        (313980000, 188388000, 62796000, 62796000),
        # 0.6 and 0.4: the fen goes to the larger remainder
        (1, 1, 0, 0),
        # 1.8 and 1.2: 2 and 1, and the odd fen goes to the first of two equal halves
        (3, 2, 1, 0),
        # 4.2 and 2.8: 4 and 3; 1.5 and 1.5: 2 and 1
        (7, 4, 2, 1),
        (100001, 60001, 20000, 20000),
        (0, 0, 0, 0),
    ],
)
def test_six_to_four_and_the_four_in_halves(total, province, municipal, county):
    assert shares_of(entitlements(("平定县", total)), {"平定县": NOTICE}) == [
        ("平定县", "province", province),
        ("平定县", "municipal", municipal),
        ("平定县", "county", county),
    ]


def test_each_county_is_split_from_its_own_total_by_its_own_weights():
    own = (Share("province", 6), Share("local", 4, (Share("municipal", 0), Share("county", 1))))
    table = entitlements(("盂县", 30000), ("平定县", 30000), ("盂县", 30000), ("平定县", 3))
    assert shares_of(table, {"盂县": own, "平定县": NOTICE}) == [
        # 18001.8 and 12001.2: 18002 and 12001; halves 6000.5: 6001 and 6000
        ("平定县", "province", 18002),
        ("平定县", "municipal", 6001),
        ("平定县", "county", 6000),
        ("盂县", "province", 36000),
        ("盂县", "municipal", 0),
        ("盂县", "county", 24000),
    ]


def test_nobody_to_pay():
    assert shares_of(entitlements(), {}) == []


def test_a_county_without_weights_is_a_fault():
    with pytest.raises(KeyError, match="盂县"):
        share(entitlements(("盂县", 30000)), funding({"平定县": NOTICE}), Money())


def test_weights_of_only_zeros_are_refused():
    with pytest.raises(PolicyError) as caught:
        share(entitlements(("盂县", 30000)), funding({"盂县": (Share("province", 0),)}), Money())
    assert caught.value.code == "policy-weights"


WEIGHTS = st.lists(st.integers(0, 1000), min_size=2, max_size=3).filter(any)


@given(
    st.lists(st.tuples(st.sampled_from("甲乙丙"), st.integers(1, 10**12)), max_size=8),
    WEIGHTS,
    WEIGHTS,
)
def test_shares_sum_to_each_countys_total(amounts, outer, inner):
    parts = tuple(Share(f"part {place}", weight) for place, weight in enumerate(inner))
    weights = (
        *(Share(f"source {place}", weight) for place, weight in enumerate(outer[1:])),
        Share("local", outer[0], parts),
    )
    table = entitlements(*amounts)
    shares = share(table, funding(dict.fromkeys("甲乙丙", weights)), Money())
    expected = table.groupby("county")["amount_fen"].sum()
    assert shares.groupby("county")["amount_fen"].sum().to_dict() == expected.to_dict()
    assert (shares["amount_fen"] >= 0).all()


LOCAL = (Share("municipal", 1), Share("county", 1))


def lump_sums(table, given, due, order=("central", "province")):
    """Give (category, source) → fen where lump sums come first."""
    shares = share(
        table, funding(dict.fromkeys(("盂县", "平定县"), LOCAL), order), Money(given, due)
    )
    rows = shares[["county", "category", "source", "amount_fen"]].itertuples(index=False, name=None)
    return {key: fen for *key, fen in rows for key in [tuple(key)] if fen}


def test_lump_sums_come_first_and_locals_bear_the_rest():
    found = lump_sums(
        entitlements(("盂县", 100_001)),
        {("central", RURAL): 30_000, ("province", ""): 50_000},
        {("province", RURAL): 10_000},
    )
    # 30,000 of central money; 50,000 − 10,000 of the province; the halves of 30,001 that are left.
    assert found == {
        ("盂县", "rural_dibao", "central"): 30_000,
        ("盂县", "rural_dibao", "province"): 40_000,
        ("盂县", "rural_dibao", "municipal"): 15_001,
        ("盂县", "rural_dibao", "county"): 15_000,
    }


def test_money_for_one_function_code_pays_for_no_other():
    table = pd.concat(
        [entitlements(("盂县", 40_000)), entitlements(("盂县", 60_000), category="urban_dibao")]
    )
    found = lump_sums(table, {("central", URBAN): 100_000, ("province", ""): 10_000}, {})
    # Central money covers all urban people and no rural one.
    assert found == {
        ("盂县", "urban_dibao", "central"): 60_000,
        ("盂县", "rural_dibao", "province"): 10_000,
        ("盂县", "rural_dibao", "municipal"): 15_000,
        ("盂县", "rural_dibao", "county"): 15_000,
    }


def test_counties_share_a_lump_sum_by_what_they_are_due():
    table = entitlements(("盂县", 30_000), ("平定县", 60_000))
    found = lump_sums(table, {("central", ""): 45_000}, {})
    assert {key: fen for key, fen in found.items() if key[2] == "central"} == {
        ("盂县", "rural_dibao", "central"): 15_000,
        ("平定县", "rural_dibao", "central"): 30_000,
    }


def test_a_lump_sum_that_is_used_up_gives_nothing():
    found = lump_sums(
        entitlements(("盂县", 2)),
        {("central", RURAL): 30_000},
        {("central", RURAL): 40_000},
    )
    assert {source for _, _, source in found} == {"municipal", "county"}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("盂县", "平定县")),
            st.sampled_from(("rural_dibao", "urban_dibao", "dibao")),
            st.integers(1, 10**9),
        ),
        min_size=1,
        max_size=6,
    ),
    st.dictionaries(
        st.tuples(st.sampled_from(("central", "province")), st.sampled_from(("", URBAN, RURAL))),
        st.integers(-(10**9), 10**9),
    ),
    st.dictionaries(
        st.tuples(st.sampled_from(("central", "province")), st.sampled_from(("", URBAN, RURAL))),
        st.integers(0, 10**9),
    ),
)
def test_every_fen_has_a_source_and_no_source_gives_more_than_it_has(rows, given_fen, due):
    table = pd.DataFrame(rows, columns=["county", "category", "amount_fen"])
    money = Money(given_fen, due)
    shares = share(
        table, funding(dict.fromkeys(("盂县", "平定县"), LOCAL), ("central", "province")), money
    )
    keys = ["county", "category"]
    assert (
        shares.groupby(keys)["amount_fen"].sum().to_dict()
        == table.groupby(keys)["amount_fen"].sum().to_dict()
    )
    assert (shares["amount_fen"] >= 0).all()
    after = money.with_due(shares[["source", "code", "amount_fen"]].itertuples(index=False))
    for source in ("central", "province"):
        assert after.lacking(source) == money.lacking(source)
