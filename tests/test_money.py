import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relief_cli.errors import PolicyError
from relief_cli.money import (
    LIMIT_FEN,
    AmountMalformed,
    AmountTooPrecise,
    Rounding,
    format_plain,
    format_yuan,
    parse_yuan,
    split,
    uppercase,
)
from relief_cli.money_columns import (
    AmountState,
    equal_parts,
    parse_yuan_column,
    plain_column,
    scaled,
)


def of_column(text):
    (fen,), (state,) = parse_yuan_column(pd.Series([text], dtype="str"))
    return fen, state


AMOUNTS = st.integers(min_value=1 - LIMIT_FEN, max_value=LIMIT_FEN - 1)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("300", 30000),
        ("300.0", 30000),
        ("300.00", 30000),
        ("300.5", 30050),
        ("300.05", 30005),
        (".5", 50),
        ("-.05", -5),
        ("0", 0),
        ("-0.00", 0),
        ("00300", 30000),
        ("1,234.50", 123450),
        ("12,345,678", 1234567800),
        ("300元", 30000),
        ("300 元", 30000),
        ("¥300", 30000),
        ("￥ 1,000.00元", 100000),
        ("-¥5", -500),
        ("¥-5", -500),
        ("−5", -500),
        ("３００．５０", 30050),
        ("１，２００", 120000),
        ("\u3000 300\xa0\n", 30000),
        ("9999999999999.99", LIMIT_FEN - 1),
    ],
)
def test_an_amount_as_clerks_write_it(text, fen):
    assert parse_yuan(text) == fen
    assert of_column(text) == (fen, AmountState.OK)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "元",
        "-",
        ".",
        "300.",
        "三百",
        "1e3",
        "+300",
        "--3",
        "-¥-3",
        "3-",
        "12,34",
        "1234,567",
        "1,2345",
        "0,123",
        ",300",
        "1,,000",
        "300,",
        "1.234,50",
        "1 000",
        "300.00.00",
        "②00",
        "3²",
        "٣٠٠",
        "300元元",
        "300元整",
        "=300",
        "300\x00",
        "10000000000000",
        "9" * 400,
    ],
)
def test_text_that_is_no_amount_is_malformed(text):
    with pytest.raises(AmountMalformed) as caught:
        parse_yuan(text)
    assert caught.value.code == "amount-malformed"
    wanted = AmountState.MALFORMED if text.strip() else AmountState.MISSING
    assert of_column(text) == (0, wanted)


@pytest.mark.parametrize("text", ["300.060", "0.001", "¥1,000.123元", "３００．０００"])
def test_more_than_two_decimals_are_refused_even_zeros(text):
    with pytest.raises(AmountTooPrecise) as caught:
        parse_yuan(text)
    assert caught.value.code == "amount-too-precise"
    assert of_column(text) == (0, AmountState.TOO_PRECISE)
    assert text in str(caught.value)


SIGNS = "0123456789.,-¥￥元 \t\n\v\x1c\u3000\xa0，－３x"


@given(st.text(SIGNS, max_size=12))
def test_one_text_is_read_as_in_a_column(text):
    fen, state = of_column(text)
    try:
        assert (parse_yuan(text), AmountState.OK) == (fen, state)
    except AmountMalformed:
        assert state in {AmountState.MALFORMED, AmountState.MISSING}
    except AmountTooPrecise:
        assert state == AmountState.TOO_PRECISE


def test_a_column_keeps_its_order_and_says_what_became_of_each_text():
    values = pd.Series(["300", None, "x", "300.060", " ", "-1,000.5"], index=[9, 9, 3, 2, 1, 0])
    fen, state = parse_yuan_column(values.astype("str"))
    assert fen.dtype == np.int64
    assert state.dtype == np.uint8
    assert fen.tolist() == [30000, 0, 0, 0, 0, -100050]
    assert [AmountState(one).name for one in state] == [
        "OK",
        "MISSING",
        "MALFORMED",
        "TOO_PRECISE",
        "MISSING",
        "OK",
    ]


@pytest.mark.parametrize("values", [[], [None, None]])
def test_a_column_without_text(values):
    fen, state = parse_yuan_column(pd.Series(values, dtype="str"))
    assert fen.tolist() == [0] * len(values)
    assert state.tolist() == [AmountState.MISSING] * len(values)


def test_a_column_in_pieces_is_read_as_one():
    pieces = pd.concat([pd.Series(["1", "2"], dtype="str"), pd.Series(["2", "3"], dtype="str")])
    assert parse_yuan_column(pieces)[0].tolist() == [100, 200, 200, 300]


@pytest.mark.parametrize(
    ("fen", "plain", "pretty"),
    [
        (0, "0.00", "0.00"),
        (5, "0.05", "0.05"),
        (-5, "-0.05", "-0.05"),
        (-123456789, "-1234567.89", "-1,234,567.89"),
        (313980000, "3139800.00", "3,139,800.00"),
    ],
)
def test_formats(fen, plain, pretty):
    assert format_plain(fen) == plain
    assert format_yuan(fen) == pretty


