"""The auditor's table: columns, and the formats that it is written in."""

import io
from collections.abc import Callable, Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from relief_cli.i18n import N_, translator
from relief_cli.reports import workbook as wb
from relief_cli.reports.plain_tables import write_table
from relief_cli.reports.tables import Column, Table
from relief_cli.reports.words import Wording

COLUMNS = {
    "batch": "str",
    "programme": "str",
    "cycle": "str",
    "state": "str",
    "payment": "str",
    "name": "str",
    "id_number": "str",
    "category": "str",
    "county": "str",
    "township": "str",
    "amount_fen": "int64",
    "months": "str",
    "reason": "str",
    "clause": "str",
    "sources": "str",
    "source_file": "str",
    "sheet": "str",
    "row": "int64",
    "payee_name": "str",
    "account_number": "str",
    "bank_name": "str",
    "file": "str",
    "line": "Int64",
    "outcome": "str",
    "answer_code": "str",
    "answer_reason": "str",
    "prepared_by": "str",
    "approved_by": "str",
    "head": "str",
}
"""Column → dtype. ``sources``: who bears what of the whole county and category, in yuan. ``head``:
that of the books when the table was taken, short."""
_WIDTH = 16
_FORMULA_START = r"^([=+\-@\t\r\n＝＋－＠])"


def _csv(table: pd.DataFrame, _language: str) -> bytes:
    # No text runs anything in the spreadsheet of whoever opens it (CWE-1236).
    texts = [name for name, dtype in COLUMNS.items() if dtype == "str"]
    safe = table.assign(
        **{name: table[name].str.replace(_FORMULA_START, r"'\1", regex=True) for name in texts}
    )
    buffer = pa.BufferOutputStream()
    pa_csv.write_csv(_arrow(safe), buffer)
    content: bytes = buffer.getvalue().to_pybytes()
    return content


def _parquet(table: pd.DataFrame, _language: str) -> bytes:
    buffer = io.BytesIO()
    pa_parquet.write_table(_arrow(table), buffer)
    return buffer.getvalue()


def _xlsx(table: pd.DataFrame, language: str) -> bytes:
    say = translator(language)
    title = say(N_("Entitlements with all that belongs to them"))
    columns = tuple(
        Column(
            title=name,
            kind="count" if dtype == "int64" else "text",
            cells=table[name].tolist()
            if dtype == "int64"
            else table[name].astype("str").where(table[name].notna(), "").tolist(),
            width=_WIDTH,
            total=name == "amount_fen",
        )
        for name, dtype in COLUMNS.items()
    )
    book = wb.Book(title, say)
    write_table(book, Table(name=title, title=title, columns=columns), Wording(say=say, texts={}))
    return book.content()


def _arrow(table: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(table, preserve_index=False)


FORMATS: Mapping[str, Callable[[pd.DataFrame, str], bytes]] = {
    "xlsx": _xlsx,
    "csv": _csv,
    "parquet": _parquet,
}
"""The ending of a file's name → what makes its bytes of the table and the language."""
