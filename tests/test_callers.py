"""The program calls each function, class and method that it defines; tests are no callers.

Functions and classes are told apart by their module, so a ``read`` that nobody calls does not hide
behind another ``read``. Methods are known by their name alone: their object's type is not looked
for.
"""

import ast
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PACKAGE = "relief_cli"
CALLERS = (PACKAGE, "docs", "sample_data", "benchmarks")
"""Folders whose code counts as a caller."""
HELD = {"payouts": "relief_cli.payouts"}
"""Variables that hold a module: `cli.roster_options.begin` returns the use cases."""
NOT_CALLED_HERE = {
    "relief_cli.ledger.migrations.versions.*.upgrade": "`migrating` calls what Alembic finds",
    "relief_cli.roster.lean._NoPandas.find_spec": "the import system calls it",
    "relief_cli.cli.*_commands.add": "`app` gives their modules as text",
    "relief_cli.payouts.actions.prepare": "`relief prepare` gives its name as text",
    "relief_cli.payouts.actions.run": "`relief run` gives its name as text",
    "relief_cli.banks.planning.cover_lines": "the covers of bank files, still to come, show it",
}
"""Definition → why no caller is seen; a pattern with ``*`` may match nothing yet."""

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Module:
    """One parsed file: what it defines, and what its names stand for."""

    def __init__(self, root, path):
        parts = path.relative_to(root).with_suffix("").parts
        self.is_package = parts[-1] == "__init__"
        self.name = ".".join(parts[:-1] if self.is_package else parts)
        self.tree = ast.parse(path.read_text("utf-8"))

    @cached_property
    def imports(self):
        """Local name → the (module, name) pairs that it is imported from, anywhere in the file."""
        found = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    pair = (node.module, alias.name)
                    found.setdefault(alias.asname or alias.name, set()).add(pair)
        return found

    @cached_property
    def top(self):
        """Its functions and classes, by name."""
        return {node.name: node for node in self.tree.body if isinstance(node, DEFINITIONS)}

    @property
    def methods(self):
        """Its methods, as (class, method)."""
        for of_class in self.top.values():
            if isinstance(of_class, ast.ClassDef):
                for node in of_class.body:
                    if isinstance(node, DEFINITIONS):
                        yield of_class.name, node.name


class Uses(ast.NodeVisitor):
    """Collects what a module uses: (module, name) pairs, and names of methods.

    A definition's own body does not count, nor does a method that passes on to another of the
    same name.
    """

    def __init__(self, module, known):
        self.module, self.known = module, known
        self.pairs, self.methods = set(), set()
        self.inside = []
        if not module.is_package:  # a package's imports only pass names on
            self.pairs.update(*module.imports.values())
        self.visit(module.tree)

    def visit_definition(self, node):
        for decorator in node.decorator_list:
            self.visit(decorator)
        node.decorator_list = []
        self.inside.append(node)
        self.generic_visit(node)
        self.inside.pop()

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = visit_definition  # noqa: N815  # names of ast

    def visit_Name(self, node):
        if not isinstance(node.ctx, ast.Load):
            return
        if self.inside and isinstance(self.inside[-1], ast.ClassDef):
            self.methods.add(node.id)
        if not (self.inside and self.inside[0].name == node.id):
            self.pairs.add((self.module.name, node.id))

    def visit_Attribute(self, node):
        self.generic_visit(node)
        modules = self.modules_of(node.value)
        if modules:
            self.pairs.update((module, node.attr) for module in modules)
        elif not self.in_method(node.attr):
            self.methods.add(node.attr)

    def modules_of(self, base):
        if not isinstance(base, ast.Name):
            return set()
        pairs = self.module.imports.get(base.id, ())
        paths = {f"{module}.{name}" for module, name in pairs} | {HELD.get(base.id)}
        return paths & self.known

    def in_method(self, name):
        return any(
            isinstance(outer, ast.ClassDef) and inner.name == name
            for outer, inner in zip(self.inside, self.inside[1:], strict=False)
        )


