"""A batch's bank files made in parts are those that are made at once."""

import dataclasses
import hashlib
import io
import re
import zipfile
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest
from ledger.made_batch import make_batch, persons

from relief_cli.banks.planning import locate, plan_files
from relief_cli.banks.rereading import BankFileFaultError
from relief_cli.banks.writing import Job, render_job
from relief_cli.errors import UsageError
from relief_cli.files import remove_leftovers, sha256_of
from relief_cli.payouts.setting import wording
from relief_cli.reports import batch_files
from relief_cli.reports.batch_files import Order
from relief_cli.reports.lists import payments_csv

NO_POLICY = SimpleNamespace(categories=SimpleNamespace(by_code={}))
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


@pytest.fixture
def order(job, tmp_path):
    """Give the order of all files, in a folder; the reports are of the same payments."""
    return ordered(job, tmp_path / "batch")


def ordered(job, folder):
    """Order a job's files in ``folder``."""
    payments = job.payments.assign(payee_id_number="140101195001010019")
    batch = dataclasses.replace(make_batch(persons(0, 4)), payments=payments)
    folder.mkdir(exist_ok=True)
    return Order(job, batch, wording("en", NO_POLICY), folder, "")


def made_of(order):
    """Make all parts, and complete them."""
    parts = batch_files.parts_of(order.job)
    return batch_files.complete(order, [batch_files.make_part(order, part) for part in parts])


def test_while_a_part_is_made_nobody_takes_the_folder_for_a_leftover(job, tmp_path, monkeypatch):
    order = ordered(job, tmp_path / f".batch.partial-1-{'0' * 16}")

    def cleaned_meanwhile(order):
        remove_leftovers(order.folder.parent)
        return b"list"

    monkeypatch.setitem(batch_files._LISTS, "skipped.csv", cleaned_meanwhile)  # noqa: SLF001
    batch_files.make_part(order, "skipped.csv")
    assert (order.folder / "skipped.csv").read_bytes() == b"list"
    remove_leftovers(tmp_path)
    assert not order.folder.exists()
    with pytest.raises(UsageError) as caught:
        batch_files.make_part(order, "skipped.csv")
    assert caught.value.code == "write-failed"


def digests_of(files):
    return {file.path: file.sha256 for file in files}


def test_parts_together_are_the_whole(order):
    job, files = order.job, made_of(order)
    bank, reports = files[: len(job.planned)], files[len(job.planned) :]
    assert [part for part in batch_files.parts_of(job) if not isinstance(part, str)] == [
        (0, 71),
        (71, 72),
    ]
    assert [file.path for file in bank] == [file.path for file in job.planned]
    assert [file.path for file in reports] == [
        *("entitlements.csv", "skipped.csv", "held.xlsx", "payments.csv", "summary.xlsx"),
        "manifest.json",
    ]
    written = [(order.folder / file.path).read_bytes() for file in files]
    assert written[: len(bank)] == render_job(job, 0, len(job.planned))
    # Also where each is made by itself, so that none has anything of another.
    assert written[: len(bank)] == [
        content
        for place in range(len(job.planned))
        for content in render_job(dataclasses.replace(job), place, place + 1)
    ]
    listed = payments_csv(job.payments, locate(job.planned))
    assert written[len(bank) + 3] == listed
    for file, content in zip(files, written, strict=True):
        assert (file.sha256, file.size) == (hashlib.sha256(content).hexdigest(), len(content))


def test_the_summary_tells_the_digest_of_every_bank_file(order):
    job, files = order.job, made_of(order)
    book = openpyxl.load_workbook(order.folder / "summary.xlsx")
    told = [(row[1], row[5]) for row in book["Bank files"].iter_rows(min_row=3, values_only=True)]
    assert told[:-1] == [(file.path, file.sha256[:16]) for file in files[: len(job.planned)]]
    with zipfile.ZipFile(order.folder / "summary.xlsx") as package:
        assert not any("\ufdd0" in package.read(name).decode() for name in package.namelist())


def test_what_a_dead_process_had_begun_is_made_anew(order):
    files = made_of(order)
    begun = [file for file in files if file.path not in {"summary.xlsx", "manifest.json"}]
    for file in begun:
        path = order.folder / file.path
        path.write_bytes(path.read_bytes()[:100])
    for part in batch_files.parts_of(order.job):
        batch_files.make_part(order, part)
    assert {file.path: sha256_of(order.folder / file.path) for file in begun} == digests_of(begun)


def test_a_disk_that_forbids_it_is_named(order):
    (order.folder / "bank").write_text("")
    for name in ("entitlements.csv", "skipped.csv", "held.xlsx", "payments.csv"):
        (order.folder / name).mkdir()
    for part in batch_files.parts_of(order.job):
        if part == "summary.xlsx":
            continue  # a draft is not written
        with pytest.raises(UsageError) as refused:
            batch_files.make_part(order, part)
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
    assert [file.kind for file in made_of(ordered(empty, tmp_path / "batch"))] == [
        *("entitlements", "skipped", "held", "payments", "summary", "manifest"),
    ]


@pytest.mark.parametrize("lost", [slice(-2, -1), slice(-1, None), slice(-2, None)])
def test_a_planned_file_that_was_not_made_is_a_fault(order, lost):
    made = [batch_files.make_part(order, part) for part in batch_files.parts_of(order.job)]
    del made[lost]
    with pytest.raises(BankFileFaultError, match="of 72 bank files were made"):
        batch_files.complete(order, made)
    assert not (order.folder / "summary.xlsx").exists()


@pytest.mark.parametrize("left_out", [0, -1])
def test_a_payment_in_no_file_is_a_fault_of_the_whole(job, tmp_path, left_out):
    planned = list(job.planned)
    del planned[left_out]
    lacking = dataclasses.replace(job, planned=planned)
    with pytest.raises(BankFileFaultError, match="of 13200 payments are in bank files"):
        made_of(ordered(lacking, tmp_path / "batch"))
