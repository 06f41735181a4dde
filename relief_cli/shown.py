"""Texts from outside as a screen shows them: what it would obey or turn around is written out."""

import os
import re
from pathlib import Path

_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Control characters but tab and line end, marks of direction, and halves of characters."""


def visible(text: str) -> str:
    r"""Give ``text`` with what cannot be seen in it written out, also within JSON.

    >>> visible("张\x1b[31m三\u202e")
    '张\\u001b[31m三\\u202e'
    """
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def file_name(path: Path) -> str:
    """Give the name of a file as people read it: a .zip from Windows has names in GBK."""
    name = os.fsencode(path.name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return visible(name.decode(encoding))
        except UnicodeDecodeError:
            continue
    return visible(path.name)
