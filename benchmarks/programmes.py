"""How fast each programme is paid, as ratios: ``python benchmarks/programmes.py``.

The whole command ``relief run PROGRAMME`` on a fresh office, over ten rosters of 11,000 people in
the columns that such rosters have, against a plain pandas script over the same files (measured
once), and against python-calamine merely reading them. Prints Markdown; exit code 1 when a target
is missed.

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
    """Long lists are printed to be signed by hand, which no reading compares with: no target."""


PAYMENTS = {
    "one-time": Payment("one-time", "2022-08", "dibao"),
    "dibao, as approved": Payment("dibao", "2022-08", "dibao"),
    "dibao, computed": Payment("dibao", "2022-08", "income", "computed"),
    "tekun": Payment("tekun", "2022Q3", "tekun", on_paper=True),
    "voucher": Payment("voucher", "2022-08", "tekun", on_paper=True),
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
    parser.add_argument("--runs", type=int, default=3, help="measured runs of each")
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
        plain: dict[str, float] = {}
        for what, payment in PAYMENTS.items():
            given = made["files"][payment.rosters]
            if payment.rosters not in plain:
                script = [str(HERE / "plain.py"), str(folder / "list.xlsx"), *given]
                plain[payment.rosters] = run([sys.executable, *script]).seconds
            policy = made["policies"].get(payment.policy, "")
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
            seconds, peak = seconds_of(results["relief"]), peak_of(results["relief"])
            faster, ratio = (
                plain[payment.rosters] / seconds,
                seconds / seconds_of(results["reading"]),
            )
            print(
                f"| {what} | {seconds:.2f} | {faster:.1f} | {ratio:.1f} | {peak:.0f} |", flush=True
            )
            if not payment.on_paper:
                measured.append((faster, peak))
    print("\n| target, but for tekun's residents and vouchers | measured | |\n| --- | ---: | --- |")
    slowest, largest = min(one for one, _ in measured), max(peak for _, peak in measured)
    reached = [
        verdict(f"≥ {PLAIN_AT_LEAST:g} × faster than plain", slowest, slowest >= PLAIN_AT_LEAST),
        verdict(f"peak < {PEAK_BELOW_MB:g} MB", largest, largest < PEAK_BELOW_MB),
    ]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
