"""A run whose files a second process makes and writes, as one of tens of thousands of people is."""

import pytest
from golden.books import digests, recorded
from golden.running import SAMPLES, done, make_office, run
from processes import alive, wait_until

from relief_cli.errors import RefusedError
from relief_cli.ledger.record import WritableBook
from relief_cli.payouts import actions, exporting
from relief_cli.reports import batch_files

DATABASES = ("sqlite",)  # it is about files
BATCH = "one-time-2022-08-1"


@pytest.fixture
def beside(monkeypatch):
    """Let every run start the process, and give what it was started with."""
    monkeypatch.setattr(actions, "_LARGE", 1)
    monkeypatch.setattr(batch_files, "_PAYMENTS_IN_PART", 200)
    begin, shops = exporting.begin, []

    def begun(shop, *arguments):
        shops.append(shop)
        return begin(shop, *arguments)

    monkeypatch.setattr(exporting, "begin", begun)
    return shops


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Give the digests of the files that a run without the process wrote."""
    office = make_office(tmp_path_factory.mktemp("alone") / "office")
    done(office, SAMPLES)
    return digests(office / "out" / BATCH)


def meanwhile(monkeypatch, shops, doing):
    """Let ``doing`` happen before a batch is in the ledger for good."""
    record = WritableBook.record

    def recording(book, batch, *arguments):
        doing(shops[0].beside._started)  # noqa: SLF001
        record(book, batch, *arguments)

    monkeypatch.setattr(WritableBook, "record", recording)


def test_the_files_are_those_of_a_run_alone(tmp_path, beside, alone):
    office = make_office(tmp_path / "office")
    done(office, SAMPLES)
    assert beside[0].beside._started is None  # noqa: SLF001  # it has ended
    assert digests(office / "out" / BATCH) == alone


def test_what_it_wrote_before_it_died_is_written_anew(tmp_path, monkeypatch, beside, alone):
    office = make_office(tmp_path / "office")
    cut = []

    def die(process):
        wait_until(process.pipe.poll)  # it has done all
        process.process.kill()
        process.process.join()
        process.pipe.recv_bytes()  # so that nothing is left of its answer
        (partial,) = (office / "out").iterdir()
        for path in sorted(partial.rglob("*.*")):
            path.write_bytes(path.read_bytes()[:50])
            cut.append(path.name)

    meanwhile(monkeypatch, beside, die)
    done(office, SAMPLES)
    assert "payments.csv" in cut
    assert len(cut) > 1
    assert digests(office / "out" / BATCH) == alone


def test_a_refusal_leaves_neither_the_process_nor_its_files(tmp_path, monkeypatch, beside):
    office = make_office(tmp_path / "office")
    pids = []

    def refuse(process):
        pids.append(process.process.pid)
        wait_until(lambda: any((office / "out").rglob("bank/*")))  # it is at work
        raise RefusedError("already-paid", "made up")

    meanwhile(monkeypatch, beside, refuse)
    answer = run(office, SAMPLES)
    assert answer.code == RefusedError.exit_code
    wait_until(lambda: not alive(pids[0]))
    assert list((office / "out").iterdir()) == []
    assert recorded(office)["batches"] == []
