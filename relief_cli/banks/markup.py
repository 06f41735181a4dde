"""Payments as XML, a whole column at a time: one element on one line for each."""

import re
from collections.abc import Sequence
from functools import reduce
from itertools import groupby
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from relief_cli.banks.patterns import Column, concatenated

# One step of a path: the element's name, and the attribute that it always carries.
_STEP = re.compile(r"[A-Za-z_][\w.-]*(\[@[A-Za-z_][\w.-]*='[\w.:-]*'\])?", re.ASCII)
# The ampersand first: the others bring new ones.
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


class _Part(NamedTuple):
    """An element in every payment, and whether there is anything in it."""

    markup: Column
    filled: Any
    """An Arrow array of truth values; one of them where the content varies with no payment."""


def is_path(text: str) -> bool:
    """Tell whether ``text`` is a path of elements, such as ``Amt/InstdAmt[@Ccy='CNY']``.

    >>> is_path("Amt/InstdAmt[@Ccy='CNY']"), is_path("Amt//InstdAmt")
    (True, False)
    """
    return all(_STEP.fullmatch(step) for step in text.split("/"))


def escape(text: str) -> str:
    """Give ``text`` as it stands in XML, between elements or in an attribute's quotes.

    >>> escape('甲 & "乙"')
    '甲 &amp; &quot;乙&quot;'
    """
    for character, entity in _ENTITIES.items():
        text = text.replace(character, entity)
    return text


def write(element: str, columns: Sequence[tuple[str, Column]]) -> pa.Array:
    """Give one element for each payment.

    What is empty is left out, with the elements that hold nothing else: the standard has no empty
    texts. An element that holds a fixed text beside an empty one is left out too.

    Args:
        element: the element that holds a payment.
        columns: path below it → the payments' texts; those with a common beginning stand together.
    """
    parts = _parts([(path.split("/"), texts) for path, texts in columns])
    return _group(element, parts).markup


def _parts(columns: Sequence[tuple[list[str], Column]]) -> list[_Part]:
    parts = []
    for step, members in groupby(columns, key=lambda column: column[0][0]):
        inner = [(path[1:], texts) for path, texts in members]
        leaf = not inner[0][0]
        parts.append(_leaf(step, inner[0][1]) if leaf else _group(step, _parts(inner)))
    return parts


def _leaf(step: str, texts: Column) -> _Part:
    if isinstance(texts, str):
        return _part(step, escape(texts), filled=bool(texts))
    filled = pc.not_equal(texts, "")
    for character, entity in _ENTITIES.items():
        texts = pc.replace_substring(texts, character, entity)
    return _part(step, texts, filled=filled)


def _group(step: str, parts: list[_Part]) -> _Part:
    varying = [part.filled for part in parts if not isinstance(part.filled, bool)]
    filled = reduce(pc.or_, varying) if varying else any(part.filled for part in parts)
    return _part(step, concatenated([part.markup for part in parts]), filled=filled)


def _part(step: str, content: Column, *, filled: Any) -> _Part:  # noqa: ANN401  # see _Part
    start = step.replace("[@", " ").replace("='", '="').replace("']", '"')
    element = concatenated([f"<{start}>", content, f"</{step.partition('[')[0]}>"])
    if isinstance(filled, bool):
        return _Part(element if filled else "", filled)
    if isinstance(element, str) or pc.all(filled).as_py():
        return _Part(element, filled)
    return _Part(pc.if_else(filled, element, pa.scalar("", pa.large_string())), filled)
