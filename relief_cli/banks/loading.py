"""Templates from data files: those that come with the project, then the office's own.

Whatever is wrong in a template is said when it is loaded, by file and key, and never first found
out by a bank.
"""

import re
from collections.abc import Mapping
from itertools import permutations
from pathlib import Path
from xml.parsers import expat

import pandas as pd

from relief_cli.banks import amounts, markup, patterns
from relief_cli.banks.data_files import template_paths
from relief_cli.banks.meanings import check_meanings
from relief_cli.banks.patterns import CONTEXT, FILE, ROW, Pattern
from relief_cli.banks.return_half import answer_is_like, load_answer
from relief_cli.banks.tables import Table, parse, read
from relief_cli.banks.template import CoverLine, Template, TemplateColumn, encodes
from relief_cli.i18n import N_

# What Chinese banks read; the first two are the national standards GBK and GB 18030.
_ENCODINGS = ("gbk", "gb18030", "utf-8", "utf-8-sig")
_KINDS = ("delimited", "workbook", "xml")
_LINE_ENDS = {"lf": "\n", "crlf": "\r\n"}
_SETTINGS = CONTEXT - {"batch", "cycle", "pay_on", "programme_title"}
_PLACES = frozenset({"region", "region_name"})
# What a payment cannot do without, so each stands alone in a column and can be read back.
_REQUIRED = ("payee_name", "account_number", "amount")
_PATH = "Amt/InstdAmt[@Ccy='CNY']"
_SHEET_COLUMNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# A workbook's sheet ends at row 1,048,576 (ECMA-376, the program's own limit).
_MOST_ROWS = 1_000_000
_WIDEST = 255


def load_templates(office_folder: Path | None = None) -> dict[str, Template]:
    """Load every bank format.

    Args:
        office_folder: the office's folder; its ``banks/*.toml`` are added, and a file with the
            name of a format that comes with the project takes that one's place.

    Returns:
        The templates by name (the file's name without ``.toml``), in order of name.

    Raises:
        PolicyError: ``bank-template``: a key is missing, unknown or of a wrong kind, or a value
            cannot be meant; says the file and the key.
    """
    tables = {name: read(path) for name, path in sorted(template_paths(office_folder).items())}
    templates: dict[str, Template] = {}
    # Those whose answer is like another's come after the others.
    for name in sorted(tables, key=lambda name: (answer_is_like(tables[name]), name)):
        templates[name] = _template(name, tables[name], templates)
    return dict(sorted(templates.items()))


def recorded_template(name: str, text: str) -> Template:
    """Give a bank format as it was recorded, to make files of; how answers are read is left out.

    Args:
        name: of the format.
        text: of its file.

    Raises:
        PolicyError: ``bank-template``: this relief cannot make it any more.
    """
    table = parse(text, f"{name}.toml")
    table.take("return", dict, {})
    return _template(name, table, {})


def _template(name: str, table: Table, before: Mapping[str, Template]) -> Template:
    kind = table.among("kind", _KINDS)
    text, xml = kind == "delimited", kind == "xml"
    quoted = table.take("quoted", bool, False) if text else False  # noqa: FBT003  # a default
    template = Template(
        name=name,
        title=table.texts("title"),
        notes=table.take("notes", str),
        kind=kind,
        encoding=table.among("encoding", _ENCODINGS) if text else "utf-8",
        line_end=_LINE_ENDS[table.among("line_end", tuple(_LINE_ENDS))] if text else "",
        final_line_end=table.take("final_line_end", bool, True) if text else False,  # noqa: FBT003  # a default
        delimiter=_delimiter(table, quoted=quoted) if text else "",
        row_end=_row_end(table) if text else "",
        quoted=quoted,
        sheet=_sheet(table) if kind == "workbook" else "",
        element=_element(table) if xml else "",
        signed=table.take("signed", bool, False) if kind == "workbook" else False,  # noqa: FBT003  # a default
        amount_unit=table.among("amount_unit", amounts.UNITS),
        rows_per_file=_count(table, "rows_per_file"),
        folder=_pattern(table, "folder", CONTEXT | {"bank"}, ""),
        file=_file(table),
        header=_header(table, lines=text or xml),
        titles=False if xml else table.take("titles", bool),
        trailer=_lines(table, "trailer") if text or xml else (),
        columns=_columns(table, kind),
        defaults=_defaults(table.table("defaults")),
        longest=_longest(table.table("longest")),
        cover=_cover(table),
        text=table.text,
        answer=load_answer(
            table, {known: one.answer for known, one in before.items() if one.answer}
        ),
    )
    table.close()
    _check_literals(table, template)
    check_meanings(table, template)
    if xml:
        _check_markup(table, template)
    return template


def _check_literals(table: Table, template: Template) -> None:
    """Refuse a template whose own words its files cannot hold."""
    words = [title for column in template.columns for title in column.title.values()]
    words += [piece.literal for column in template.columns for piece in column.value.pieces]
    if template.unfit_text(pd.Series(words, dtype="str")).any():
        raise table.error("columns", N_("{key} hold a character that the file cannot hold"))
    lines = [*template.trailer, *(cell for line in template.header for cell in line)]
    for pattern in lines:
        if not pattern.text.isprintable() or not encodes(pattern.text, template.encoding):
            raise table.error("header", N_("{key} hold a character that the file cannot hold"))


