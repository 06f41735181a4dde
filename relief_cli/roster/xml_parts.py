"""Parses parts of workbooks, which are XML, without ever expanding an entity.

Light to import: files are looked at before anything large is loaded.
"""

from xml.parsers import expat

from relief_cli.errors import UnreadableError
from relief_cli.i18n import N_
from relief_cli.roster.refusals import RESAVE, WHY


def broken() -> UnreadableError:
    """Give the error for XML that is not whole; whoever knows the file's name adds it."""
    return UnreadableError(
        "F001", N_("The workbook is damaged or was cut off."), why=WHY, remedy=RESAVE
    )


def each_element(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    """Give every element with its attributes, names without their namespaces.

    Raises:
        UnreadableError: F001, without a file's name; the XML is broken or declares entities.
    """
    elements: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        elements.append((name.rpartition(" ")[2], plain))

    parser = new_parser()
    parser.StartElementHandler = start
    run(parser, xml)
    return elements


def new_parser() -> expat.XMLParserType:
    """Give a parser whose names of elements have their namespace before them."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_declaration
    parser.EntityDeclHandler = _refuse_declaration
    return parser


def _refuse_declaration(*_declaration: object) -> None:
    raise broken()


def run(parser: expat.XMLParserType, xml: bytes) -> None:
    """Let a parser go through a whole part.

    Raises:
        UnreadableError: F001, without a file's name; the XML is broken or declares entities.
    """
    try:
        parser.Parse(xml, True)  # noqa: FBT003  # expat's own signature: this is all of it
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise broken() from error
