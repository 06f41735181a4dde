"""Which payments go into which file, and what is refused before a byte is written."""

from dataclasses import replace

import pandas as pd
import pytest

from relief_cli.banks.context import missing_settings, usable_formats
from relief_cli.banks.planning import locate, plan_files
from relief_cli.errors import PolicyError, RefusedError


def _people(count):
    return [(f"王{number}", f"62{number:017d}", 100 + number) for number in range(count)]


def _ranges(planned):
    return [(file.first_payment, file.last_payment) for file in planned]


@pytest.mark.parametrize(
    ("count", "ranges"),
    [
        (0, []),
        (1, [(1, 1)]),
        (5, [(1, 5)]),
        (6, [(1, 5), (6, 6)]),
        (11, [(1, 5), (6, 10), (11, 11)]),
    ],
)
def test_split_at_the_row_limit(templates, send, make_payments, count, ranges):
    payments = make_payments(_people(count), "abc-txt")
    planned, written = send(payments, **{"abc-txt": replace(templates["abc-txt"], rows_per_file=5)})
    assert _ranges(planned) == ranges
    assert sum(file.payments for file in written) == count
    assert sum(file.amount_fen for file in written) == payments["amount_fen"].sum()


def test_files_are_numbered_only_where_there_are_several(templates, context, make_payments):
    templates = templates | {"ccb-txt": replace(templates["ccb-txt"], rows_per_file=2)}
    planned = plan_files(make_payments(_people(3), "ccb-txt"), templates, context)
    assert [file.path for file in planned] == [
        "bank/ccb-one-time-2022-08-1-01.txt",
        "bank/ccb-one-time-2022-08-1-02.txt",
    ]
    [single] = plan_files(make_payments(_people(2), "ccb-txt"), templates, context)
    assert single.path == "bank/ccb-one-time-2022-08-1.txt"


@pytest.mark.parametrize(("count", "first"), [(2, "01"), (99, "01"), (100, "001"), (1000, "0001")])
def test_several_files_stand_in_their_order_by_name(
    templates, context, make_payments, count, first
):
    payments = make_payments([("王小明", "101001201234", 1)] * count, "ccb-txt")
    single = {"ccb-txt": replace(templates["ccb-txt"], rows_per_file=1)}
    paths = [file.path for file in plan_files(payments, single, context)]
    assert paths[0] == f"bank/ccb-one-time-2022-08-1-{first}.txt"
    assert paths[-1] == f"bank/ccb-one-time-2022-08-1-{count:0{len(first)}}.txt"
    assert paths == sorted(paths)


def test_serial_and_line_start_again_in_each_file(tmp_path, templates, send, make_payments):
    small = replace(templates["abc-txt"], rows_per_file=2)
    planned, written = send(make_payments(_people(3), "abc-txt"), **{"abc-txt": small})
    second = (tmp_path / written[1].path).read_text("gbk")
    assert second == "1,6200000000000000002,王2,1.02,一次性生活补贴000003\n"
    assert locate(planned)["line"].tolist() == [1, 2, 1]
    assert locate(planned)["payment"].tolist() == [1, 2, 3]


def test_a_bank_has_its_own_files_where_the_name_says_the_bank(templates, context, make_payments):
    payments = pd.concat(
        [
            make_payments(_people(2), "generic-xlsx", bank="104"),
            make_payments(_people(2), "generic-xlsx", bank="403", first=3),
            make_payments(_people(1), "generic-xlsx", bank=None, first=5),
        ],
        ignore_index=True,
    )
    planned = plan_files(payments, templates, context)
    assert [(file.bank, file.path) for file in planned] == [
        ("104", "bank/104-one-time-2022-08-1.xlsx"),
        ("403", "bank/403-one-time-2022-08-1.xlsx"),
        ("other", "bank/other-one-time-2022-08-1.xlsx"),
    ]
    # ICBC's file takes any bank's accounts, so they stay together.
    together = plan_files(payments.assign(format="icbc-bpt"), templates, context)
    assert _ranges(together) == [(1, 5)]


