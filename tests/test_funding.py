import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relief_cli.batch import SHARES
from relief_cli.errors import PolicyError
from relief_cli.funding import share
from relief_cli.policy import Share

NOTICE = (
    Share("province", 6),
    Share("local", 4, (Share("municipal", 1), Share("county", 1))),
)


def entitlements(*amounts):
    frame = pd.DataFrame(amounts, columns=["county", "amount_fen"])
    return frame.astype({"county": "str", "amount_fen": "int64"})


def shares_of(table, weights):
    shares = share(table, weights)
    assert dict(shares.dtypes.astype("str")) == SHARES
    return list(shares.itertuples(index=False, name=None))


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
        share(entitlements(("盂县", 30000)), {"平定县": NOTICE})


def test_weights_of_only_zeros_are_refused():
    with pytest.raises(PolicyError) as caught:
        share(entitlements(("盂县", 30000)), {"盂县": (Share("province", 0),)})
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
    shares = share(table, dict.fromkeys("甲乙丙", weights))
    expected = table.groupby("county")["amount_fen"].sum()
    assert shares.groupby("county")["amount_fen"].sum().to_dict() == expected.to_dict()
    assert (shares["amount_fen"] >= 0).all()
