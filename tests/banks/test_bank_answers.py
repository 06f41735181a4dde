"""What banks answer, in the layout of each bank, is read; what contradicts itself is refused."""

import pandas as pd
import pytest

from relief_cli.banks import codes
from relief_cli.banks.answer import read_table, read_text
from relief_cli.banks.data_files import DATA
from relief_cli.banks.loading import load_templates
from relief_cli.banks.matching import NOBODY, SentIndex, compared, match, part_of
from relief_cli.errors import PolicyError, RefusedError, UnreadableError

TEMPLATES = load_templates()
CARD, OTHER = "6221550000000000017", "6221550000000000025"


def read(name, text, encoding="gbk"):
    return read_text(text.encode(encoding), TEMPLATES[name].answer, "answer.txt").lines


def told(lines):
    columns = ("account_number", "payee_name", "amount_fen", "outcome", "code")
    return list(lines[list(columns)].itertuples(index=False, name=None))


def rcu(serial, name, fen, card, result, reason=""):
    person = "140122198001010013"
    return f"{serial}@|${name}@|${person}@|${fen}@|${card}@|$0@|$@|$@|${result}@|${reason}"


def test_shanxi_rcu():
    text = "\n".join(
        [
            rcu("000001", "王小明", "30000", CARD, "1"),
            rcu("000002", "李秀英", "1", OTHER, "0", "RJ02 账号户名不符"),
            rcu("000003", "张三", "30000", "101001201234", "0", "6051 已收妥未入账"),
            rcu("000004", "赵六", "30000", "101001201235", "", ""),
        ]
    )
    lines = read("shanxi-rcu", text + "\n")
    assert told(lines) == [
        (CARD, "王小明", 30_000, "paid", ""),
        (OTHER, "李秀英", 1, "failed", "RJ02"),
        ("101001201234", "张三", 30_000, "open", "6051"),
        ("101001201235", "赵六", 30_000, "open", ""),
    ]
    assert list(lines["place"]) == ["1", "2", "3", "4"]
    assert list(lines["serial"]) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    "head", ["", "序号|收款账号|收款人姓名|金额|摘要|交易结果|失败原因|备注一|备注二|\r\n"]
)
def test_ccb(head):
    text = head + (
        f"1|{CARD}|王小明|300.00|补贴|成功||||\r\n"
        f"2|{OTHER}|李秀英|.01|补贴|失败|账户状态不正常 RJ11|||\r\n"
        "3|101001201234|张三|1,234.50|补贴|交易不成功|3999|||\r\n"
    )
    assert told(read("ccb-txt", text)) == [
        (CARD, "王小明", 30_000, "paid", ""),
        (OTHER, "李秀英", 1, "failed", "RJ11"),
        ("101001201234", "张三", 123_450, "failed", "3999"),
    ]


def test_icbc():
    text = (
        "[BatchPayDetail]\n查询时间：2022-08-20 10:00:00\n批次号：0001\n"
        "序号|币种|付款账号|付款单位名称|收款账号|收款单位名称|金额|用途|网上银行状态|银行反馈信息\n"
        f"1|人民币|0502|民政局|{CARD}|王小明|300.00元|补贴000007|处理成功|\n"
        f"2|人民币|0502|民政局|{OTHER}|李秀英|0.01元|补贴000008|被银行拒绝|RJ01\n"
        "3|人民币|0502|民政局|101001201234|张三|1元|补贴000009|银行正在处理|\n"
        "4|人民币|0502|民政局|101001201235|赵六|1元|补贴000010|从未见过|\n"
        "*\n"
    )
    lines = read("icbc-bpt", text)
    assert told(lines) == [
        (CARD, "王小明", 30_000, "paid", ""),
        (OTHER, "李秀英", 1, "failed", "RJ01"),
        ("101001201234", "张三", 100, "open", ""),
        ("101001201235", "赵六", 100, "open", ""),
    ]
    assert list(lines["known"]) == [True, True, True, False]


