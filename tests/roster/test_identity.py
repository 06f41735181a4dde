"""Identity numbers by whole columns agree with python-stdnum, number by number."""

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent

from relief_cli.roster import identity
from relief_cli.roster.person_number import canonical

TODAY = dt.date(2022, 8, 31)


def parse(*numbers):
    return identity.parse(pd.Series(list(numbers), dtype="str"))


digits = st.text("0123456789", min_size=17, max_size=17)
dated = st.builds(
    "{:06d}{:%Y%m%d}{:03d}".format,
    st.integers(110000, 659999),
    st.dates(dt.date(1900, 1, 1), dt.date(2030, 12, 31)),
    st.integers(0, 999),
)
numbers = st.one_of(
    st.tuples(digits | dated, st.sampled_from("0123456789X")).map("".join),
    dated.map(lambda body: body + ric.calc_check_digit(f"{body}0")),
)
old = st.text("0123456789", min_size=15, max_size=15)


@given(st.lists(numbers, min_size=1, max_size=12))
def test_check_characters_and_births_agree_with_stdnum(given_numbers):
    found = parse(*given_numbers)
    assert list(found.person) == given_numbers
    far = dt.date(9999, 12, 31)
    possible = identity.births_possible(found.birth, far)
    for place, number in enumerate(given_numbers):
        assert found.check_wrong[place] == (ric.calc_check_digit(number) != number[-1])
        try:
            born = ric.get_birth_date(number)
        except InvalidComponent:
            assert not possible[place]
        else:
            assert possible[place] == (born.year >= 1850)
        assert found.region[place] == int(number[:6])


@given(st.text("0123456789Xx ３", max_size=19) | numbers | old)
def test_one_number_is_read_as_in_a_column(text):
    found = parse(text)
    missing = found.person.isna()[0] or found.check_wrong[0]
    assert canonical(text) == (None if missing else found.person[0])


@given(st.lists(st.text("0123456789Xx ", max_size=19) | numbers | old | st.none(), max_size=10))
def test_what_is_no_number_is_nobody(texts):
    found = identity.parse(pd.Series(texts, dtype="str"))
    for place, text in enumerate(texts):
        text = text or ""  # noqa: PLW2901  # missing is as empty
        eighteen = len(text) == 18 and text[:17].isdigit() and text[17] in "0123456789X"
        shaped = eighteen or (len(text) == 15 and text.isdigit())
        assert (found.key[place] != identity.NOBODY) == shaped
        assert pd.notna(found.person[place]) == shaped
        assert found.upgraded[place] == (shaped and not eighteen)


@given(st.lists(st.tuples(numbers, st.integers(0, 17), st.characters(codec="utf-8")), max_size=5))
def test_one_other_character_makes_it_no_number(mistaken):
    texts = [number[:place] + one + number[place + 1 :] for number, place, one in mistaken]
    found = identity.parse(pd.Series(texts, dtype="str"))
    for place, text in enumerate(texts):
        shaped = re.fullmatch("[0-9]{17}[0-9X]", text) is not None
        assert (found.key[place] != identity.NOBODY) == shaped
        assert (found.birth[place], found.region[place]) == (
            (int(text[6:14]), int(text[:6])) if shaped else (0, 0)
        )


def test_eighteen_bytes_are_not_eighteen_digits():
    found = parse("张三李四王五", "１２３４５６", "１234567890123456", "14012219800101001é")
    assert (found.key == identity.NOBODY).all()
    assert found.person.isna().all()


def test_a_column_of_many_slices_is_parsed_as_number_by_number():
    body = np.random.default_rng(1).integers(10**16, 10**17, 40_000)
    given_numbers = [f"{number}{number % 10}" for number in body.tolist()]
    given_numbers[::13_337] = ["140122800101001"] * 3
    found = parse(*given_numbers)
    checks = [ric.calc_check_digit(number) if len(number) > 15 else "8" for number in given_numbers]
    wrong = [len(n) > 15 and n[-1] != check for n, check in zip(given_numbers, checks, strict=True)]
    assert found.check_wrong.tolist() == wrong
    full = ["140122198001010018" if len(number) == 15 else number for number in given_numbers]
    assert found.person.tolist() == full
    assert found.key.tolist() == [int(n[:17]) * 11 + int(n[17]) for n in full]


@given(st.lists(numbers, min_size=2, max_size=10))
def test_keys_are_equal_where_numbers_are(given_numbers):
    keys = parse(*given_numbers).key
    assert len(set(keys.tolist())) == len(set(given_numbers))


def test_an_old_number_is_the_same_person():
    found = parse("140122800101001", "140122198001010018")
    assert list(found.person) == ["140122198001010018"] * 2
    assert found.key[0] == found.key[1]
    assert list(found.upgraded) == [True, False]
    assert not found.check_wrong.any()


def test_a_slice_of_a_column_is_parsed_like_a_column():
    whole = pd.Series(["1", "140122198001010018", None, "140122800101001"], dtype="str")
    assert list(identity.parse(whole.iloc[1:]).person.dropna()) == ["140122198001010018"] * 2


@pytest.mark.parametrize(
    ("birth", "possible"),
    [
        (20220229, False),
        (20240229, False),
        (19901301, False),
        (19900001, False),
        (19900431, False),
        (19900400, False),
        (20220831, True),
        (18490101, False),
    ],
)
def test_births(birth, possible):
    assert identity.births_possible(np.array([birth]), TODAY)[0] == possible


@pytest.mark.parametrize(("birth", "age"), [(19110831, 111), (20220831, 0)])
def test_ages(birth, age):
    assert identity.ages(np.array([birth]), TODAY)[0] == age


@pytest.mark.parametrize("code", [140122, 142322, 810000, 820000, 830000, 140121, 142201])
def test_regions_in_force_abolished_and_of_permits_are_known(code):
    assert code in identity.region_codes()
