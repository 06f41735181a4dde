"""What the readers of ISO 20022 messages share: the root, texts by path, refusals."""

import re
from collections.abc import Iterable
from typing import Any

from relief_cli.banks.trees import parse_tree
from relief_cli.errors import UnreadableError
from relief_cli.i18n import N_

# Some 100,000 payments; a larger file than a county's banks can answer with is none of theirs.
_LARGEST_BYTES = 100 * 2**20
_MESSAGE = re.compile(r"[a-z]{4}\.\d{3}\.\d{3}\.\d{2}")
_MESSAGES = {
    "answer-too-large": N_("The bank's answer is far too large"),
    "answer-not-xml": N_("The bank's answer is not XML that can be read: {reason}"),
    "answer-other": N_("The bank's answer is neither a pain.002 nor a camt.054 but {found}"),
}


def message_of(content: bytes) -> str:
    """Give which message it is, such as ``camt.054.001.08``; empty where it does not say.

    Raises:
        UnreadableError: ``answer-too-large`` or ``answer-not-xml``.

    >>> message_of(b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"/>')
    'camt.054.001.08'
    >>> message_of(b"<Document/>")
    ''
    """
    return _message(_root(content))


def root_of(content: bytes, message: str) -> Any:  # noqa: ANN401  # lxml is untyped
    """Give the root element of a message whose name begins with ``message``.

    Raises:
        UnreadableError: ``answer-too-large``, ``answer-not-xml`` or ``answer-other``, without a
            file's name.
    """
    root = _root(content)
    found = _message(root)
    if not found.startswith(message):
        raise refusal("answer-other", found=found or element_name(root))
    return root


def _root(content: bytes) -> Any:  # noqa: ANN401  # lxml is untyped
    if len(content) > _LARGEST_BYTES:
        raise refusal("answer-too-large")
    try:
        return parse_tree(content)
    except ValueError as error:
        raise refusal("answer-not-xml", reason=str(error)) from error


def _message(root: Any) -> str:  # noqa: ANN401  # lxml is untyped
    version = _MESSAGE.search(root.tag.rpartition("}")[0])
    return version[0] if version else ""


class Facts:
    """The texts of some elements by path, without namespaces: versions differ in these alone."""

    def __init__(self, elements: Iterable[Any]) -> None:
        self._texts: dict[str, list[str]] = {}
        self._gather(elements, "")

    def _gather(self, elements: Iterable[Any], above: str) -> None:
        for element in elements:
            path = above + element_name(element)
            self._texts.setdefault(path, []).append((element.text or "").strip())
            if currency := element.get("Ccy"):
                self._texts.setdefault(f"{path}@Ccy", []).append(currency)
            self._gather(element, f"{path}/")

    def text(self, *paths: str) -> str:
        """Give the first text at the first of ``paths`` that is there; empty where none is."""
        return next((self._texts[path][0] for path in paths if path in self._texts), "")

    def joined(self, *paths: str) -> str:
        """Give all texts at ``paths``, with blanks between them."""
        return " ".join(text for path in paths for text in self._texts.get(path, ()))


def taken(element: Any) -> Facts:  # noqa: ANN401  # lxml is untyped
    """Give the texts of ``element`` and empty it: of many, each takes ten times its text."""
    facts = Facts(element)
    element.clear()
    return facts


def element_name(element: Any) -> str:  # noqa: ANN401  # lxml is untyped
    """Give an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def elements_named(elements: Iterable[Any], name: str) -> list[Any]:
    """Give those of ``elements`` that are called ``name``, whatever their namespace."""
    return [element for element in elements if element_name(element) == name]


def refusal(code: str, **values: object) -> UnreadableError:
    """Make the error for an answer that cannot be read."""
    return UnreadableError(
        code,
        _MESSAGES[code],
        why=N_("An answer that cannot be read with certainty settles no payment."),
        remedy=N_("Ask the bank for the status report (pain.002) or the bookings (camt.054)."),
        **values,  # type: ignore[arg-type]  # placeholders only, never the error's own fields
    )