def test_abc():
    rows = [
        ["批量代发结果"],
        ["序号", "日期", "x", "x", "收款账号", "户名", "x", "金额", "x", "状态", "失败原因"],
        ["1", "", "", "", CARD, "王小明", "", "1,300.00", "", "交易成功", ""],
        ["2", "", "", "", OTHER, "李秀英", "", "300", "", "交易失败", "RJ08"],
        ["合计", "", "", "", "", "", "", "1,600.00", "", "", ""],
    ]
    answer = read_table([("Sheet1", rows)], TEMPLATES["abc-txt"].answer, "answer.xls")
    assert told(answer.lines) == [
        (CARD, "王小明", 130_000, "paid", ""),
        (OTHER, "李秀英", 30_000, "failed", "RJ08"),
    ]
    assert answer.notes == 3


def generic(*rows):
    header = ["序号", "收款人姓名", "收款账号", "金额（元）", "付款编号", "结果", "原因"]
    return [("", [header, *rows])]


def read_generic(*rows):
    return read_table(generic(*rows), TEMPLATES["generic-xlsx"].answer, "answer.csv").lines


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ("成功", "paid"), ("发放成功", "paid"), ("Paid", "paid"), ("SUCCESS", "paid"),
        ("失败", "failed"), ("未成功", "failed"), ("退票", "failed"), ("Rejected", "failed"),
        ("", "open"), ("处理中", "open"), ("已受理", "open"), ("待入账", "open"),
        ("已收妥未入账", "open"), ("accepted", "open"),
    ],
)  # fmt: skip
def test_generic_results(result, outcome):
    lines = read_generic(["1", "王小明", CARD, "300.00", "", result, ""])
    assert list(lines["outcome"]) == [outcome]
    assert list(lines["known"]) == [True]


@pytest.mark.parametrize("name", ["abc-txt", "ccb-txt", "generic-xlsx", "icbc-bpt", "shanxi-rcu"])
@pytest.mark.parametrize(
    "result",
    [
        "提交成功",
        "撤销成功",
        "冲正成功",
        "部分成功",
        "成功0笔",
        "成功1笔失败0笔",
        "授权成功，等候银行",
        "√",
        "×",
        "未退票",
        "2",
    ],
)
def test_words_that_are_on_no_list_leave_the_payment_open(name, result):
    (meant,) = TEMPLATES[name].answer.outcomes(pd.Series([result], dtype="str")).fillna("?")
    assert meant in {"?", "open"}


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("", "paid"), ("交易成功", "paid"), ("0000", "paid"), ("户名不符，已退回", "open"),
        ("账户已销户", "open"), ("RJ01", "open"), ("6051", "open"), ("Rejected by bank", "open"),
    ],
)  # fmt: skip
def test_a_reason_why_not_beside_a_success_leaves_the_payment_open(reason, outcome):
    lines = read_generic(["1", "王小明", CARD, "300.00", "", "成功", reason])
    assert list(lines["outcome"]) == [outcome]
    assert list(lines["known"]) == [outcome == "paid" or reason == "6051"]


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [("已入账", "open"), ("交易成功", "open"), ("RJ01", "failed"), ("", "failed")],
)
def test_a_success_as_the_reason_of_a_failure_is_no_reason_to_pay_again(reason, outcome):
    lines = read_generic(["1", "王小明", CARD, "300.00", "", "失败", reason])
    assert list(lines["outcome"]) == [outcome]


@pytest.mark.parametrize(
    ("total", "agrees"),
    [
        (["合计", "", "", "600.00", "", "", ""], True),
        (["合计", "", "", "600.01", "", "", ""], False),
        (["总笔数：2 总金额：600.00", "", "", "", "", "", ""], True),
        (["总笔数：3", "", "", "", "", "", ""], False),
        (["成功笔数：1，失败笔数：1", "", "", "", "", "", ""], True),
        (["成功笔数：2", "", "", "", "", "", ""], False),
        (["失败金额（元）：300.00", "", "", "", "", "", ""], True),
        (["失败金额（元）：30.00", "", "", "", "", "", ""], False),
    ],
)
def test_totals_are_held_against_the_lines(total, agrees):
    rows = [
        ["1", "王小明", CARD, "300.00", "", "成功", ""],
        ["2", "李秀英", OTHER, "300.00", "", "失败", ""],
        total,
    ]
    if agrees:
        assert len(read_generic(*rows)) == 2
        return
    with pytest.raises(RefusedError) as refused:
        read_generic(*rows)
    assert refused.value.code == "answer-totals"


