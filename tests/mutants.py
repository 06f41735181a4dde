"""``make mutants``: break the program in a few hundred places, one by one; count what is noticed.

A mutant is one small change in a copy of the project: another comparison, another operator, another
number, a condition turned round, a statement left out. Which tests reach which line is measured
first (``coverage``), and of a mutant only those are run, the quickest first, until one fails or a
minute of tests has passed. The places are drawn at random by a seed, in proportion to the size of
each module.

``python tests/mutants.py [--count 240] [--seed 15] [--report FILE]`` prints how many of each part
were killed, and each that survived with its line.
"""

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from queue import SimpleQueue

PROJECT = Path(__file__).resolve().parents[1]
PARTS = ("money.py", "money_columns.py", "checks", "programmes", "payments.py", "funding.py",
         "ledger", "banks/matching.py")  # fmt: skip
TESTS = 60
"""Seconds of tests that a mutant is tried with."""
SECONDS = 300
"""So long they may take: a change that never ends counts as noticed."""
TIMED_OUT, TESTS_FAILED, NOT_LOADED = -1, 1, (2, 4)
OTHERS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.And: ast.Or,
    ast.Or: ast.And,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change; the same place in another version of the project has the same key."""

    path: str
    line: int
    key: str
    """File, function, the code before, and how often the same stood in the function before it."""
    change: str
    source: str
    """The whole module after it."""


def mutants(path):
    """Give all mutants of a module."""
    text = (PROJECT / path).read_text("utf-8")
    tree = ast.parse(text)
    seen = Counter()
    for owner, node in places(tree):
        for changed in changes(node):
            before, after = ast.get_source_segment(text, node), ast.unparse(changed)
            named = f"{path} {owner} {before} -> {after}"
            seen[named] += 1
            source = replaced(text, node, after)
            yield Mutant(
                path, node.lineno, f"{named} #{seen[named]}", f"{before} → {after}", source
            )


def places(tree, owner=""):
    """Give every node that may be changed, with the function that it stands in."""
    for node in ast.iter_child_nodes(tree):
        # Neither annotations nor docstrings are run.
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            inner = ast.Module([*node.body], [])
            yield from places(inner, f"{owner}.{node.name}" if owner else node.name)
        elif isinstance(node, ast.AnnAssign):
            yield from places(ast.Module([node.value] if node.value else [], []), owner)
        elif owner:
            yield owner, node
            yield from places(node, owner)


def changes(node):
    """Give what a node can be changed to."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield ast.Compare(node.left, [OTHERS[type(node.ops[0])]()], node.comparators)
    elif isinstance(node, ast.BinOp) and type(node.op) in OTHERS:
        yield ast.BinOp(node.left, OTHERS[type(node.op)](), node.right)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(OTHERS[type(node.op)](), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    elif isinstance(node, ast.Raise) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ):
        yield ast.Pass()


def replaced(text, node, after):
    """Give ``text`` with ``after`` in the place of a node."""
    lines = text.encode().splitlines(keepends=True)
    start, end = (
        sum(map(len, lines[: line - 1])) + column
        for line, column in ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset))
    )
    whole = text.encode()
    wrapped = after if isinstance(node, ast.stmt) else f"({after})"
    return (whole[:start] + wrapped.encode() + whole[end:]).decode()


def candidates():
    """Give the mutants of all parts, by key."""
    modules = [
        path.relative_to(PROJECT).as_posix()
        for part in PARTS
        for path in [PROJECT / "relief_cli" / part]
        for path in (sorted(path.rglob("*.py")) if path.is_dir() else [path])
    ]
    return {mutant.key: mutant for module in modules for mutant in mutants(module)}


def reached(folder):
    """Run all tests once; give file → line → the tests that reach it, and how long each takes."""
    data = folder / "coverage"
    settings = folder / "coveragerc"
    settings.write_text(f"[run]\ndata_file = {data}\nsource = relief_cli\n", "utf-8")
    subprocess.run(
        # What runs in processes of its own is not measured.
        [sys.executable, "-m", "pytest", "-q", "-n", "auto", "-m", "not disk", "--cov",
         "--cov-context=test", f"--cov-config={settings}", "--cov-report=",
         f"--junit-xml={folder / 'tests.xml'}"],
        cwd=PROJECT, check=False, stdout=sys.stderr,
    )  # fmt: skip
    return by_line(data), durations(folder / "tests.xml")


