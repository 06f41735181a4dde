"""Text formats, byte for byte as the facts about each bank describe them."""

import stat
from dataclasses import replace

import pandas as pd
import pytest

from relief_cli.banks.planning import cover_lines, plan_files
from relief_cli.banks.rereading import fen_of, read_fields

# The whole file, put down by hand from the description of each format.
GOLDEN = {
    "shanxi-rcu": (
        "140122To402161002352/5001_140122To402161002352_one-time-2022-08-1.txt",
        (
            "000001@|$王小明@|$140122195003070017@|$30000@|$6221550000000000017@|$0@|$@|$@|$@|$\n"
            "000002@|$买买提·艾力@|$@|$1@|$101001201234@|$0@|$@|$@|$@|$\n"
            "000003@|$李秀英@|$140122196112300028@|$123450@|$6221550000000000025@|$0@|$@|$@|$@|$\n"
        ),
    ),
    "ccb-txt": (
        "ccb-one-time-2022-08-1.txt",
        (
            "6221550000000000017|王小明|300.00|\r\n"
            "101001201234|买买提·艾力|0.01|\r\n"
            "6221550000000000025|李秀英|1234.50|\r\n"
        ),
    ),
    "abc-txt": (
        "abc-one-time-2022-08-1.txt",
        (
            "1,6221550000000000017,王小明,300.00,一次性生活补贴000001\r\n"
            "2,101001201234,买买提·艾力,0.01,一次性生活补贴000002\r\n"
            "3,6221550000000000025,李秀英,1234.50,一次性生活补贴000003\r\n"
        ),
    ),
    "icbc-bpt": (
        "icbc-one-time-2022-08-1.bpt",
        (
            "#总计信息\n"
            "#注意：本文件中的金额均以分为单位！\n"
            "#币种|日期|总计标志|总金额|总笔数|\n"
            "RMB|20220819|1|153451|3|\n"
            "#明细指令信息\n"
            "#币种|日期|明细标志|顺序号|付款账号开户行|付款账号|付款账号名称|收款账号开户行|收款账号省份|"
            "收款账号地市|收款账号地区码|收款账号|收款账号名称|金额|汇款用途|备注信息|汇款方式|"
            "收款账户短信通知手机号码|自定义序号|\n"
            "RMB|20220819|2|1|工行阳曲支行|0502121009000000001|阳曲县民政局|阳曲县农村信用合作联社|||0000|"
            "6221550000000000017|王小明|30000|一次性生活补贴000001|one-time-2022-08-1-000001|1||000001|\n"
            "RMB|20220819|2|2|工行阳曲支行|0502121009000000001|阳曲县民政局|阳曲县农村信用合作联社|||0000|"
            "101001201234|买买提·艾力|1|一次性生活补贴000002|one-time-2022-08-1-000002|1||000002|\n"
            "RMB|20220819|2|3|工行阳曲支行|0502121009000000001|阳曲县民政局|阳曲县农村信用合作联社|||0000|"
            "6221550000000000025|李秀英|123450|一次性生活补贴000003|one-time-2022-08-1-000003|1||000003|\n"
            "*"
        ),
    ),
    "generic-csv": (
        "402-one-time-2022-08-1.csv",
        (
            "\ufeff序号,收款人姓名,收款账号,开户行,金额（元）,用途,付款编号\r\n"
            "1,王小明,6221550000000000017,阳曲县农村信用合作联社,300.00,一次性生活补贴,"
            "one-time-2022-08-1-000001\r\n"
            "2,买买提·艾力,101001201234,阳曲县农村信用合作联社,0.01,一次性生活补贴,"
            "one-time-2022-08-1-000002\r\n"
            "3,李秀英,6221550000000000025,阳曲县农村信用合作联社,1234.50,一次性生活补贴,"
            "one-time-2022-08-1-000003\r\n"
        ),
    ),
}
ENCODING = {"generic-csv": "utf-8"}


@pytest.fixture
def golden_payments(make_payments, three):
    """Give a function that makes the three payments with the ID numbers of two payees."""

    def make(name):
        numbers = ["140122195003070017", None, "140122196112300028"]
        return make_payments(three, name).assign(payee_id_number=pd.Series(numbers, dtype="str"))

    return make


@pytest.mark.parametrize("name", GOLDEN)
def test_file_is_what_the_bank_reads(name, tmp_path, templates, send, golden_payments):
    payments = golden_payments(name)
    path, text = GOLDEN[name]

    planned, [written] = send(payments)

    file = tmp_path / written.path
    assert written.path == f"bank/{path}"
    assert file.read_bytes() == text.encode(ENCODING.get(name, "gbk"))
    assert (written.payments, written.amount_fen, written.first_payment) == (3, 153451, 1)
    assert written.size == len(file.read_bytes())
    amounts = read_fields(file.read_bytes(), templates[name], path).amounts
    assert fen_of(amounts, templates[name], path).tolist() == [30000, 1, 123450]
    # The line that is said of the first payment is the line where its account stands.
    lines = text.split("\r\n" if "\r\n" in text else "\n")
    assert "6221550000000000017" in lines[planned[0].first_line - 1]


def test_files_and_folders_are_private(tmp_path, send, make_payments, three):
    payments = make_payments(three, "shanxi-rcu")
    _, [written] = send(payments)
    file = tmp_path / written.path
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for folder in (file.parent, file.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_the_credit_union_is_told_beside_the_file(templates, context, make_payments, three):
    [planned] = plan_files(make_payments(three, "shanxi-rcu"), templates, context)
    assert cover_lines(planned, templates["shanxi-rcu"], context) == [
        ("付款单位", "阳曲县民政局"),
        ("项目名称", "一次性生活补贴"),
        ("总金额（分）", "153451"),
        ("总笔数", "3"),
    ]


def test_csv_quotes_and_defuses_a_bank_name(tmp_path, send, make_payments):
    payments = make_payments(
        [("王小明", "101", 100), ("李秀英", "102", 200)],
        "generic-csv",
        bank_name='=HYPERLINK("x",1)',
    )
    _, [written] = send(payments)
    lines = (tmp_path / written.path).read_text("utf-8-sig").split("\n")
    assert lines[1].split(",", 3)[3].startswith('"\'=HYPERLINK(""x"",1)",1.00,')


def test_csv_quotes_by_its_own_delimiter(tmp_path, templates, send, make_payments):
    semicolons = replace(templates["generic-csv"], delimiter=";")
    payments = make_payments([("王小明", "101", 100)], "generic-csv", bank_name="a;b,c")
    _, [written] = send(payments, **{"generic-csv": semicolons})
    text = (tmp_path / written.path).read_text("utf-8-sig")
    assert text.split("\n")[1].startswith('1;王小明;101;"a;b,c";1.00;')
