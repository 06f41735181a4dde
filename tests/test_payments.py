import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relief_cli.batch import ENTITLEMENTS, PAYMENTS
from relief_cli.payments import combine

FORMATS = {"402": "shanxi-rcu", "105": "ccb-txt"}
ROW = {
    "move": 0,
    "sheet": 0,
    "sheet_row": 2,
    "member": 0,
    "name": "甲",
    "category": "rural_dibao",
    "county": "平定县",
    "township": "冠山镇",
    "household": 1,
    "household_id": None,
    "payee_name": "甲",
    "payee_id_number": "14032119500101999X",
    "bank_name": "农信社",
    "bank": "402",
    "institution": False,
}
TEXT = dict.fromkeys(
    [
        "person",
        "account_number",
        "payee_name",
        "payee_id_number",
        "bank",
        "bank_name",
        "household_id",
    ],
    "str",
)


def rows_of(*people):
    rows = pd.DataFrame([{**ROW, **person} for person in people])
    return rows.astype({**TEXT, "institution": bool, "household": "int64"})


def entitled(rows, amount_fen=30000):
    columns = [name for name in ENTITLEMENTS if name in ROW or name == "person"]
    return rows[columns].assign(amount_fen=amount_fen, ground=0)


def person(number, account, **other):
    return {"person": f"14032119500101{number:04}", "account_number": account, **other}


def lines(payments, *columns):
    return list(payments[list(columns)].itertuples(index=False, name=None))


def test_one_payment_for_each_account():
    rows = rows_of(
        person(3, "6229"), person(1, "6221"), person(2, "6229", name="乙"), person(4, "6225")
    )
    payments, entitlements = combine(rows, entitled(rows), FORMATS, "generic-xlsx")
    assert dict(payments.dtypes.astype("str")) == PAYMENTS
    assert lines(payments, "payment", "account_number", "amount_fen", "beneficiaries") == [
        (1, "6221", 30000, 1),
        (2, "6225", 30000, 1),
        (3, "6229", 60000, 2),
    ]
    assert set(ENTITLEMENTS) == set(entitlements.columns)
    numbers = [(one, two, int(name[-4:])) for one, two, name in lines(
        entitlements, "entitlement", "payment", "person"
    )]  # fmt: skip
    assert numbers == [(1, 1, 1), (2, 2, 4), (3, 3, 2), (4, 3, 3)]


def test_payments_stand_in_the_order_of_the_files():
    rows = rows_of(
        person(1, "9", bank=None, bank_name="不明"),
        person(2, "8", bank="402", institution=True, payee_name="敬老院"),
        person(3, "7", bank="402"),
        person(4, "6", bank="105"),
        person(5, "5", bank="103"),
        person(6, "9a", bank="402"),
    )
    payments, _ = combine(rows, entitled(rows), FORMATS, "generic-xlsx")
    assert lines(payments.fillna("?"), "format", "bank", "account_number", "payee_name") == [
        ("ccb-txt", "105", "6", "甲"),
        ("generic-xlsx", "103", "5", "甲"),
        ("generic-xlsx", "?", "9", "甲"),
        ("shanxi-rcu", "402", "7", "甲"),
        ("shanxi-rcu", "402", "9a", "甲"),
        ("shanxi-rcu", "402", "8", "敬老院"),
    ]


def test_an_institution_is_paid_once_with_its_name():
    home = {"institution": True, "payee_name": "敬老院"}
    rows = rows_of(
        person(1, "6221"), person(2, "6221", **home), person(3, "6221"), person(4, "6221", **home)
    )
    payments, _ = combine(rows, entitled(rows), FORMATS, "generic-xlsx")
    assert lines(payments, "payee_name", "amount_fen", "beneficiaries") == [("敬老院", 120000, 4)]
    assert payments["payee_id_number"].isna().all()


