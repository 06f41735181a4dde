"""How an office's speed lasts over the years: ``python benchmarks/years.py``.

An office pays dibao to the same people month after month (``live.py``). Measures ``run`` in a fresh
office, in its second month and at the end, and what reads the whole ledger (``audit``,
``reconcile``, ``trace``, ``journal``, ``status``) after six months and at the end. Then how small
commands start in an office without any batch. Prints Markdown; exit code 1 if an aim is missed.

Only the standard library is imported here: a child's peak memory begins with its parent's.
"""

import argparse
import csv
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import (
    DONE,
    HERE,
    ROWS,
    Run,
    adopt_orphans,
    make_rosters,
    peak_of,
    run,
    seconds_of,
    take_turns,
    verdict,
)

FIRST_YEAR = 2022
FEW, MANY = 6, 36
# Command → seconds and MB that it may take in the last month.
AIMS = {
    "audit": (60, 1000),
    "reconcile": (8, 1000),
    "trace": (1.2, 1000),
    "journal": (30, 500),
    "status": (2, 1000),
    "run": (3.4, 350),
}
SMALL = {
    "due": ("due", "--on", "2022-08-18"),
    "status": ("status", "--on", "2022-08-18"),
    "trace": ("trace", "11010519491231002X"),
    "operator list": ("operator", "list"),
}
SMALL_AT_MOST = 5.0


def months(count: int, start: int = 0) -> list[str]:
    """Give ``count`` cycles, from the one of number ``start`` on."""
    return [f"{FIRST_YEAR + at // 12}-{at % 12 + 1:02d}" for at in range(start, start + count)]


class Office:
    """An office, and the rosters that it pays every month."""

    def __init__(self, folder: Path, files: Sequence[str], relief: Sequence[str]) -> None:
        self.folder = folder
        self._files = list(files)
        self._relief = [*relief, "--office", str(folder), "--json", "--quiet"]
        self.relief("init", str(folder))

    def relief(self, *arguments: str) -> Run:
        """Run a command of the program."""
        return run([*self._relief, *arguments], DONE)

    def pay(self, cycle: str) -> Run:
        """Pay the rosters."""
        return self.relief("run", "dibao", *self._files, "--cycle", cycle)

    def live(self, cycles: Sequence[str]) -> None:
        """Let the office pay and the bank answer in ``cycles``; it has paid in the first month."""
        first = f"dibao-{months(1)[0]}-1"
        run([sys.executable, str(HERE / "live.py"), str(self.folder), first, *cycles])

    def person(self) -> str:
        """Give somebody who is paid every month."""
        first = self.folder / "out" / f"dibao-{months(1)[0]}-1" / "entitlements.csv"
        with first.open(encoding="utf-8") as lines:
            return next(csv.DictReader(lines))["id_number"]

    def read_books(self, cycle: str, runs: int) -> dict[str, list[Run]]:
        """Measure the commands that read the whole ledger."""
        journal = str(self.folder / "journal.beancount")
        commands = {
            "audit": ("audit",),
            "reconcile": ("reconcile", "--cycle", cycle),
            "trace": ("trace", self.person()),
            "journal": ("journal", "--format", "beancount", "--output", journal),
            "status": ("status", "--on", f"{cycle}-28"),
        }
        return take_turns({name: self._command(words) for name, words in commands.items()}, runs)

    def _command(self, words: Sequence[str]) -> Callable[[], Run]:
        return lambda: self.relief(*words)


def pay_second_months(make: Callable[[str], Office], runs: int) -> dict[str, dict[str, list[Run]]]:
    """Measure ``run`` in the first and the second month of several offices."""
    found: dict[str, list[Run]] = {"fresh": [], "2nd month": []}
    for _ in range(runs):
        office = make("fresh")
        found["fresh"].append(office.pay(months(1)[0]))
        office.live(months(1))
        found["2nd month"].append(office.pay(months(1, 1)[0]))
        shutil.rmtree(office.folder)
    return {name: {"run": results} for name, results in found.items()}


def tell(columns: dict[str, dict[str, list[Run]]]) -> None:
    """Print seconds and MB of each command, a column for each moment."""
    print("| | " + " | ".join(columns) + " |\n| --- |" + " ---: |" * len(columns))
    for name in AIMS:
        cells = [
            f"{seconds_of(found[name]):.1f} s, {peak_of(found[name]):.0f} MB"
            if name in found
            else ""
            for found in columns.values()
        ]
        print(f"| `{name}` | " + " | ".join(cells) + " |", flush=True)


def aims(results: dict[str, list[Run]]) -> list[bool]:
    """Print which aims are reached."""
    reached = []
    print("\n| aim | measured | |\n| --- | ---: | --- |")
    for name, (most_seconds, most_mb) in AIMS.items():
        seconds, peak = seconds_of(results[name]), peak_of(results[name])
        reached.append(seconds <= most_seconds and peak <= most_mb)
        print(
            f"| `{name}` ≤ {most_seconds:g} s, ≤ {most_mb} MB | {seconds:.1f} s, {peak:.0f} MB "
            f"| {'reached' if reached[-1] else '**missed**'} |"
        )
    return reached


def small_commands(office: Office, runs: int) -> list[bool]:
    """Measure small commands against importing typer; print the rows."""
    results = take_turns(
        {
            "typer": lambda: run([sys.executable, "-c", "import typer"]),
            **{name: office._command(words) for name, words in SMALL.items()},  # noqa: SLF001
        },
        2 * runs,
    )
    typer = seconds_of(results.pop("typer"))
    ratios = {name: seconds_of(found) / typer for name, found in results.items()}
    return [
        verdict(f"`{name}` ≤ {SMALL_AT_MOST:g} × `import typer`", ratio, ratio <= SMALL_AT_MOST)
        for name, ratio in ratios.items()
    ]


def main() -> int:
    """Measure, print Markdown, and say by the exit code whether the aims are reached."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--months", type=int, default=MANY)
    parser.add_argument("--runs", type=int, default=3, help="measured runs of each")
    parser.add_argument("--relief", type=shlex.split, default=[sys.executable, "-m", "relief_cli"])
    parser.add_argument("--keep", type=Path, help="where the office stays")
    asked = parser.parse_args()
    adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="relief-bench-") as name:
        folder = asked.keep or Path(name)
        files = make_rosters(asked.rows, Path(name, "rosters")).files

        def make(place: str) -> Office:
            return Office(folder / place, files, asked.relief)

        columns = pay_second_months(make, asked.runs)
        office = make("office")
        office.pay(months(1)[0])
        for start, count in ((0, FEW), (FEW, asked.months)):
            office.live(months(count - start, start))
            columns[f"{count} months"] = office.read_books(months(count)[-1], asked.runs)
        last = columns[f"{asked.months} months"]
        last["run"] = [office.pay(cycle) for cycle in months(asked.runs, asked.months)]
        size = (office.folder / "ledger.sqlite").stat().st_size / 1e9
        print(f"\n{asked.rows:,} rows a month; at the end the ledger takes {size:.2f} GB:\n")
        tell(columns)
        reached = [*aims(last), *small_commands(make("empty"), asked.runs)]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