def _check_markup(table: Table, template: Template) -> None:
    """Refuse a template whose files would not be XML, or would lose one element in another."""
    paths = [re.sub(r"\[[^]]*\]", "", column.element) + "/" for column in template.columns]
    if any(one.startswith(other) for one, other in permutations(paths, 2)):
        raise table.error("columns", N_("{key} must each have an element of their own"))
    lines = [cells[0].text for cells in template.header]
    lines += [f"<{template.element}/>", *(line.text for line in template.trailer)]
    try:
        expat.ParserCreate().Parse("\n".join(lines), True)  # noqa: FBT003  # this is all of it
    except expat.ExpatError as error:
        raise table.error(
            "header", N_("{key} and trailer are not XML: {reason}"), reason=str(error)
        ) from error


def _pattern(
    table: Table, key: str, allowed: frozenset[str], default: str | None = None
) -> Pattern:
    return _parsed(table, key, table.take(key, str, default), allowed)


def _parsed(table: Table, key: str, text: str, allowed: frozenset[str]) -> Pattern:
    try:
        return patterns.parse(text, allowed)
    except ValueError as error:
        raise table.error(
            key,
            N_("{key}: {place} is not a known source; these are: {sources}"),
            place=str(error),
            sources=" ".join(sorted(allowed)),
        ) from error


def _delimiter(table: Table, *, quoted: bool) -> str:
    # A character that comes twice could be read together with the end of a field.
    delimiter = table.take("delimiter", str)
    if not delimiter or not delimiter.isprintable() or len(set(delimiter)) < len(delimiter):
        raise table.error("delimiter", N_("{key} must be visible characters, each different"))
    if quoted and len(delimiter) > 1:
        raise table.error("delimiter", N_("{key} must be one character where texts are quoted"))
    return delimiter


def _row_end(table: Table) -> str:
    row_end = table.take("row_end", str, "")
    if not row_end.isprintable():
        raise table.error("row_end", N_("{key} must be visible characters, each different"))
    return row_end


def _sheet(table: Table) -> str:
    # A sheet's name: at most 31 characters and none of []:*?/\ (the program's own rule).
    sheet = table.take("sheet", str)
    longest = 31
    if not 0 < len(sheet) <= longest or set(sheet) & set("[]:*?/\\'"):
        raise table.error("sheet", N_("{key} is not a name that a sheet can have"))
    return sheet


def _element(table: Table) -> str:
    path = table.take("element", str)
    if not markup.is_path(path):
        raise table.error("element", N_("{key} must be a path such as {example}"), example=_PATH)
    return path


def _longest(table: Table) -> dict[str, int]:
    longest = {}
    for key in table.keys():  # noqa: SIM118  # not a mapping: taking a key removes it
        if key in CONTEXT | FILE | ROW:
            longest[key] = _count(table, key)
    table.close()
    return longest


def _count(table: Table, key: str) -> int:
    count = table.take(key, int)
    if not 0 < count <= _MOST_ROWS:
        raise table.error(key, N_("{key} must be between 1 and {most}"), most=_MOST_ROWS)
    return count


def _file(table: Table) -> Pattern:
    pattern = _pattern(table, "file", CONTEXT | {"bank", "batch_part"})
    if "batch_part" not in pattern.names:
        raise table.error("file", N_("{key} must hold {place}"), place="{batch_part}")
    return pattern


def _lines(table: Table, key: str) -> tuple[Pattern, ...]:
    return tuple(_parsed(table, key, line, CONTEXT | FILE) for line in table.strings(key))


def _header(table: Table, *, lines: bool) -> tuple[tuple[Pattern, ...], ...]:
    if lines:
        return tuple((line,) for line in _lines(table, "header"))
    rows = table.take("header", list, [])
    if any(
        not isinstance(row, list) or any(not isinstance(cell, str) for cell in row) for row in rows
    ):
        raise table.error("header", N_("{key} must be {kind}"), kind=N_("a list of rows of texts"))
    return tuple(
        tuple(_parsed(table, "header", cell, CONTEXT | FILE) for cell in row) for row in rows
    )


def _columns(table: Table, kind: str) -> tuple[TemplateColumn, ...]:
    columns: list[TemplateColumn] = []
    for inner in table.tables("columns"):
        following = columns[-1].place + 1 if columns else 0
        columns.append(
            TemplateColumn(
                title=inner.texts("title"),
                value=_pattern(inner, "value", CONTEXT | ROW),
                place=_place(inner, following) if kind == "workbook" else following,
                width=_width(inner) if kind == "workbook" else TemplateColumn.width,
                element=_element(inner) if kind == "xml" else "",
            )
        )
        inner.close()
    for source in _REQUIRED:
        if sum(column.value.alone == source for column in columns) != 1:
            raise table.error(
                "columns", N_("{key} must hold {place} exactly once"), place=f"{{{source}}}"
            )
    return tuple(columns)


def _place(table: Table, following: int) -> int:
    letter = table.among("column", tuple(_SHEET_COLUMNS[following:]), _SHEET_COLUMNS[following])
    return _SHEET_COLUMNS.index(letter)


def _width(table: Table) -> int:
    width = table.take("width", int, TemplateColumn.width)
    if not 0 < width <= _WIDEST:
        raise table.error("width", N_("{key} must be between 1 and {most}"), most=_WIDEST)
    return width


def _defaults(table: Table) -> dict[str, Pattern]:
    defaults = {}
    for key in table.keys():  # noqa: SIM118  # not a mapping: taking a key removes it
        if key in _SETTINGS - _PLACES:
            defaults[key] = _pattern(table, key, _PLACES)
    table.close()
    return defaults


def _cover(table: Table) -> tuple[CoverLine, ...]:
    lines = []
    for inner in table.tables("cover"):
        lines.append(CoverLine(inner.texts("label"), _pattern(inner, "value", CONTEXT | FILE)))
        inner.close()
    return tuple(lines)
