"""How fast two rosters are compared, as a ratio to reading: ``python benchmarks/comparing.py``.

``relief diff`` of a roster and the same a month later (two in a hundred rows changed, one in a
hundred joined and left), and ``relief compare`` of it with a list as long (two in a hundred of the
roster on it), each against the program's own reader and against python-calamine on the same files.
Prints Markdown; exit code 1 when a target is missed.
"""

import argparse
import json
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pandas as pd
from bench import DONE, HERE, Run, adopt_orphans, peak_of, run, seconds_of, take_turns, verdict
from rosters import ROWS_PER_FILE, SEED

from sample_data.generate import COUNTIES, PERSON_COLUMNS, people, write_table

READING_AT_MOST = 3.0
LIST_COLUMNS = {"姓名": "name", "身份证号": "id_number", "死亡日期": "died_on"}


def another_month(truth: pd.DataFrame) -> pd.DataFrame:
    """Give the roster a month later."""
    later = truth.copy()
    place = later.index.to_numpy()
    raised = place % 100 == 1
    later.loc[raised, "amount"] = (later.loc[raised, "amount"].astype(int) + 20).astype(str)
    moved = (place % 100 == 2) & (later["account_number"] != "").to_numpy()
    later.loc[moved, "account_number"] = "6228480000000000018"
    fresh = place % 100 == 3
    later.loc[fresh, "id_number"] = "13" + later.loc[fresh, "id_number"].str[2:]
    return later


def as_list(truth: pd.DataFrame) -> pd.DataFrame:
    """Give a list as long, on which two in a hundred of the roster stand."""
    kept = ["name", "id_number", "id_as_number", "hidden"]
    listed = truth[kept].assign(died_on="2022-06-01", serial=0)
    others = listed.index.to_numpy() % 50 != 1
    listed.loc[others, "id_number"] = "13" + listed.loc[others, "id_number"].str[2:]
    listed.loc[others, "name"] = listed.loc[others, "name"].to_numpy()[::-1]
    return listed


def write(path: Path, rows: pd.DataFrame, columns: dict[str, str]) -> None:
    """Write one file."""
    write_table(path, rows, columns, title="2022年8月名册")


def made(folder: Path, truth: pd.DataFrame, columns: dict[str, str]) -> list[str]:
    """Write rows as files of a county each; give their names."""
    folder.mkdir()
    parts = [truth[at : at + ROWS_PER_FILE] for at in range(0, len(truth), ROWS_PER_FILE)]
    paths = [folder / f"{at:03}低保名册.xlsx" for at in range(len(parts))]
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(write, paths, parts, repeat(columns)))
    return [str(path) for path in paths]


def commands(folder: Path, rows: int) -> dict[str, list[str]]:
    """Write both rosters and the list, and give what is measured."""
    truth = people(rows, SEED, counties=list(COUNTIES), per_county=ROWS_PER_FILE)
    old = made(folder / "old", truth, PERSON_COLUMNS)
    new = made(folder / "new", another_month(truth), PERSON_COLUMNS)
    listed = made(folder / "list", as_list(truth), LIST_COLUMNS)
    relief = [sys.executable, "-m", "relief_cli", "--json"]
    report = ["--report", str(folder / "report.xlsx")]
    against = [part for path in listed for part in ("--against", path)]
    reading = [sys.executable, str(HERE / "reading.py"), *old]
    calamine = [sys.executable, str(HERE / "calamine_only.py"), *old]
    return {
        "diff": [*relief, "diff", str(folder / "old"), str(folder / "new"), *report],
        "reading both rosters": [*reading, "--", *new],
        "calamine, both rosters": [*calamine, *new],
        "compare": [*relief, "compare", *old, *against, "--as", "dead", *report],
        "reading roster and list": [*reading, "--list", *listed],
        "calamine, roster and list": [*calamine, *listed],
    }


def tell(rows: int, results: dict[str, list[Run]]) -> list[bool]:
    """Print the tables; say which targets were reached."""
    told = json.loads(results["diff"][0].output)
    found = json.loads(results["compare"][0].output)
    changed = f"{told['changed']['amount']:,} amounts, {told['changed']['account']:,} accounts"
    print(f"\n{rows:,} rows a side; {changed} changed; {found['matched']:,} on the list:\n")
    print("| | seconds | peak MB |\n| --- | ---: | ---: |")
    for name, result in results.items():
        print(f"| {name} | {seconds_of(result):.2f} | {peak_of(result):.0f} |")
    print("\n| target | measured | |\n| --- | ---: | --- |")
    reached = []
    for command, read in (("diff", "both rosters"), ("compare", "roster and list")):
        ratio = seconds_of(results[command]) / seconds_of(results[f"reading {read}"])
        text = f"`{command}` < {READING_AT_MOST:g} × reading {read}"
        reached.append(verdict(text, ratio, ratio < READING_AT_MOST))
        ratio = seconds_of(results[command]) / seconds_of(results[f"calamine, {read}"])
        print(f"| `{command}` against python-calamine merely reading | {ratio:.1f} | |")
    return reached


def main() -> int:
    """Measure, print Markdown, and say by the exit code whether the targets were reached."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=1, help="measured runs of each")
    options = parser.parse_args()
    adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="relief-bench-") as name:
        candidates = {
            what: lambda command=command: run(command, DONE)
            for what, command in commands(Path(name), options.rows).items()
        }
        reached = tell(options.rows, take_turns(candidates, options.runs))
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
