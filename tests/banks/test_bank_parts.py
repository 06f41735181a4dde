"""A batch's bank files made in parts are those that are made at once."""

import dataclasses
import hashlib
import io
import re
import zipfile

import openpyxl
import pandas as pd
import pytest

from relief_cli.banks.planning import locate, plan_files
from relief_cli.banks.rereading import BankFileFaultError
from relief_cli.banks.writing import Job, render_job
from relief_cli.errors import UsageError
from relief_cli.files import sha256_of
from relief_cli.reports import payment_files
from relief_cli.reports.lists import payments_csv
from relief_cli.reports.payment_files import Order

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


def made_of(job, folder):
    """Make all parts in ``folder``."""
    folder.mkdir(exist_ok=True)
    parts = payment_files.parts_of(job)
    return payment_files.joined(
        job, [payment_files.make_part(Order(job, folder), part) for part in parts]
    )


def test_parts_together_are_the_whole(job, tmp_path):
    made = made_of(job, tmp_path / "batch")
    assert len(payment_files.parts_of(job)) == 3
    assert [file.path for file in made.bank] == [file.path for file in job.planned]
    written = [(tmp_path / "batch" / file.path).read_bytes() for file in made.bank]
    assert written == render_job(job, 0, len(job.planned))
    # Also where each is made by itself, so that none has anything of another.
    assert written == [
        content
        for place in range(len(job.planned))
        for content in render_job(dataclasses.replace(job), place, place + 1)
    ]
    listed = payments_csv(job.payments, locate(job.planned))
    assert (tmp_path / "batch" / made.payments.path).read_bytes() == listed
    for file, content in [*zip(made.bank, written, strict=True), (made.payments, listed)]:
        assert (file.sha256, file.size) == (hashlib.sha256(content).hexdigest(), len(content))


def test_what_a_dead_process_had_begun_is_made_anew(job, tmp_path):
    made = made_of(job, tmp_path / "batch")
    begun = [made.bank[0], made.bank[-1], made.payments]
    for file in begun:
        path = tmp_path / "batch" / file.path
        path.write_bytes(path.read_bytes()[:100])
    assert made_of(job, tmp_path / "batch") == made
    for file in begun:
        assert sha256_of(tmp_path / "batch" / file.path) == file.sha256


def test_a_disk_that_forbids_it_is_named(job, tmp_path):
    (tmp_path / "batch").mkdir()
    (tmp_path / "batch" / "bank").write_text("")
    (tmp_path / "batch" / "payments.csv").mkdir()
    for part in payment_files.parts_of(job):
        with pytest.raises(UsageError) as refused:
            payment_files.make_part(Order(job, tmp_path / "batch"), part)
        assert refused.value.code == "write-failed"


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


def test_a_batch_without_payments_through_files_has_none(job, tmp_path):
    empty = dataclasses.replace(job, planned=[], payments=job.payments[:0])
    assert made_of(empty, tmp_path / "batch").bank == []


@pytest.mark.parametrize("left_out", [0, -1])
def test_a_payment_in_no_file_is_a_fault_of_the_whole(job, tmp_path, left_out):
    planned = list(job.planned)
    del planned[left_out]
    lacking = dataclasses.replace(job, planned=planned)
    with pytest.raises(BankFileFaultError, match="of 13200 payments are in bank files"):
        made_of(lacking, tmp_path / "batch")
