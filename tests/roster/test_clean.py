"""Typing and exporting leave traces in cells; what was meant stays."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relief_cli.roster import clean


def cleaned(function, *texts):
    return function(pa.array(texts, pa.string())).to_pylist()


@pytest.mark.parametrize(
    ("given_text", "meant"),
    [
        ("140122198001010018", "140122198001010018"),
        ("'140122198001010018", "140122198001010018"),
        ("‘140122198001010018", "140122198001010018"),
        ("`140122198001010018", "140122198001010018"),
        ("１４０１２２１９８００１０１００１８", "140122198001010018"),
        ("14012219800101001x", "14012219800101001X"),
        ("14012219800101001ｘ", "14012219800101001X"),
        ("140122 19800101 0018", "140122198001010018"),
        ("140122\u300019800101\xa00018\n", "140122198001010018"),
        ("\u200b140122198001010018\ufeff", "140122198001010018"),
        ("\u202a6228480000000000018\u202c", "6228480000000000018"),
        ("6228480000000000018\x00", "6228480000000000018"),
        ("6228-48A", "6228-48A"),
        ("无", None),
        ("/", None),
        (" - ", None),
        ("", None),
        ("'", None),
    ],
)
def test_numbers(given_text, meant):
    assert cleaned(clean.numbers, given_text) == [meant]


@pytest.mark.parametrize(
    ("given_text", "meant"),
    [
        ("张三", "张三"),
        ("张 三", "张三"),
        (" 张三\n", "张三"),
        ("张\n三", "张三"),
        ("'张三", "张三"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉 · 买买提", "阿卜杜拉 · 买买提"),
        ("阿依古丽．买买提", "阿依古丽．买买提"),
        ("John  Smith", "John Smith"),
        ("O'Neil", "O'Neil"),
        ("' ’张三", "张三"),
        ("张\u200b三", "张三"),
        ("欧阳\u3000\u3000春", "欧阳春"),
        ("𠮷田 㛃", "𠮷田㛃"),
        ("张三1", "张三1"),
        ("——", None),
        ("NULL", None),
    ],
)
def test_names(given_text, meant):
    assert cleaned(clean.names, given_text) == [meant]


@pytest.mark.parametrize(
    ("given_text", "meant"),
    [
        ("农村低保", "农村低保"),
        (" 农村低保\t", "农村低保"),
        ("无业", "无业"),
        ("/", None),
    ],
)
def test_texts(given_text, meant):
    assert cleaned(clean.texts, given_text) == [meant]


@pytest.mark.parametrize("function", [clean.numbers, clean.names, clean.texts])
def test_missing_stays_missing_and_places_are_kept(function):
    assert cleaned(function, None, " 12 ", None, "34", "无") == [None, "12", None, "34", None]
    assert cleaned(function) == []


@pytest.mark.parametrize("function", [clean.numbers, clean.names, clean.texts])
def test_blank_cells_are_null(function):
    assert cleaned(function, "", " \u3000\xa0\t", "A", None, " ") == [None, None, "A", None, None]


messy = st.text(
    alphabet=st.sampled_from("张三阿·•.． 　\xa0\n\t\u200b\ufeff'’`0123９xXｘ无空-—/NULL"),
    max_size=12,
)


@given(st.lists(messy | st.none(), max_size=8))
@pytest.mark.parametrize("function", [clean.numbers, clean.names, clean.texts])
def test_cleaning_again_changes_nothing(function, texts):
    once = function(pa.array(texts, pa.string()))
    assert function(once).to_pylist() == once.to_pylist()
    assert len(once) == len(texts)