def by_line(data):
    from coverage import CoverageData  # noqa: PLC0415  # used here alone

    found = CoverageData(str(data))
    found.read()
    tests = defaultdict(lambda: defaultdict(set))
    for path in found.measured_files():
        name = Path(path).relative_to(PROJECT).as_posix()
        for line, contexts in found.contexts_by_lineno(path).items():
            tests[name][line] = {one.partition("|")[0] for one in contexts if one}
    return tests


def durations(report):
    """Give how long each test took; none that fails already, such as for being measured."""
    from xml.etree import ElementTree as ET  # noqa: PLC0415  # used here alone

    return {
        f"{case.get('classname').replace('.', '/')}.py::{case.get('name')}": float(case.get("time"))
        for case in ET.parse(report).iter("testcase")  # noqa: S314  # our own file
        if case.find("failure") is None and case.find("error") is None
    }


def quickest(names, seconds):
    """Give the tests that take a minute together, in the order of their time."""
    ordered = sorted(names & seconds.keys(), key=seconds.__getitem__)
    spent = accumulate(seconds[name] for name in ordered)
    return [name for name, upto in zip(ordered, spent, strict=True) if upto <= TESTS]


def tried(mutant, tests, tree):
    """Say whether one of the tests notices a mutant in ``tree``, a copy of the project."""
    place = tree / mutant.path
    before = place.read_bytes()
    place.write_text(mutant.source, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    try:
        ended = subprocess.run(
            command, cwd=tree, env=environment, timeout=SECONDS, check=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ).returncode  # fmt: skip
    except subprocess.TimeoutExpired:
        ended = TIMED_OUT
    finally:
        place.write_bytes(before)
    assert ended in (TIMED_OUT, 0, TESTS_FAILED, *NOT_LOADED), (mutant.key, ended)
    return ended != 0


def killed(chosen, lines, seconds, folder):
    """Try every mutant, two at once; give key → whether a test noticed it."""
    trees = SimpleQueue()
    for number in range(len(os.sched_getaffinity(0))):
        tree = folder / str(number)
        shutil.copytree(PROJECT, tree, ignore=shutil.ignore_patterns(".git", ".venv", "demo-*"))
        trees.put(tree)

    def one(mutant):
        tests = quickest(lines[mutant.path][mutant.line], seconds)
        tree = trees.get()
        try:
            noticed = bool(tests) and tried(mutant, tests, tree)
        finally:
            trees.put(tree)
        verdict = "killed" if noticed else "SURVIVED"
        sys.stderr.write(f"{verdict} {mutant.path}:{mutant.line} {mutant.change}\n")
        return noticed

    with ThreadPoolExecutor(trees.qsize()) as pool:
        return dict(zip((one.key for one in chosen), pool.map(one, chosen), strict=True))


def part_of(mutant):
    return mutant.path.split("/")[1]


def main():
    """Draw mutants, try them, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=240)
    parser.add_argument("--seed", type=int, default=15)
    parser.add_argument("--keys", type=Path, help="JSON: the keys that another version knows too")
    parser.add_argument("--report", type=Path, help="where key → killed goes, as JSON")
    asked = parser.parse_args()
    known = candidates()
    others = json.loads(asked.keys.read_text("utf-8")) if asked.keys else known
    names = sorted(known.keys() & others)
    drawn = random.Random(asked.seed).sample(names, min(asked.count, len(names)))  # noqa: S311
    with tempfile.TemporaryDirectory(prefix="relief-mutants-") as name:
        lines, seconds = reached(Path(name))
        result = killed([known[key] for key in sorted(drawn)], lines, seconds, Path(name))
    if asked.report:
        asked.report.write_text(json.dumps(result, ensure_ascii=False, indent=1), "utf-8")
    parts = Counter(part_of(known[key]) for key in result)
    noticed = Counter(part_of(known[key]) for key, was_killed in result.items() if was_killed)
    for part, count in sorted(parts.items()):
        print(f"{part}: {noticed[part]} of {count}")  # noqa: T201
    print(f"{noticed.total()} of {parts.total()} mutants killed")  # noqa: T201


if __name__ == "__main__":
    main()
