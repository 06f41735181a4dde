import pandas as pd
import pytest

from relief_cli.errors import PolicyError
from relief_cli.policy import load, tables


def classify(category, residence=None, files=()):
    column = pd.Series([category], dtype="str", index=[7])
    code = tables.classify(
        load(files).categories, column, pd.Series([residence], dtype="str", index=[7])
    )
    assert code.dtype == column.dtype
    assert code.index.tolist() == [7]
    return None if code.isna().item() else code.item()


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("城市低保", "urban_dibao"),
        ("城镇低保", "urban_dibao"),
        ("农村低保", "rural_dibao"),
        ("农村低保（单人）", "rural_dibao"),
        ("农村低保(单人)", "rural_dibao"),
        (" 农村\u3000低保\n", "rural_dibao"),
        ("低保", "dibao"),
        ("特困", "tekun"),
        ("特困人员", "tekun"),
        ("特困供养", "tekun"),
        ("城市特困", "urban_tekun"),
        ("农村特困", "rural_tekun"),
        ("农村五保", "rural_tekun"),
        ("孤儿", "orphan"),
        ("事实无人抚养儿童", "unsupported_child"),
        ("低保边缘", "dibao_margin"),
        ("低保边缘家庭", "dibao_margin"),
        ("支出型困难", "expenditure_hardship"),
        ("临时救助", "temporary_assistance"),
        ("低保？", None),
        ("富裕", None),
        (None, None),
        ("", None),
    ],
)
def test_words_of_rosters(word, code):
    assert classify(word) == code


@pytest.mark.parametrize(
    ("word", "residence", "code"),
    [
        ("低保", "城镇", "urban_dibao"),
        ("低保", "非农", "urban_dibao"),
        ("低保", "非农业户口", "urban_dibao"),
        ("低保", "农村", "rural_dibao"),
        ("低保", "农业", "rural_dibao"),
        ("低保", "农业户口", "rural_dibao"),
        ("特困", "农业户口", "rural_tekun"),
        ("特困供养", "城镇", "urban_tekun"),
        ("低保", "其他", "dibao"),
        ("农村低保", "城镇", "rural_dibao"),
        ("孤儿", "城镇", "orphan"),
        ("富裕", "城镇", None),
        (None, "城镇", None),
    ],
)
def test_the_residence_settles_what_the_word_leaves_open(word, residence, code):
    assert classify(word, residence) == code


def test_a_column_keeps_its_index_and_order():
    category = pd.Series(["低保", "孤儿", None, "低保"], dtype="str", index=[3, 1, 2, 0])
    residence = pd.Series(["农业", None, "农业", None], dtype="str", index=[3, 1, 2, 0])
    codes = tables.classify(load().categories, category, residence)
    expected = pd.Series(["rural_dibao", "orphan", None, "dibao"], dtype="str", index=[3, 1, 2, 0])
    pd.testing.assert_series_equal(codes, expected)


def test_an_empty_column():
    empty = pd.Series(dtype="str")
    assert tables.classify(load().categories, empty, empty).tolist() == []


def test_titles_in_both_languages():
    categories = load().categories
    assert categories.title("rural_dibao", "zh") == "农村低保"
    assert categories.title("rural_dibao", "en") == "rural dibao"
    assert "rural_dibao" in categories.codes


def test_an_office_adds_words_and_categories(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        """
[[category]]
code = "rural_dibao"
aliases = ["农低保"]

[[category]]
code = "veteran"
zh = "困难退役军人"
en = "veteran in hardship"

[residence]
rural = ["村民"]
""",
        encoding="utf-8",
    )
    assert classify("农低保", files=[path]) == "rural_dibao"
    assert classify("农村低保", files=[path]) == "rural_dibao"
    assert classify("困难退役军人", files=[path]) == "veteran"
    assert classify("低保", "村民", files=[path]) == "rural_dibao"
    assert load([path]).categories.title("rural_dibao", "zh") == "农村低保"


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ('[[category]]\ncode = "new"\nzh = "新"', "policy-key-missing", "category.new.en"),
        ('[[category]]\nzh = "新"', "policy-key-missing", "category.code"),
        ('[[category]]\ncode = "New"', "policy-type", "category.code"),
        ('[[category]]\ncode = "dibao"\nalias = ["x"]', "policy-key-unknown", "category.alias"),
        ('[[category]]\ncode = "dibao"\naliases = "x"', "policy-type", "category.aliases"),
        ('[[category]]\ncode = "dibao"\naliases = [" "]', "policy-type", "category.aliases"),
        ('[category]\ncode = "dibao"', "policy-type", "category"),
        ('[residence]\ntown = ["x"]', "policy-key-unknown", "residence.town"),
        ('residence = "x"', "policy-type", "residence"),
        (
            '[[category]]\ncode = "dibao"\nurban = "x"',
            "policy-category-unknown",
            "category.dibao.urban",
        ),
        (
            '[[category]]\ncode = "dibao"\naliases = ["孤 儿"]',
            "policy-word-twice",
            "category.dibao.aliases",
        ),
        ('[residence]\nurban = ["农业"]', "policy-word-twice", "residence.urban"),
    ],
)
def test_a_slip_in_an_offices_categories_is_refused_by_name(tmp_path, text, code, key):
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load([path])
    error = caught.value
    assert (error.code, error.file) == (code, "own.toml")
    assert error.values["key"] == key  # noqa: PD011  # of an error, not of a frame
    assert error.remedy_text(str)
