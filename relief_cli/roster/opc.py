"""Follows the relationships between the parts of a packed workbook (ECMA-376-2, clause 9.3)."""

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator

from relief_cli.roster.limits import MIB
from relief_cli.roster.xml_parts import broken, each_element

BROKEN_ZIP = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    struct.error,
    zlib.error,
)
"""What Python's zip reader raises on files that are damaged or forged."""

_LARGEST_INDEX_BYTES = 32 * MIB


def elements(archive: zipfile.ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    """Give every element of a small part, and its attributes, names without namespaces.

    Raises:
        UnreadableError: F001, without a file's name; the part is missing, broken or far too large.
    """
    name = names(archive).get(part.lower())
    if name is None:
        raise broken()
    try:
        with archive.open(name) as stream:
            xml = stream.read(_LARGEST_INDEX_BYTES + 1)
    except BROKEN_ZIP as error:
        raise broken() from error
    if len(xml) > _LARGEST_INDEX_BYTES:
        raise broken()
    return each_element(xml)


def related(archive: zipfile.ZipFile, part: str, kind: str) -> Iterator[tuple[str, str]]:
    """Give ID and target of each relationship of ``part`` (``""``: the package) of one kind.

    Args:
        archive: the open file.
        part: the part that relates to others.
        kind: the last word of the relationship's type, such as ``"worksheet"``.

    Raises:
        UnreadableError: as :func:`elements`.
    """
    folder, file = posixpath.split(part.replace("\\", "/"))
    known = names(archive)
    for element, attributes in elements(archive, posixpath.join(folder, "_rels", f"{file}.rels")):
        if element == "Relationship" and attributes.get("Type", "").endswith(f"/{kind}"):
            target = attributes.get("Target", "").replace("\\", "/")
            path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            if path.lower() in known:
                yield attributes.get("Id", ""), known[path.lower()]


def names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Give the names of all parts by their lower-case form with slashes: case does not count."""
    return {name.lower().replace("\\", "/"): name for name in archive.namelist()}
