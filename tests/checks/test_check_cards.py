"""Card numbers: the check digit agrees with python-stdnum, and only cards are judged."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules.made import card, person, table, told, write_csv
from stdnum import luhn as stdnum_luhn

from relief_cli.checks.accounts import luhn


@given(st.sampled_from([16, 19]), st.data())
def test_luhn_agrees_with_stdnum(width, data):
    digits = st.text("0123456789", min_size=width, max_size=width)
    right = st.text("0123456789", min_size=width - 1, max_size=width - 1).map(
        lambda body: body + stdnum_luhn.calc_check_digit(body)
    )
    numbers = data.draw(st.lists(digits | right, min_size=1, max_size=10))
    found = luhn(pd.Series(numbers, dtype="str"), width)
    assert found.tolist() == [stdnum_luhn.is_valid(number) for number in numbers]


def test_luhn_of_a_slice_of_a_column():
    numbers = pd.Series([card(1), card(2), card(3)[:-1] + "x"], dtype="str").iloc[1:2]
    assert luhn(numbers, 19).tolist() == [True]


@pytest.mark.parametrize(
    ("account", "codes"),
    [
        (card(2), set()),
        (card(2)[:-1] + "0", {"R204"}),
        ("622202100111624570", {"R204"}),
        ("62220210011", set()),
        ("622202100111", {"R204"}),
        ("62220210011162457012", set()),
        ("1402010122000012345", set()),
        ("12345678", set()),
        ("1234567", {"R202"}),
        ("1" * 32, set()),
        ("1" * 33, {"R202"}),
        ("6228 4800 0000 0000 026", set()),
        ("622848000000000002S", {"R202"}),
        ("6228480000000000026;6228480000000000034", {"R202"}),
        (card(2).translate(str.maketrans("0123456789", "０１２３４５６７８９")), set()),
    ],
)
def test_accounts_and_cards(tmp_path, account, codes):
    path = write_csv(tmp_path / "花名册.csv", table(person(1), person(7, 账号=account)))
    assert told(tmp_path / "office", path).codes == codes


def test_no_cards_at_all():
    assert luhn(pd.Series([], dtype="str"), 19).tolist() == np.zeros(0, dtype=bool).tolist()
