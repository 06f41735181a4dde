"""Write county rosters of a given size: ``python benchmarks/rosters.py ROWS FOLDER``.

Prints what a run over them must answer: ``{"files": […], "read": n, "paid": n}``. A process of its
own, so that its memory is not counted as the program's.
"""

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pandas as pd

from sample_data.generate import COUNTIES, PERSON_COLUMNS, inject, people, write_table

ROWS_PER_FILE = 11_000
SEED = 38
# In every 10,000 rows: a clerk's ordinary mistakes.
FAULTS = {"R103": 12, "R202": 4, "R401": 7, "R310": 20}


def main() -> None:
    """Write the rosters and print what they hold."""
    rows, folder = int(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    everybody = people(rows, SEED, counties=list(COUNTIES), per_county=ROWS_PER_FILE)
    parts = [everybody[at : at + ROWS_PER_FILE] for at in range(0, rows, ROWS_PER_FILE)]
    paths = [folder / f"{at:03}县低保花名册.xlsx" for at in range(len(parts))]
    with ProcessPoolExecutor(2) as pool:
        counts = list(pool.map(write, paths, parts, repeat(SEED)))
    answer = {
        "files": [str(path) for path in paths],
        "read": sum(read for read, _ in counts),
        "paid": sum(paid for _, paid in counts),
    }
    json.dump(answer, sys.stdout)


def write(path: Path, truth: pd.DataFrame, seed: int) -> tuple[int, int]:
    """Write one county's roster; give its rows and how many of them are to be paid."""
    faults = {code: -(-count * len(truth) // 10_000) for code, count in FAULTS.items()}
    # Persons written twice come on top: leave them out elsewhere, so that the size is as asked.
    alone = truth.index[truth["household_size"] == 1][-faults["R401"] :]
    spoilt = inject(truth.drop(index=alone), faults, seed)
    write_table(path, spoilt, PERSON_COLUMNS, title="2022年8月低保人员花名册")
    return len(spoilt), int((spoilt["fate"] == "paid").sum())


if __name__ == "__main__":
    main()