def test_the_payees_id_stands_beside_the_payees_name():
    first, second, third = (person(number, "")["person"] for number in (1, 2, 3))
    rows = rows_of(
        person(1, "1", payee_name="乙", payee_id_number=first),
        person(2, "1", payee_name="甲", payee_id_number=second),
        person(3, "1", payee_name="甲", payee_id_number=None),
        person(4, "1", payee_name="乙", payee_id_number=first),
        person(5, "1", payee_name="乙", payee_id_number=None),
        person(6, "2", payee_name="丙", payee_id_number=None),
        person(7, "3", payee_name="丁", payee_id_number=third),
    )
    payments, _ = combine(rows, entitled(rows), FORMATS, "generic-xlsx")
    assert lines(payments.fillna("?"), "payee_name", "payee_id_number") == [
        ("乙", first),
        ("丙", "?"),
        ("丁", third),
    ]


def test_where_rows_disagree_most_and_then_the_smallest_prevail():
    rows = rows_of(
        person(1, "1", payee_name="乙", bank=None, bank_name="农信"),
        person(2, "1", payee_name="甲", bank="402", bank_name="农信社"),
        person(3, "1", payee_name="甲", bank="402", bank_name="农信社"),
        person(4, "2", payee_name="b", bank=None),
        person(5, "2", payee_name="a", bank=None),
    )
    payments, _ = combine(rows, entitled(rows), FORMATS, "generic-xlsx")
    assert lines(payments.fillna("?"), "payee_name", "bank", "bank_name", "format") == [
        ("a", "?", "农信社", "generic-xlsx"),
        ("甲", "402", "农信社", "shanxi-rcu"),
    ]


def test_nobody_to_pay():
    rows = rows_of(person(1, "1")).iloc[:0]
    payments, entitlements = combine(rows, entitled(rows), FORMATS, "generic-xlsx")
    assert dict(payments.dtypes.astype("str")) == PAYMENTS
    assert (len(payments), len(entitlements)) == (0, 0)


def test_a_row_without_account_is_a_fault():
    rows = rows_of(person(1, "1"), person(2, None))
    with pytest.raises(ValueError, match="account"):
        combine(rows, entitled(rows), FORMATS, "generic-xlsx")


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from("123"),
        st.sampled_from("甲乙丙"),
        st.sampled_from(["402", "103", None]),
        st.booleans(),
        st.sampled_from(["A", "B", None]),
        st.integers(1, 10**9),
    ),
    min_size=1,
    max_size=9,
)


@given(PEOPLE, st.randoms(use_true_random=False))
def test_sums_hold_whatever_the_order(people, random):
    drawn = [
        (
            person(
                number, account, payee_name=name, bank=bank, institution=institution,
                payee_id_number=identity,
            ),
            fen,
        )
        for number, (account, name, bank, institution, identity, fen) in enumerate(people)
    ]  # fmt: skip
    results = []
    for _ in range(2):
        rows = rows_of(*(one for one, _ in drawn))
        amounts = entitled(rows, np.array([fen for _, fen in drawn], dtype=np.int64))
        results.append(combine(rows, amounts, FORMATS, "generic-xlsx"))
        random.shuffle(drawn)
    (payments, entitlements), (again, entitlements_again) = results
    pd.testing.assert_frame_equal(payments, again)
    pd.testing.assert_frame_equal(entitlements, entitlements_again)
    by_payment = entitlements.groupby("payment")["amount_fen"].agg(["sum", "size"])
    assert payments["amount_fen"].tolist() == by_payment["sum"].tolist()
    assert payments["beneficiaries"].tolist() == by_payment["size"].tolist()
    assert payments["amount_fen"].sum() == sum(fen for _, fen in drawn)
    columns = ("account_number", "payee_name", "payee_id_number", "bank")
    found = payments[list(columns)].astype(object).where(payments[list(columns)].notna(), None)
    assert sorted(map(tuple, found.to_numpy())) == payees([one for one, _ in drawn])


def most(values):
    """Give what is said most often, of equals the smallest."""
    said = [value for value in values if value is not None]
    return min(said, key=lambda value: (-said.count(value), value), default=None)


def payees(rows):
    """Give account, payee, ID and bank of each account, one after the other."""
    told = []
    for account in sorted({row["account_number"] for row in rows}):
        here = [row for row in rows if row["account_number"] == account]
        homes = [row for row in here if row["institution"]]
        name = most(row["payee_name"] for row in homes or here)
        beside = [] if homes else [row for row in here if row["payee_name"] == name]
        identity = most(row["payee_id_number"] for row in beside)
        told.append((account, name, identity, most(row["bank"] for row in here)))
    return told
