"""Bank files read back by their own template, before they are handed over.

The reader shares no code with the writer: it splits the bytes that were written, so a mistake in
writing shows here and not at the bank.
"""

import csv
from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from python_calamine import CalamineWorkbook

from relief_cli.banks import amounts
from relief_cli.banks.template import Template, TemplateColumn
from relief_cli.banks.trees import parse_tree


class BankFileFaultError(Exception):
    """A file does not hold what it was to hold: a fault of the program, never of the clerk."""


class Fields(NamedTuple):
    """What identifies the payments in a file, as it stands there, in its order."""

    accounts: list[str]
    names: list[str]
    amounts: list[str]


def read_fields(content: bytes, template: Template, file: str) -> Fields:
    """Give account, name and amount of every payment in a file.

    Args:
        content: the file's bytes.
        template: its format.
        file: its name, for the error.

    Raises:
        BankFileFaultError: the file is not in this format.
    """
    wanted = [template.column_of(source) for source in ("account_number", "payee_name", "amount")]
    if template.kind == "xml":
        return Fields(*_elements(content, template, wanted, file))
    read = _sheet_columns if template.kind == "workbook" else _columns
    columns = read(content, template, file)
    return Fields(*(list(columns[column.place]) for column in wanted))


def fen_of(written: list[str], template: Template, file: str) -> NDArray[np.int64]:
    """Give amounts, as they stand in a file, as whole fen.

    Raises:
        BankFileFaultError: one is no amount in the format's unit; names ``file``.
    """
    try:
        return amounts.read_column(pd.Series(written, dtype="str"), template.amount_unit)
    except ValueError as error:
        raise BankFileFaultError(f"{file}: {error}") from error


def _columns(content: bytes, template: Template, file: str) -> list[list[str]]:
    lines = _lines(content, template, file)
    width = len(template.columns)
    if template.quoted:
        rows = list(csv.reader(lines, delimiter=template.delimiter, strict=True))
        whole = all(len(row) == width for row in rows)
        fields = [field for row in rows for field in row]
    else:
        whole = all(line.count(template.delimiter) == width - 1 for line in lines)
        fields = template.delimiter.join(lines).split(template.delimiter) if lines else []
    if not whole:
        raise BankFileFaultError(f"{file}: a line has more or fewer fields than the format")
    return [fields[place::width] for place in range(width)]


def _lines(content: bytes, template: Template, file: str) -> list[str]:
    """Give the lines of payments alone, without what ends each."""
    try:
        text = content.decode(template.encoding)
    except UnicodeDecodeError as error:
        raise BankFileFaultError(f"{file} is not in {template.encoding}") from error
    lines = text.split(template.line_end)
    if template.final_line_end and lines.pop():
        raise BankFileFaultError(f"{file} ends within a line")
    lines = lines[template.first_line - 1 : len(lines) - len(template.trailer)]
    if not all(line.endswith(template.row_end) for line in lines):
        raise BankFileFaultError(f"{file}: a line does not end with {template.row_end}")
    return [line.removesuffix(template.row_end) for line in lines]


def _sheet_columns(content: bytes, template: Template, file: str) -> Sequence[Sequence[str]]:
    sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name(template.sheet)
    rows = sheet.to_python(skip_empty_area=False)[template.first_line - 1 :]
    columns = list(zip(*rows, strict=True))
    if any(set(map(type, column)) != {str} for column in columns):
        raise BankFileFaultError(f"{file}: a cell is not text")
    width = template.columns[-1].place + 1
    # Without a single row there are no columns to be taken apart.
    return columns[:width] if rows else [()] * width


def _elements(
    content: bytes, template: Template, wanted: list[TemplateColumn], file: str
) -> list[list[str]]:
    """Give the texts of the elements that hold ``wanted``, of which every payment has one each."""
    try:
        root = parse_tree(content)
    except ValueError as error:
        raise BankFileFaultError(f"{file} is not XML: {error}") from error
    namespaces = {"": root.nsmap.get(root.prefix)}
    paths = [f".//{template.element}/{column.element}" for column in wanted]
    found = [[each.text or "" for each in root.iterfind(path, namespaces)] for path in paths]
    if len({len(texts) for texts in found}) > 1:
        raise BankFileFaultError(f"{file}: a payment lacks an element of the format")
    return found