def test_an_amount_that_cannot_be_read_is_kept_with_its_line():
    lines = read_generic(["1", "王小明", CARD, "三百", "", "成功", ""])
    assert list(lines["amount_fen"]) == [-1]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe\x00\x80\x81", "answer-encoding"),
        ("今天天气很好\n".encode(), "answer-empty"),
        (b"", "answer-empty"),
    ],
)
def test_what_is_no_answer_is_refused(content, code):
    with pytest.raises(UnreadableError) as refused:
        read_text(content, TEMPLATES["ccb-txt"].answer, "x.txt")
    assert refused.value.code == code


def test_control_characters_are_no_part_of_what_is_kept():
    """An .xls may hold any; no ledger in PostgreSQL keeps a NUL."""
    lines = read_generic(["1", "王\0小明", CARD, "300", "", "失\x1f败", "RJ\0 01\x7f"])
    (name,), (outcome,) = lines["payee_name"], lines["outcome"]
    assert (name, outcome) == ("王小明", "failed")
    kept = "".join(lines.astype("str").to_numpy().ravel())
    assert all(character.isprintable() for character in kept)


def test_a_list_without_its_titles_is_refused():
    with pytest.raises(UnreadableError) as refused:
        read_table([("", [["1", CARD, "300"]])], TEMPLATES["generic-csv"].answer, "x.csv")
    assert refused.value.code == "answer-titles"


# --- matching ------------------------------------------------------------------------------------

BATCH = "one-time-2022-08-1"


def sent(*rows):
    """Give payments 1, 2, … from (account, name, fen, part, serial)."""
    names = ["account_number", "payee_name", "amount_fen", "part", "serial"]
    frame = pd.DataFrame(rows, columns=names)
    frame = frame.assign(payment=range(1, len(rows) + 1), name=compared(frame["payee_name"]))
    return frame.astype({"part": "str", "serial": "str"})


def line(account, name="王小明", fen=30_000, serial="", reference=""):
    return {
        "account_number": account, "payee_name": name, "amount_fen": fen, "serial": serial,
        "reference": reference,
    }  # fmt: skip


def matched(lines, payments, part=None):
    found = match(pd.DataFrame(lines), SentIndex(payments), BATCH, part)
    return list(found.payment), list(found.ambiguous)


TWICE = sent((CARD, "王小明", 30_000, "", "1"), (CARD, "王小明", 30_000, "", "2"))
"""One account, name and amount in two payments: only a reference or a line tells them apart."""


def test_the_reference_comes_first():
    lines = [line(CARD, serial="1", reference=f"{BATCH}-000002")]
    assert matched(lines, TWICE) == ([2], [False])


def test_the_short_reference():
    assert matched([line(CARD, reference="一次性生活补贴000002")], TWICE) == ([2], [False])


def test_then_the_line():
    assert matched([line(CARD, serial="2")], TWICE) == ([2], [False])


def test_account_name_and_amount_alone_are_not_enough_where_they_are_ambiguous():
    assert matched([line(CARD)], TWICE) == ([NOBODY], [True])


def test_account_name_and_amount_where_they_name_one():
    payments = sent((CARD, "王小明", 30_000, "", "1"), (CARD, "王小明", 60_000, "", "2"))
    assert matched([line(CARD, fen=60_000)], payments) == ([2], [False])


def test_a_reference_of_another_batch_brings_nothing_here():
    lines = [line(CARD, serial="1", reference="one-time-2022-07-1-000001")]
    payments = sent((CARD, "王小明", 30_000, "", "1"))
    assert matched(lines, payments) == ([NOBODY], [False])


def test_a_reference_whose_account_differs_brings_nothing():
    payments = sent((CARD, "王小明", 30_000, "", "1"))
    assert matched([line(OTHER, reference=f"{BATCH}-000001")], payments)[0] == [NOBODY]


def test_another_amount_is_found_by_its_account():
    payments = sent((CARD, "王小明", 30_000, "", "1"))
    assert matched([line(CARD, fen=1)], payments) == ([1], [False])