def orphans(root):
    """Give the dotted names of what a tree's package defines and nothing in the tree uses."""
    paths = [path for folder in CALLERS for path in sorted((root / folder).rglob("*.py"))]
    modules = {module.name: module for module in (Module(root, path) for path in paths)}
    uses = [Uses(module, modules.keys()) for module in modules.values()]
    called = set().union(*(found.methods for found in uses))
    waiting = list(set().union(*(found.pairs for found in uses)))
    used = set()
    while waiting:  # a name that a package passes on is a use of where it comes from
        pair = waiting.pop()
        if pair not in used:
            used.add(pair)
            passed_on = modules.get(pair[0])
            waiting += passed_on.imports.get(pair[1], ()) if passed_on else ()
    for module in modules.values():
        if module.name.partition(".")[0] != PACKAGE:
            continue
        for name in module.top:
            if (module.name, name) not in used and not name.startswith("__"):
                yield f"{module.name}.{name}"
        for of_class, name in module.methods:
            if name not in called and not name.startswith("__"):
                yield f"{module.name}.{of_class}.{name}"


def test_everything_that_is_defined_has_a_caller():
    found = set(orphans(PROJECT))
    excused = {one for one in found for pattern in NOT_CALLED_HERE if fnmatch(one, pattern)}
    assert found - excused == set()
    named = {one for one in NOT_CALLED_HERE if "*" not in one}
    assert named - found == set(), "these have callers, or are gone"


@pytest.fixture
def tree(tmp_path):
    """Give a function that writes a small project: path → text."""

    def write(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"relief_cli/a.py": "def f(): pass"}, ["relief_cli.a.f"]),
        ({"relief_cli/a.py": "class C: pass"}, ["relief_cli.a.C"]),
        ({"relief_cli/a.py": "def f(n): return f(n - 1)"}, ["relief_cli.a.f"]),
        ({"relief_cli/a.py": '"""Has f."""\n__all__ = ["f"]\ndef f(): pass'}, ["relief_cli.a.f"]),
        ({"relief_cli/a.py": "def f(): pass\ng = f()"}, []),
        ({"relief_cli/a.py": "def f(): pass\n@f\ndef _g(): pass\n_g()"}, []),
        ({"relief_cli/a.py": "def f(): pass", "docs/b.py": "from relief_cli.a import f"}, []),
        (
            {"relief_cli/a.py": "def f(): pass", "tests/b.py": "from relief_cli.a import f\nf()"},
            ["relief_cli.a.f"],
        ),
        (
            {
                "relief_cli/a.py": "def read(): pass",
                "relief_cli/b.py": "def read(): pass",
                "docs/c.py": "from relief_cli import a\na.read()",
            },
            ["relief_cli.b.read"],
        ),
        (
            {
                "relief_cli/p/__init__.py": 'from relief_cli.p.a import f, g\n__all__ = ["f", "g"]',
                "relief_cli/p/a.py": "def f(): pass\ndef g(): pass",
                "relief_cli/b.py": "from relief_cli import p\np.f()",
            },
            ["relief_cli.p.a.g"],
        ),
        (
            {
                "relief_cli/a.py": "class C:\n def f(self): return self.f()\n def g(self): pass\n"
                "class D:\n def g(self): return C().g()",
                "docs/b.py": "from relief_cli.a import D",
            },
            ["relief_cli.a.C.f", "relief_cli.a.C.g", "relief_cli.a.D.g"],
        ),
        (
            {
                "relief_cli/a.py": "class C:\n def f(self): pass\n table = {1: f}\n"
                " @property\n def g(self): pass",
                "docs/b.py": "from relief_cli.a import C\nC().g",
            },
            [],
        ),
    ],
)
def test_orphans_are_found(tree, files, expected):
    assert sorted(orphans(tree(files))) == expected
