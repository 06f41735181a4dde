"""A batch's bank files made in parts are those that are made at once."""

import dataclasses
import io
import re
import zipfile

import openpyxl
import pandas as pd
import pytest

from relief_cli.banks.planning import locate, plan_files
from relief_cli.banks.rereading import BankFileFaultError
from relief_cli.banks.writing import Job, render_job
from relief_cli.reports import payment_files
from relief_cli.reports.lists import payments_csv

FORMATS = ("ccb-txt", "voucher-register", "shanxi-rcu")


@pytest.fixture
def job(templates, context, make_payments):
    """Give 13,200 payments in files of 3, of 1,000 and of 10,000."""
    formats = {name: templates[name] for name in FORMATS}
    formats["ccb-txt"] = dataclasses.replace(templates["ccb-txt"], rows_per_file=3)
    tables, first = [], 1
    for name, count in zip(FORMATS, (200, 2_500, 10_500), strict=True):
        people = [("王小明", f"10100120{number:06}", number) for number in range(1, count + 1)]
        tables.append(make_payments(people, name, first=first))
        first += count
    payments = pd.concat(tables, ignore_index=True)
    return Job(plan_files(payments, formats, context), payments, formats, context)


def test_parts_together_are_the_whole(job):
    parts = payment_files.parts_of(job)
    made = payment_files.joined(job, [payment_files.make_part(job, part) for part in parts])
    assert len(parts) == 3
    assert made.bank == render_job(job, 0, len(job.planned))
    # Also where each is made by itself, so that none has anything of another.
    assert made.bank == [
        content
        for place in range(len(job.planned))
        for content in render_job(dataclasses.replace(job), place, place + 1)
    ]
    assert made.payments_csv == payments_csv(job.payments, locate(job.planned))


def test_registers_made_from_one_blank_say_their_own_facts(job):
    registers = [place for place, file in enumerate(job.planned) if "register" in file.format]
    made = render_job(job, registers[0], registers[-1] + 1)
    said = []
    for content in made:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            assert not any("\ue000" in book.read(name).decode() for name in book.namelist())
            # Deflate gives other bytes on other machines, and the digests are in the ledger.
            assert {part.compress_type for part in book.infolist()} == {zipfile.ZIP_STORED}
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        said.append(re.search(r"共 (\d+) 张，([\d.]+) 元", sheet["A2"].value).groups())
    # 1 + … + 1000 fen, 1001 + … + 2000, 2001 + … + 2500.
    assert said == [("1000", "5005.00"), ("1000", "15005.00"), ("500", "11252.50")]


def test_a_batch_without_payments_through_files_has_none(job):
    empty = dataclasses.replace(job, planned=[], payments=job.payments[:0])
    parts = payment_files.parts_of(empty)
    made = payment_files.joined(empty, [payment_files.make_part(empty, part) for part in parts])
    assert made.bank == []


@pytest.mark.parametrize("left_out", [0, -1])
def test_a_payment_in_no_file_is_a_fault_of_the_whole(job, left_out):
    planned = list(job.planned)
    del planned[left_out]
    lacking = dataclasses.replace(job, planned=planned)
    parts = payment_files.parts_of(lacking)
    made = [payment_files.make_part(lacking, part) for part in parts[1:]]
    with pytest.raises(BankFileFaultError, match="of 13200 payments are in bank files"):
        payment_files.joined(lacking, [[b""], *made])
