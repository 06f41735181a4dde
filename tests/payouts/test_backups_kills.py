"""A backup or a restore that is killed at any moment leaves nothing half in place."""

import json
import shutil
import sys
from pathlib import Path

import pytest
from golden.books import digests, recorded
from golden.running import SAMPLES, make_office, process, relief, run

KILLING = Path(__file__).with_name("killing.py")
STEP = 5
"""Of so many points one is tried in the matrix."""

pytestmark = pytest.mark.disk
DATABASES = ("sqlite",)  # it is about files


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give an office that has paid, with a bank format of its own, and its backup beside it."""
    folder = tmp_path_factory.mktemp("made")
    office = make_office(folder / "office")
    shutil.copy(
        Path(run.__code__.co_filename).parents[2] / "relief_cli/banks/data/generic-csv.toml",
        office / "banks" / "own.toml",
    )
    assert run(office, SAMPLES[:1]).code == 1
    assert relief("--office", office, "backup", folder / "backup.tar").code == 0
    return office, folder / "backup.tar"


@pytest.fixture(scope="module")
def step(pytestconfig):
    return STEP if pytestconfig.option.matrix else STEP + 3


def lost(made, folder):
    """Give an office that lost its ledger and a bank format."""
    office = shutil.copytree(made[0], folder / "office")
    (office / "ledger.sqlite").unlink()
    (office / "banks" / "own.toml").unlink()
    return office


def bare(made, folder):
    """Give an office of which only what went out is left."""
    office = shutil.copytree(made[0], folder / "office")
    (office / "ledger.sqlite").unlink()
    (office / "banks" / "own.toml").unlink()
    (office / "relief.toml").unlink()
    return office


def new(_made, folder):
    return folder / "office"


def whole(made, folder):
    return shutil.copytree(made[0], folder / "office")


def jobs_of(points, made, state, command, folder):
    jobs = []
    for point in points:
        own = folder / str(point)
        own.mkdir()
        office = state(made, own)
        jobs.append(
            {
                "arguments": ["--json", "--office", str(office), *command],
                "kill_at": point, "folder": str(own), "left": str(office),
            }
        )  # fmt: skip
    (folder / "jobs.json").write_text(json.dumps(jobs), "utf-8")
    told = process([sys.executable, KILLING, folder / "jobs.json"], timeout=300)
    assert told.code == 0, told.err
    return list(zip(jobs, told.json, strict=True))


def killed_everywhere(made, state, command, folder, step):
    """Kill a command at many points; give the folder of each and what was told afterwards."""
    ((counted, _),) = jobs_of([0], made, state, command, folder)
    told = json.loads((Path(counted["folder"]) / "first.json").read_text("utf-8"))
    assert told["code"] == 0, told["err"]
    points = range(1, told["calls"] + 1, step)
    assert len(points) > 4
    for job, ended in jobs_of(points, made, state, command, folder):
        assert ended == {"killed": True, "status": 0}, job
        again = json.loads((Path(job["folder"]) / "again.json").read_text("utf-8"))
        assert again["code"] == 0, (job, again["err"])
        yield Path(job["folder"])


def visible(folder):
    return {name: digest for name, digest in digests(folder).items() if not name.startswith(".")}


@pytest.mark.parametrize(
    "state", [new, *(pytest.param(state, marks=pytest.mark.matrix) for state in (lost, bare))]
)
def test_a_killed_restore_leaves_no_office_that_pays_by_half_of_it(made, tmp_path, state, step):
    office, backup = made
    command = ["restore", str(backup)]
    paying = 0
    for folder in killed_everywhere(made, state, command, tmp_path, step):
        between, after = folder / "between", folder / "office"
        names = visible(between).keys() if between.is_dir() else set()
        if {"relief.toml", "ledger.sqlite"} <= names:  # it pays
            paying += 1
            assert recorded(between) == recorded(office)
            assert "banks/own.toml" in names
        if state is new:
            assert names in (set(), visible(after).keys())
        assert recorded(after) == recorded(office)
        for name in ("relief.toml", "banks/own.toml"):
            assert (after / name).read_bytes() == (office / name).read_bytes()
        assert list(folder.rglob(".*.partial-*")) == [*between.rglob(".*.partial-*")]
    assert paying or state is not lost  # others come to it by one of the last calls alone


def test_a_killed_backup_leaves_a_whole_one_or_none(made, tmp_path, step):
    expected = made[1].read_bytes()
    for folder in killed_everywhere(made, whole, ["backup"], tmp_path, step):
        for place in folder.rglob("backup/*.tar"):
            assert place.read_bytes() == expected
        assert len(list((folder / "office" / "backup").iterdir())) == 1
        assert recorded(folder / "office") == recorded(made[0])
        assert list((folder / "office").glob(".*")) == []