def test_a_part_that_the_file_names_tells_lines_apart():
    payments = sent((CARD, "王小明", 30_000, "-01", "1"), (CARD, "王小明", 30_000, "-02", "1"))
    assert matched([line(CARD, serial="1")], payments, part="-02") == ([2], [False])
    assert matched([line(CARD, serial="1")], payments) == ([NOBODY], [True])


@pytest.mark.parametrize("account", ["622155******0017", "6221***************", CARD[:15] + "0000"])
def test_masked_and_shortened_accounts(account):
    payments = sent((CARD, "王小明", 30_000, "", "1"), ("101001201234", "李四", 1, "", "2"))
    assert matched([line(account)], payments) == ([1], [False])
    # Half an account beside nothing else is nobody's.
    assert matched([line(account, name="张三", fen=7)], payments)[0] == [NOBODY]


def test_dots_in_names_are_one():
    payments = sent((CARD, "买买提·艾力", 1, "", "1"), (CARD, "张三", 1, "", "2"))
    assert matched([line(CARD, "买买提•艾力", 1)], payments) == ([1], [False])


@pytest.mark.parametrize(
    ("file", "part"),
    [
        (f"140122_402161002352To140122_{BATCH}.txt", ""),
        (f"x_{BATCH}-02.txt", "-02"),
        ("one-time-2022-08-11.txt", None),
        ("回盘.txt", None),
    ],
)
def test_part_of(file, part):
    assert part_of(file, BATCH) == part


# --- data ----------------------------------------------------------------------------------------


def test_codes_have_their_meaning_in_both_languages():
    known = codes.all_codes()
    assert {"RJ01", "RJ02", "RJ04", "RJ05", "RJ08", "RJ09", "RJ11", "RJ12", "RJ19", "RJ20",
            "RJ90", "RJ99", "6051", "3004", "3009", "3031", "3063", "3999", "6037", "6038",
            "6039", "6041"} <= set(known)  # fmt: skip
    meant = {"3004": "无效卡号", "3009": "无此账户", "3031": "账号户名不符"}
    assert {code: known[code].title["zh"] for code in meant} == meant
    assert "证件" in known["3063"].title["zh"]
    assert "其他错误" in known["3999"].title["zh"]
    for one in known.values():
        assert one.title["zh"] != one.title["en"]
        assert one.remedy["zh"] != one.remedy["en"]
    assert [code for code in known if codes.is_open(code)] == ["6051"]
    assert {code for code, one in known.items() if one.again} == {"RJ19", "RJ99", "WITHDRAWN"}


ANY_SUCCESS = '[[return.results]]\nis = ["*成功*"]\noutcome = "paid"'
TABLE = 'kind = "table"\namount_unit = "fen"\n[return.columns]\n'


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('kind = "text"\namount_unit = "fen"\ndelimiter = "|"', "return.columns"),
        ('like = "no-such"', "return.like"),
        ('kind = "pdf"', "return.kind"),
        (f'{TABLE}account_number = 1\namount = 2\nresult = "结果"', "return.columns"),
        (
            f"{TABLE}account_number = 0\namount = 2\nresult = 3",
            "return.columns.account_number",
        ),
        (
            f"{TABLE}account_number = 1\namount = 2\nresult = 3\n{ANY_SUCCESS}",
            "return.results[1].is",
        ),
        (
            f"{TABLE}account_number = 1\namount = 2\nresult = 3\n{ANY_SUCCESS.replace('*', '?')}",
            "return.results[1].is",
        ),
    ],
)
def test_a_wrong_return_half_is_refused_by_its_key(tmp_path, text, key):
    (tmp_path / "banks").mkdir()
    sound = (DATA / "cmb-xlsx.toml").read_text("utf-8")
    head = sound[: sound.index("[return]")]
    (tmp_path / "banks" / "cmb-xlsx.toml").write_text(f"{head}[return]\n{text}\n", "utf-8")
    with pytest.raises(PolicyError) as refused:
        load_templates(tmp_path)
    assert refused.value.values["key"] == key  # noqa: PD011  # an error's, no frame's
