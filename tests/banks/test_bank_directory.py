"""The names of banks that clerks write, and the format of each bank."""

import pandas as pd
import pytest

from relief_cli.banks.directory import Directory
from relief_cli.errors import PolicyError

NAMES = {
    "农信社": "402",
    "信用社": "402",
    "山西农信": "402",
    "阳曲县农村信用合作联社": "402",
    "阳曲县农村信用合作联社泥屯信用社": "402",
    "山西省农村信用社联合社": "402",
    "山西阳曲农村商业银行股份有限公司": "402",
    "尧都农商行": "402",
    "农 商 银 行（泥屯）": "402",
    "中国建设银行阳曲支行": "105",
    "建行": "105",
    "ccb": "105",
    "ＩＣＢＣ太原": "102",
    "中国工商银行股份有限公司晋中分行": "102",
    "农行": "103",
    "中国农业银行": "103",
    "中国农业发展银行": "203",
    "中国银行太原分行": "104",
    "邮储银行": "403",
    "中国邮政储蓄银行": "403",
    "晋商银行": "313",
    "晋中银行": "313",
    "招商银行": "308",
    "泽州浦发村镇银行": None,
    "工行/农行": None,
    "现金": None,
    "": None,
}


def test_names_of_banks():
    found = Directory.load().identify(pd.Series(list(NAMES), dtype="str"))
    expected = pd.Series(list(NAMES.values()), dtype="str", name="bank")
    pd.testing.assert_series_equal(found, expected)


def test_missing_names_keep_their_place():
    names = pd.Series([None, "农行", None, "农行"], dtype="str", index=[7, 3, 5, 1])
    found = Directory.load().identify(names)
    assert found.isna().tolist() == [True, False, True, False]
    assert found.index.tolist() == [7, 3, 5, 1]
    assert Directory.load().identify(names.iloc[:0]).tolist() == []
    assert Directory.load().identify(names.iloc[:1]).isna().tolist() == [True]


def test_aliases_mean_one_bank_each():
    directory = Directory.load()
    named = {code: bank.aliases for code, bank in directory.banks.items() if bank.aliases}
    # By its name such a bank is one of the credit union; only an office can say otherwise.
    assert directory.banks.keys() - named.keys() == {"314"}
    for code, aliases in named.items():
        assert set(directory.identify(pd.Series(aliases, dtype="str"))) == {code}


def test_formats():
    directory = Directory.load()
    assert {code: name for code, name in directory.formats().items() if "generic" not in name} == {
        "402": "shanxi-rcu",
        "105": "ccb-txt",
        "102": "icbc-bpt",
        "103": "abc-txt",
        "308": "cmb-xlsx",
    }
    assert directory.format_of("104") == "generic-xlsx"
    assert directory.format_of(None) == "generic-xlsx"
    assert directory.format_of("999") == "generic-xlsx"


def test_office_chooses():
    directory = Directory.load({"104": "icbc-bpt", "402": "generic-csv"}, "generic-csv")
    assert directory.format_of("104") == "icbc-bpt"
    assert directory.format_of("402") == "generic-csv"
    assert directory.format_of("403") == "generic-csv"
    assert directory.format_of("105") == "ccb-txt"


def test_format_whose_settings_are_missing_gives_way_unless_chosen():
    assert Directory.load(usable={"ccb-txt"}).format_of("102") == "generic-xlsx"
    assert Directory.load(usable={"ccb-txt"}).format_of("105") == "ccb-txt"
    assert Directory.load({"102": "icbc-bpt"}, usable=set()).format_of("102") == "icbc-bpt"


def test_unknown_bank_code_is_named():
    with pytest.raises(PolicyError, match="no bank with the code 999"):
        Directory.load({"999": "ccb-txt"})


def test_formats_are_templates_that_there_are(templates):
    assert set(Directory.load().formats().values()) <= set(templates)


def test_titles():
    assert Directory.load().title("102", "zh") == "中国工商银行"
    assert Directory.load().title("102", "en") == "Industrial and Commercial Bank of China"
