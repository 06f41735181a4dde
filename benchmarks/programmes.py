"""How fast each programme is paid, as ratios: ``python benchmarks/programmes.py``.

The whole command ``relief run PROGRAMME`` on a fresh office, over ten rosters of 11,000 people in
the columns that such rosters have, against a plain pandas script that pays the same programme and
writes its papers (measured before and after), and against python-calamine merely reading the
files. Prints Markdown; exit code 1 when a target is missed.

Only the standard library is imported here: a child's peak memory begins with its parent's.
"""

import argparse
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench import (
    DONE,
    HERE,
    PEAK_BELOW_MB,
    PLAIN_AT_LEAST,
    READING_AT_MOST,
    ROWS,
    Run,
    adopt_orphans,
    peak_of,
    run,
    seconds_of,
    take_turns,
    verdict,
)


@dataclass(frozen=True)
class Payment:
    """What is run: a programme over rosters, by a policy of the office's own."""

    programme: str
    cycle: str
    rosters: str
    """The folder of them."""
    policy: str = ""
    """Of the office, by its name."""
    on_paper: bool = False


PAYMENTS = {
    "one-time": Payment("one-time", "2022-08", "dibao"),
    "dibao, as approved": Payment("dibao", "2022-08", "dibao"),
    "dibao, computed": Payment("dibao", "2022-08", "income", "computed"),
    "tekun": Payment("tekun", "2022Q3", "tekun"),
    "voucher": Payment("voucher", "2022-08", "tekun"),
    "price": Payment("price", "2022-09", "dibao", "prices"),
    "temporary": Payment("temporary", "2022-08", "temporary"),
}


def pay(folder: Path, files: list[str], policy: str, payment: Payment, rows: int) -> Run:
    """Pay the rosters in a fresh office, and see that everybody is paid.

    Raises:
        SystemExit: other numbers of rows were read or paid than the rosters hold.
    """
    office = folder / "office"
    shutil.rmtree(office, ignore_errors=True)
    relief = [sys.executable, "-m", "relief_cli"]
    run([*relief, "--quiet", "init", str(office)])
    (office / "policy" / "own.toml").write_text(policy, "utf-8")
    command = [*relief, "--office", str(office), "--json", "run", payment.programme]
    done = run([*command, *files, "--cycle", payment.cycle], DONE)
    told = json.loads(done.output)["rows"]
    if (told["read"], told["paid"]) != (rows, rows):
        raise SystemExit(f"{payment}: {rows} rows to be paid; the program says {told}")
    return done


def main() -> int:
    """Measure, print Markdown, and say by the exit code whether the targets were reached."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--runs", type=int, default=7, help="measured runs of each")
    options = parser.parse_args()
    adopt_orphans()
    measured = []
    with tempfile.TemporaryDirectory(prefix="relief-bench-") as name:
        folder = Path(name)
        rosters = [str(HERE / "programme_rosters.py"), str(options.rows), name]
        made = json.loads(run([sys.executable, *rosters]).output)
        print(f"\n{options.rows:,} rows, medians of {options.runs} runs:\n")
        print("| | seconds | plain, × | reading, × | peak MB |")
        print("| --- | ---: | ---: | ---: | ---: |")
        for what, payment in PAYMENTS.items():
            given = made["files"][payment.rosters]
            policy = made["policies"].get(payment.policy, "")
            script = [str(HERE / "plain_programmes.py"), what, str(folder / "plain"), *given]
            plain = run([sys.executable, *script]).seconds
            results = take_turns(
                {
                    "relief": lambda given=given, policy=policy, payment=payment: pay(
                        folder, given, policy, payment, options.rows
                    ),
                    "reading": lambda given=given: run(
                        [sys.executable, str(HERE / "calamine_only.py"), *given]
                    ),
                },
                options.runs,
            )
            # Before and after the others: a machine may slow down meanwhile.
            plain = (plain + run([sys.executable, *script]).seconds) / 2
            seconds, peak = seconds_of(results["relief"]), peak_of(results["relief"])
            faster, ratio = plain / seconds, seconds / seconds_of(results["reading"])
            print(
                f"| {what} | {seconds:.2f} | {faster:.1f} | {ratio:.1f} | {peak:.0f} |", flush=True
            )
            measured.append((faster, ratio, peak))
    print("\n| target, for each of them | measured | |\n| --- | ---: | --- |")
    fasters, ratios, peaks = zip(*measured, strict=True)
    reached = [
        verdict(
            f"≥ {PLAIN_AT_LEAST:g} × faster than plain",
            min(fasters),
            min(fasters) >= PLAIN_AT_LEAST,
        ),
        verdict(
            f"≤ {READING_AT_MOST:g} × merely reading", max(ratios), max(ratios) <= READING_AT_MOST
        ),
        verdict(f"peak < {PEAK_BELOW_MB:g} MB", max(peaks), max(peaks) < PEAK_BELOW_MB),
    ]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
