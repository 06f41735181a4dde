"""The two lists of a batch for machines and for a second look: payments.csv, entitlements.csv.

Plain UTF-8, without a byte order mark: programs read them, and a mark would become part of the
first column's name. A person opens the workbooks beside them; in a CSV a spreadsheet would show
accounts as numbers anyway.

A text that starts like a formula gets an apostrophe (CWE-1236): a roster must not be able to run
anything in the spreadsheet of whoever opens the list.
"""

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from relief_cli.batch import Batch
from relief_cli.reports.words import Wording

PAYMENTS_COLUMNS = (
    "payment",
    "payee_name",
    "account_number",
    "bank_name",
    "amount_fen",
    "beneficiaries",
    "file",
    "line",
)
ENTITLEMENTS_COLUMNS = (
    "payment",
    "beneficiary_name",
    "id_number",
    "category",
    "amount_fen",
    "reason",
    "reference",
    "source_file",
    "sheet",
    "row",
)

# The full-width signs start a formula too where the keyboard is Chinese or Japanese.
_FORMULA_START = r"^([=+\-@\t\r\n＝＋－＠])"
_OPTIONS = pa_csv.WriteOptions(quoting_header="none")


def payments_csv(payments: pd.DataFrame, lines: pd.DataFrame) -> bytes:
    """Render the payments, one line each, in their order.

    Args:
        payments: a batch's payments; amounts in fen.
        lines: ``payment`` int64, ``file`` str, ``line`` int64: where each payment stands in the
            bank files; blank for a payment that is not in ``lines``.
    """
    numbers = _numbers(payments["payment"])
    known = _numbers(lines["payment"])
    return _csv(
        {
            "payment": numbers,
            "payee_name": _safe(_texts(payments["payee_name"])),
            "account_number": _safe(_texts(payments["account_number"])),
            "bank_name": _safe(_texts(payments["bank_name"])),
            "amount_fen": _numbers(payments["amount_fen"]),
            "beneficiaries": _numbers(payments["beneficiaries"]),
            "file": _look_up(numbers, known, _safe(_texts(lines["file"]))),
            "line": _look_up(numbers, known, _numbers(lines["line"])),
        }
    )


def entitlements_csv(batch: Batch, categories: Mapping[str, str]) -> bytes:
    """Render the entitlements, one line each, in their order.

    Args:
        batch: the batch; amounts in fen.
        categories: code → title in the office's language; a code without one stands as it is.
    """
    entitlements, grounds = batch.entitlements, batch.grounds
    ground = _numbers(entitlements["ground"])
    grounds_known = _numbers(grounds["ground"])
    return _csv(
        {
            "payment": _numbers(entitlements["payment"]),
            "beneficiary_name": _safe(_texts(entitlements["name"])),
            "id_number": _texts(entitlements["person"]),
            "category": _titles(_texts(entitlements["category"]), categories),
            "amount_fen": _numbers(entitlements["amount_fen"]),
            "reason": _look_up(ground, grounds_known, _safe(_texts(grounds["reason"]))),
            "reference": _look_up(ground, grounds_known, _safe(_texts(grounds["reference"]))),
            **_origin(batch, entitlements["sheet"]),
            "row": _numbers(entitlements["sheet_row"]),
        }
    )


def skipped_csv(batch: Batch, wording: Wording) -> bytes:
    """Render the rows that need nothing now, one line each: where they stand and why.

    Args:
        batch: the batch.
        wording: titles of the codes, in the office's language.
    """
    rows = batch.unpaid[batch.unpaid["fate"] == "skipped"]
    titles = {code: one.title for code, one in wording.texts.items() if one.severity == "notice"}
    why = rows["codes"].str.extract(f"({'|'.join(titles)})", expand=False)
    return _csv(
        {
            **_origin(batch, rows["sheet"]),
            "row": _numbers(rows["sheet_row"]),
            "codes": _texts(rows["codes"]),
            "reason": _titles(_texts(why), titles),
        }
    )


def _origin(batch: Batch, sheets: pd.Series) -> dict[str, pa.Array]:
    """Give file and sheet of rows by the numbers of their sheets."""
    names = _look_up(
        _numbers(batch.sheets["input"]),
        _numbers(batch.inputs["input"]),
        _safe(_texts(batch.inputs["name"])),
    )
    wanted, known = _numbers(sheets), _numbers(batch.sheets["sheet"])
    return {
        "source_file": _look_up(wanted, known, names),
        "sheet": _look_up(wanted, known, _safe(_texts(batch.sheets["name"]))),
    }


def _csv(columns: dict[str, pa.Array]) -> bytes:
    buffer = pa.BufferOutputStream()
    pa_csv.write_csv(pa.table(columns), buffer, _OPTIONS)
    content: bytes = buffer.getvalue().to_pybytes()
    return content


def _numbers(column: pd.Series) -> pa.Array:
    return pa.array(column.to_numpy(), pa.int64())


def _texts(column: pd.Series) -> pa.Array:
    return pa.array(column, pa.string(), from_pandas=True)


def _safe(texts: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(texts, _FORMULA_START, r"'\1")


def _look_up(keys: pa.Array, known: pa.Array, values: pa.Array) -> pa.Array:
    """Give for each of ``keys`` the value that stands where it stands among ``known``."""
    return pc.take(values, pc.index_in(keys, value_set=known))


def _titles(codes: pa.Array, categories: Mapping[str, str]) -> pa.Array:
    known = pa.array(list(categories), pa.string())
    titles = _safe(pa.array(list(categories.values()), pa.string()))
    return pc.coalesce(_look_up(codes, known, titles), _safe(codes))
