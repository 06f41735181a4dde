"""Keeps pandas out of the server of reading processes, and so out of every reading process.

Arrow looks for pandas when it first makes an array. A reading process has no use for it, and
loading it would keep the first files waiting as long as it takes to read them.
"""

import importlib
import pickle
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NamedTuple


class _NoPandas(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if fullname == "pandas":
            raise ModuleNotFoundError("pandas has no place in a reading process", name=fullname)
        return None


def let_pandas_in() -> None:
    """Undo it, in a process that does other work and has made no array yet."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _NoPandas)]


def keep_pandas_out() -> None:
    """Do it, in this process and those that will be forked from it."""
    sys.meta_path.insert(0, _NoPandas())


class Task(NamedTuple):
    """Work for a reading process that has a use for pandas."""

    module: str
    function: str
    argument: bytes
    """Pickled: it may hold tables."""


def carry_out(task: Task) -> Any:  # noqa: ANN401  # whatever the function gives
    """Do ``task`` in a reading process that has made no array yet."""
    let_pandas_in()
    function = getattr(importlib.import_module(task.module), task.function)
    return function(pickle.loads(task.argument))  # noqa: S301  # our own parent