@given(st.lists(AMOUNTS, max_size=20))
def test_what_is_formatted_parses_back(amounts):
    column = plain_column(np.array(amounts, dtype=np.int64))
    assert column.tolist() == [format_plain(fen) for fen in amounts]
    for texts in (column, pd.Series([format_yuan(fen) for fen in amounts], dtype="str")):
        fen, state = parse_yuan_column(texts)
        assert fen.tolist() == amounts
        assert not state.any()


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (30000, (6, 4), (18000, 12000)),
        (313980000, (6, 4), (188388000, 125592000)),
        (1, (1, 1), (1, 0)),
        (-1, (1, 1), (-1, 0)),
        # exact 33.3, 33.3, 33.4: the one fen left over goes to the largest remainder
        (100, (333, 333, 334), (33, 33, 34)),
        (7, (0, 3, 1), (0, 5, 2)),
        (0, (6, 4), (0, 0)),
        (99, (5,), (99,)),
    ],
)
def test_split_worked_by_hand(total, weights, shares):
    assert split(total, weights) == shares


@given(AMOUNTS, st.lists(st.integers(0, 10**6), min_size=1, max_size=6).filter(any))
def test_shares_sum_exactly_and_stay_within_one_fen(total, weights):
    shares = split(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - Fraction(total * weight, sum(weights))) < 1
    assert split(-total, weights) == tuple(-share for share in shares)


@pytest.mark.parametrize("weights", [(), (0, 0), (1, -1), (0.5, 0.5), (True, 1)])
def test_weights_that_cannot_split_are_refused(weights):
    with pytest.raises(PolicyError) as caught:
        split(100, weights)
    assert caught.value.code == "policy-weights"


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        # Further examples of the annex.
        (600714, "陆仟零柒元壹角肆分"),
        (168032, "壹仟陆佰捌拾元叁角贰分"),
        (10700053, "壹拾万零柒仟元伍角叁分"),
        (32504, "叁佰贰拾伍元零肆分"),
        # Worked by hand.
        (5, "伍分"),
        (50, "伍角整"),
        (55, "伍角伍分"),
        (1000, "壹拾元整"),
        (1505, "壹拾伍元零伍分"),
        (30000, "叁佰元整"),
        (10010000, "壹拾万零壹佰元整"),
        (10345300, "壹拾万零叁仟肆佰伍拾叁元整"),
        (1001000000, "壹仟零壹万元整"),
        (1000100000, "壹仟万零壹仟元整"),
        (100000001, "壹佰万元零壹分"),
        (313980000, "叁佰壹拾叁万玖仟捌佰元整"),
        (10**10, "壹亿元整"),
        (10**10 + 100, "壹亿零壹元整"),
        (101000000100, "壹拾亿零壹仟万零壹元整"),
        (20001000000, "贰亿零壹万元整"),
        (100010001000100, "壹万零壹亿零壹万零壹元整"),
        (10**15, "壹拾万亿元整"),
    ],
)
def test_uppercase(fen, text):
    assert uppercase(fen) == text


@given(st.integers(0, LIMIT_FEN))
def test_uppercase_reads_back(fen):
    assert _read(uppercase(fen)) == fen


def _read(text):
    """Read 大写 the other way round: by places, without any of the writer's rules."""
    digits = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
    small = {"拾": 10, "佰": 100, "仟": 1000}
    fen = whole = part = digit = 0
    for sign in text:
        if sign in digits:
            digit = digits[sign]
        elif sign in small:
            part, digit = part + digit * small[sign], 0
        elif sign == "万":
            whole, part, digit = whole + (part + digit) * 10**4, 0, 0
        elif sign == "亿":
            whole, part, digit = (whole + part + digit) * 10**8, 0, 0
        elif sign == "元":
            fen, part, digit = (whole + part + digit) * 100, 0, 0
        elif sign in "角分":
            fen, digit = fen + digit * (10 if sign == "角" else 1), 0
    return fen


@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 240)), min_size=1, max_size=20),
    st.sampled_from([1, 3, 12, 100, 1200]),
    st.sampled_from([1, 10, 100]),
    st.sampled_from(Rounding.RULES),
)
def test_scaled_amounts_are_exact_fractions_rounded_once(pairs, divisor, unit, rule):
    fen, factor = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    found = scaled(fen, factor, divisor, Rounding(unit, rule))
    for one, by, result in zip(fen.tolist(), factor.tolist(), found.tolist(), strict=True):
        exact = Fraction(one * by, divisor * unit)
        whole = {
            "up": math.ceil(exact),
            "down": math.floor(exact),
            "half-up": math.floor(exact + Fraction(1, 2)),
        }[rule]
        assert result == whole * unit


def test_what_does_not_fit_is_no_amount():
    with pytest.raises(OverflowError):
        scaled(np.array([10**15]), np.array([10**6]), 1, Rounding(1, "down"))


def test_no_rows_are_no_amounts():
    nothing = np.zeros(0, dtype=np.int64)
    assert len(scaled(nothing, nothing, 12, Rounding(1, "up"))) == 0
    assert len(equal_parts(nothing, nothing, np.zeros(0, dtype=bool))) == 0


@given(
    st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=30),
    st.lists(st.integers(0, 10**6), min_size=5, max_size=5),
)
def test_equal_parts_sum_and_favour_who_is_first(rows, totals):
    group, first = (np.array(column) for column in zip(*rows, strict=True))
    whole = np.array(totals, dtype=np.int64)[group]
    parts = equal_parts(whole, group.astype(np.int64), first.astype(bool))
    for number in set(group.tolist()):
        chosen = group == number
        assert parts[chosen].sum() == totals[number]
        assert parts[chosen].max() - parts[chosen].min() <= 1
        if (chosen & first).any() and (chosen & ~first).any():
            assert parts[chosen & first].min() >= parts[chosen & ~first].max()
