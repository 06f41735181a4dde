"""Made-up payments and an office, as every test of bank files needs them."""

import datetime as dt

import pandas as pd
import pytest
from banks.rendered import rendered

from relief_cli.banks.context import BankContext
from relief_cli.banks.loading import load_templates
from relief_cli.banks.writing import write


@pytest.fixture(scope="session")
def templates():
    return load_templates()


@pytest.fixture(scope="session")
def context():
    return BankContext(
        batch="one-time-2022-08-1",
        programme_title="一次性生活补贴",
        cycle="2022-08",
        pay_on=dt.date(2022, 8, 19),
        region="140122",
        region_name="阳曲县",
        purpose="一次性生活补贴",
        sender="5001",
        payer_name="阳曲县民政局",
        payer_account="0502121009000000001",
        payer_bank_name="工行阳曲支行",
        payer_bank_code="102161000017",
    )


@pytest.fixture(scope="session")
def make_payments():
    """Give a function that makes payments from (name, account, fen), all of one format and bank."""

    def make(people, template, *, bank="402", bank_name="阳曲县农村信用合作联社", first=1):
        count = len(people)
        texts = {
            "payee_name": [name for name, _, _ in people],
            "account_number": [account for _, account, _ in people],
            "bank": [bank] * count,
            "bank_name": [bank_name] * count,
            "format": [template] * count,
        }
        frame = pd.DataFrame(
            {name: pd.Series(values, dtype="str") for name, values in texts.items()}
        )
        frame.insert(0, "payment", pd.Series(range(first, first + count), dtype="int64"))
        fen = [fen for _, _, fen in people]
        return frame.assign(
            amount_fen=pd.Series(fen, dtype="int64"), beneficiaries=pd.Series([1] * count)
        )

    return make


@pytest.fixture
def three():
    """Give three payees: 300 yuan, one fen, and 1,234.50 yuan."""
    return [
        ("王小明", "6221550000000000017", 30000),
        ("买买提·艾力", "101001201234", 1),
        ("李秀英", "6221550000000000025", 123450),
    ]


@pytest.fixture
def send(tmp_path, templates, context):
    """Give a function that writes payments below ``tmp_path``: planned and written files."""

    def plan_and_write(payments, folder="", **changed):
        formats = templates | changed
        planned, contents = rendered(payments, formats, context)
        (tmp_path / folder).mkdir(exist_ok=True)
        return planned, write(planned, contents, tmp_path / folder)

    return plan_and_write