def test_nothing_is_planned_from_a_gap(templates, context, make_payments):
    with pytest.raises(ValueError, match="numbered"):
        plan_files(make_payments(_people(3), "ccb-txt").drop(index=1), templates, context)


def test_missing_setting_is_named(templates, context, make_payments, three):
    bare = replace(context, payer_account="")
    with pytest.raises(PolicyError) as caught:
        plan_files(make_payments(three, "icbc-bpt"), templates, bare)
    assert caught.value.code == "bank-setting-missing"
    assert "payer_account" in str(caught.value)
    assert '[payer] account = "…"' in caught.value.remedy_text(str)


def test_fresh_office_can_pay_through_the_credit_union(templates, context, make_payments, three):
    fresh = replace(context, sender="", payer_name="", payer_account="", payer_bank_name="")
    assert missing_settings(templates["shanxi-rcu"], fresh) == []
    assert missing_settings(templates["icbc-bpt"], fresh) == [
        "payer_account",
        "payer_bank_name",
        "payer_name",
    ]
    assert set(templates) - usable_formats(templates, fresh) == {
        "icbc-bpt",
        "icbc-xlsx",
        "reserve-register",
        "voucher-register",
        "pain.001",
    }
    [planned] = plan_files(make_payments(three, "shanxi-rcu"), templates, fresh)
    assert planned.path == (
        "bank/140122To402161002352/140122_140122To402161002352_one-time-2022-08-1.txt"
    )


def test_unknown_format_is_named(templates, context, make_payments, three):
    with pytest.raises(PolicyError, match="no bank format nobank"):
        plan_files(make_payments(three, "nobank"), templates, context)


@pytest.mark.parametrize("sender", ["../up", "a/b", "a\\b", "a\nb", "a:b"])
def test_setting_cannot_lead_out_of_the_folder(templates, context, make_payments, three, sender):
    with pytest.raises(PolicyError) as caught:
        plan_files(make_payments(three, "shanxi-rcu"), templates, replace(context, sender=sender))
    # A format of lines refuses the line end wherever the setting stands.
    assert caught.value.code == ("bank-setting-unfit" if "\n" in sender else "bank-file-name")


def test_setting_with_a_delimiter_is_refused(templates, context, make_payments, three):
    with pytest.raises(PolicyError, match="cannot hold the text of purpose") as caught:
        plan_files(make_payments(three, "abc-txt"), templates, replace(context, purpose="a,b"))
    assert caught.value.code == "bank-setting-unfit"


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("shanxi-rcu", "王@|$明"),
        ("shanxi-rcu", "王\n明"),
        ("shanxi-rcu", "王䶮"),
        ("ccb-txt", "王|明"),
        ("abc-txt", "王,明"),
        ("icbc-bpt", "王\r明"),
        ("generic-csv", "=1+1"),
        ("generic-csv", "王\u2028明"),
        ("generic-xlsx", "王\x00明"),
    ],
)
def test_name_that_a_file_cannot_hold_is_refused(templates, context, make_payments, template, name):
    payments = make_payments([("王小明", "101", 100), (name, "102", 100)], template)
    assert templates[template].unencodable(payments["payee_name"]).tolist() == [False, True]
    with pytest.raises(RefusedError, match="payment 2") as caught:
        plan_files(payments, templates, context)
    assert name not in str(caught.value)


def test_bank_name_with_a_delimiter_is_refused(templates, context, make_payments, three):
    with pytest.raises(RefusedError, match="bank_name"):
        plan_files(make_payments(three, "icbc-bpt", bank_name="工行|阳曲"), templates, context)
    # A format without that column does not mind, nor does one that quotes.
    plan_files(make_payments(three, "ccb-txt", bank_name="工行|阳曲"), templates, context)
    plan_files(make_payments(three, "generic-csv", bank_name="工行,阳曲"), templates, context)
