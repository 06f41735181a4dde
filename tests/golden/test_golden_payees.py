"""Name and ID of a line that goes to a bank are one person's, whoever else is paid by it."""

from pathlib import Path

import pytest
from golden import rosters
from golden.running import SAMPLES, done, make_office

from sample_data import generate

SEPARATOR = "@|$"


def lines_of(answer):
    """Give name, ID and account of every line of the credit union's files."""
    for file in answer["files"]:
        if file["format"] == "shanxi-rcu":
            text = Path(answer["output"], file["path"]).read_text("gbk")
            for line in text.splitlines():
                _, name, number, _, account, *_ = line.split(SEPARATOR)
                yield name, number, account


def check(answer, rows):
    known = {*zip(rows["name"], rows["person"], strict=True)}
    known |= {*zip(rows["head_name"], rows["head_id_number"], strict=True)}
    accounts = {}
    for home, account in zip(rows["household"], rows["account_number"], strict=True):
        accounts.setdefault(home, set()).add(account)
    home_of = dict(zip(rows["person"], rows["household"], strict=True))
    told = list(lines_of(answer))
    assert len(told) > 50
    for name, number, account in told:
        if number:
            assert (name, number) in known
            assert account in accounts[home_of[number]]
        else:  # an institution's
            assert name in set(rows["institution_name"])


def test_of_the_sample_county(tmp_path):
    rows = generate.county(tmp_path / "in")
    check(done(make_office(tmp_path / "office"), SAMPLES), rows)


@pytest.mark.parametrize("shape", ["persons", "households", "side", "csv"])
def test_of_a_roster_of_each_shape(tmp_path, shape):
    paths, rows = rosters.make(tmp_path / "in", 23, 400, (shape,), faults={})
    check(done(make_office(tmp_path / "office"), paths), rows)
