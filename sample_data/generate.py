"""Make the rosters of this folder again, or made-up rosters of any size for tests and benchmarks.

``python sample_data/generate.py`` writes ``rosters/`` and ``planted.csv`` beside this file. As a
module it gives the pieces: ``people`` makes the truth, ``inject`` and ``also_in`` plant mistakes,
the ``write_…`` functions write one shape of roster each.
"""

import sys
from pathlib import Path

import pandas as pd

if not __package__:  # run as a script: the project's folder is not on the path yet
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sample_data.exports import as_tekun, write_csv, write_tekun
from sample_data.faults import FAULTS, also_in, inject
from sample_data.people import BANKS, COUNTIES, TOWNSHIPS, people
from sample_data.writers import (
    PERSON_COLUMNS,
    household_accounts,
    write_households,
    write_persons,
    write_side_by_side,
    write_table,
)

__all__ = [
    "BANKS",
    "COUNTIES",
    "FAULTS",
    "PERSON_COLUMNS",
    "TOWNSHIPS",
    "also_in",
    "as_tekun",
    "county",
    "household_accounts",
    "inject",
    "people",
    "write_csv",
    "write_households",
    "write_persons",
    "write_side_by_side",
    "write_table",
    "write_tekun",
]

SEED = 2022
PERSONS = 2250
FILES = {  # in the order in which a shell lists them
    "persons": "01黄寨镇等四乡镇低保人员花名册.xlsx",
    "households": "02高村乡侯村乡低保户花名册（以户为单位）.xlsx",
    "export": "03省系统导出_凌井店乡西凌井乡_202208.csv",
    "tekun": "04全县特困人员供养花名册.xls",
}
PLANTED = {
    "persons": {
        "R101": 1, "R102": 2, "R103": 3, "R104": 1, "R105": 1, "R106": 1, "R107": 2, "R108": 1,
        "R109": 1, "R110": 1, "R201": 1, "R202": 1, "R203": 1, "R204": 1, "R205": 1, "R206": 2,
        "R208": 1, "R301": 1, "R304": 1, "R309": 1, "R310": 3, "R401": 2, "F007": 1, "F008": 3,
        "F010": 1, "R211": 1,
    },
    "households": {
        "R102": 1, "R103": 1, "R104": 1, "R201": 1, "R202": 1, "R203": 1, "R302": 1, "R309": 1,
        "R401": 1, "F009": 1,
    },
    "export": {"R101": 1, "R103": 2, "R107": 2, "R202": 1, "R208": 1, "R303": 1, "R310": 2},
    "tekun": {"R103": 1, "R204": 1, "R306": 1, "R307": 1, "R308": 1},
}  # fmt: skip
PLANTED_COLUMNS = ["file", "sheet", "sheet_row", "entry", "person", "name", "fate", "codes"]


def county(folder: Path) -> pd.DataFrame:
    """Write the four rosters of the made-up county into ``folder``.

    Returns:
        Every row of the rosters in reading order: the truth with ``file``, ``sheet``,
        ``sheet_row``, ``entry``, and the expected ``fate`` and ``codes``.
    """
    everybody = people(PERSONS, SEED)
    place = everybody["township"].map({name: at for at, name in enumerate(TOWNSHIPS)})
    truths = {
        "persons": everybody[place < 4],
        "households": household_accounts(everybody[place.between(4, 5)]),
        "export": everybody[place.between(6, 7)],
        "tekun": as_tekun(everybody[place > 7], SEED),
    }
    for number, (shape, faults) in enumerate(PLANTED.items()):
        truths[shape] = inject(truths[shape], faults, SEED + number)
    first, second = truths["persons"], truths["export"]
    second = also_in(first, second, 2, SEED, code="R401", short=False)
    truths["export"] = also_in(first, second, 1, SEED + 1, code="R401", short=True)
    truths["tekun"] = also_in(first, truths["tekun"], 2, SEED + 2, code="R402", short=False)
    folder.mkdir(parents=True, exist_ok=True)
    paths = {shape: folder / name for shape, name in FILES.items()}
    title = "阳曲县2022年8月城乡低保人员花名册"
    written = {
        "persons": write_persons(
            paths["persons"], truths["persons"], title=title, wrong_total="泥屯镇"
        ),
        "households": write_households(paths["households"], truths["households"], title=title),
        "export": write_csv(paths["export"], truths["export"]),
        "tekun": write_tekun(
            paths["tekun"], truths["tekun"], title="阳曲县2022年第三季度特困人员供养花名册"
        ),
    }
    parts = [rows.assign(file=FILES[shape]) for shape, rows in written.items()]
    return pd.concat(parts, ignore_index=True)


def main() -> None:
    """Write the rosters and the list of planted mistakes beside this file."""
    here = Path(__file__).resolve().parent
    rows = county(here / "rosters")
    planted = rows.loc[rows["codes"] != "", PLANTED_COLUMNS]
    planted.to_csv(here / "planted.csv", index=False, lineterminator="\n")
    sys.stdout.write(f"{len(rows)} rows, {len(planted)} of them with planted mistakes\n")


if __name__ == "__main__":
    main()
