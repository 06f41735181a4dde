"""How fast and how frugal the program is, as ratios measured in one run; called by ``make bench``.

The whole command ``relief run one-time`` on a fresh office, over ten county rosters of 11,000 rows,
against a plain pandas script and against merely reading the same files; runs take turns, and the
medians are compared. Then growth up to a million rows, and the start of ``relief --help``. Prints
Markdown; exit code 1 when a target is missed.

Only the standard library is imported here: a child's peak memory begins with its parent's.
"""

import argparse
import contextlib
import ctypes
import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROWS = 110_000
GROWTH = (1_000, 10_000, 100_000, 1_000_000)
DONE = (0, 1)  # 1: done, but rows were held
PLAIN_AT_LEAST = 8.0
READING_AT_MOST = 3.0
PEAK_BELOW_MB = 400.0
HELP_BELOW = 2.0


@dataclass(frozen=True)
class Run:
    """One finished process."""

    seconds: float
    peak_mb: float  # of the largest single process: it, or any descendant
    output: str


@dataclass(frozen=True)
class Rosters:
    """Rosters on disk and what a run over them must answer."""

    files: list[str]
    read: int
    paid: int


def run(command: Sequence[str], allowed: Sequence[int] = (0,)) -> Run:
    """Run ``command`` to its end and measure it.

    Raises:
        SystemExit: it ended with another exit code than ``allowed``.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, cwd=HERE.parent)
        peak, seconds, status = 0, 0.0, 0
        with contextlib.suppress(ChildProcessError):  # nobody is left to wait for
            while True:
                pid, ended, usage = os.wait4(-1, 0)
                peak = max(peak, usage.ru_maxrss)
                if pid == process.pid:
                    seconds, status = time.perf_counter() - start, ended
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in allowed:
            raise SystemExit(f"exit code {process.returncode}: {shlex.join(command)[:300]}")
        output.seek(0)
        return Run(seconds, peak / 1024, output.read())


def adopt_orphans() -> None:
    """Become the parent of what a child leaves behind, so that its memory is counted, too."""
    set_child_subreaper = 36  # PR_SET_CHILD_SUBREAPER of <linux/prctl.h>
    ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)


def make_rosters(rows: int, folder: Path) -> Rosters:
    """Write rosters of ``rows`` rows into ``folder``."""
    made = run([sys.executable, str(HERE / "rosters.py"), str(rows), str(folder)])
    return Rosters(**json.loads(made.output))


def relief_run(relief: Sequence[str], rosters: Rosters, folder: Path) -> Run:
    """Pay the rosters in a fresh office, and see that the answer is right.

    Raises:
        SystemExit: other numbers of rows were read or paid than the rosters hold.
    """
    office = folder / "office"
    shutil.rmtree(office, ignore_errors=True)
    command = [*relief, "--office", str(office), "--json", "run", "one-time", *rosters.files]
    done = run([*command, "--cycle", "2022-08"], DONE)
    rows = json.loads(done.output)["rows"]
    if (rows["read"], rows["paid"]) != (rosters.read, rosters.paid):
        raise SystemExit(f"{rosters.read} rows, {rosters.paid} to be paid; the program says {rows}")
    return done


def take_turns(candidates: dict[str, Callable[[], Run]], runs: int) -> dict[str, list[Run]]:
    """Run every candidate once to warm up, then ``runs`` times, one after the other."""
    results: dict[str, list[Run]] = {name: [] for name in candidates}
    for turn in range(runs + 1):
        for name, candidate in candidates.items():
            result = candidate()
            if turn > 0:
                results[name].append(result)
    return results


def seconds_of(results: Sequence[Run]) -> float:
    """Give the median time."""
    return statistics.median(result.seconds for result in results)


def peak_of(results: Sequence[Run]) -> float:
    """Give the highest peak of memory, in MB."""
    return max(result.peak_mb for result in results)


def against_others(relief: Sequence[str], folder: Path, runs: int) -> list[bool]:
    """Measure the whole command against the plain script and against reading; print the table."""
    rosters = make_rosters(ROWS, folder / "ten")
    reader = [sys.executable, str(HERE / "calamine_only.py"), *rosters.files]
    plain = [sys.executable, str(HERE / "plain.py"), str(folder / "list.xlsx"), *rosters.files]
    results = take_turns(
        {
            "relief": lambda: relief_run(relief, rosters, folder),
            "plain": lambda: run(plain),
            "reading": lambda: run(reader),
        },
        runs,
    )
    seconds = {name: seconds_of(part) for name, part in results.items()}
    faster = seconds["plain"] / seconds["relief"]
    over_reading = seconds["relief"] / seconds["reading"]
    peak = peak_of(results["relief"])
    labels = {
        "relief": "`relief run one-time`, everything from rosters to bank files",
        "plain": "plain pandas + openpyxl script (`benchmarks/plain.py`)",
        "reading": "python-calamine merely reading (`benchmarks/calamine_only.py`)",
    }
    print(f"\n{len(rosters.files)} rosters, {rosters.read:,} rows, medians of {runs} runs:\n")
    print("| | seconds | peak MB |\n| --- | ---: | ---: |")
    for name, label in labels.items():
        print(f"| {label} | {seconds[name]:.2f} | {peak_of(results[name]):.0f} |")
    print("\n| target | measured | |\n| --- | ---: | --- |")
    return [
        verdict(f"≥ {PLAIN_AT_LEAST:g} × faster than plain", faster, faster >= PLAIN_AT_LEAST),
        verdict(
            f"≤ {READING_AT_MOST:g} × merely reading", over_reading, over_reading <= READING_AT_MOST
        ),
        verdict(f"peak < {PEAK_BELOW_MB:g} MB", peak, peak < PEAK_BELOW_MB),
    ]


def start_up(relief: Sequence[str], runs: int) -> bool:
    """Measure ``relief --help`` against importing typer; print the row."""
    results = take_turns(
        {
            "help": lambda: run([*relief, "--help"]),
            "typer": lambda: run([sys.executable, "-c", "import typer"]),
        },
        2 * runs,
    )
    ratio = seconds_of(results["help"]) / seconds_of(results["typer"])
    return verdict(f"`relief --help` < {HELP_BELOW:g} × `import typer`", ratio, ratio < HELP_BELOW)


def verdict(target: str, measured: float, reached: bool) -> bool:  # noqa: FBT001 -- a table's cell
    """Print one row of the table of targets."""
    print(f"| {target} | {measured:.1f} | {'reached' if reached else '**missed**'} |", flush=True)
    return reached


def growth(relief: Sequence[str], folder: Path, largest: int) -> None:
    """Measure one run at each size; print the table."""
    print("\n| rows | files | seconds | µs a row | peak MB |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for rows in [size for size in GROWTH if size <= largest]:
        rosters = make_rosters(rows, folder / "growth")
        done = relief_run(relief, rosters, folder)
        print(
            f"| {rows:,} | {len(rosters.files)} | {done.seconds:.2f} "
            f"| {done.seconds / rows * 1e6:.0f} | {done.peak_mb:.0f} |",
            flush=True,
        )
        shutil.rmtree(folder / "growth")


def main() -> int:
    """Measure all, print Markdown, and say by the exit code whether the targets were reached."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--runs", type=int, default=5, help="measured runs of each (default 5)")
    parser.add_argument(
        "--largest", type=int, default=GROWTH[-1], help="largest size of the growth table, rows"
    )
    parser.add_argument(
        "--relief",
        type=shlex.split,
        default=[sys.executable, "-m", "relief_cli"],
        help="how the program is called",
    )
    options = parser.parse_args()
    adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="relief-bench-") as name:
        folder = Path(name)
        reached = against_others(options.relief, folder, options.runs)
        reached.append(start_up(options.relief, options.runs))
        growth(options.relief, folder, options.largest)
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
