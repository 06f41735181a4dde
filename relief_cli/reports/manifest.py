"""manifest.json: what went in, what came out, by which values: all that an auditor compares."""

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from relief_cli.batch import Batch
from relief_cli.files import OutputFile
from relief_cli.reports.figures import count_rows


def manifest_json(batch: Batch, files: Sequence[OutputFile]) -> bytes:
    """Render the manifest as canonical JSON: sorted keys, two spaces, UTF-8, a newline.

    Args:
        batch: the batch.
        files: every other file of the batch, in the order in which they were written.
    """
    rows = count_rows(batch)
    # Every roster has sheets; a list of another department has none, and its kind before its name.
    is_list = ~batch.inputs["input"].isin(batch.sheets["input"])
    content: dict[str, Any] = {
        "batch": batch.name,
        "programme": batch.programme,
        "cycle": batch.cycle,
        "sequence": batch.sequence,
        "occasion": batch.occasion.name,
        "kind": batch.occasion.kind,
        "region": batch.region,
        "office": batch.office,
        "pay_on": batch.pay_on.isoformat(),
        "inputs_digest": batch.inputs_digest,
        "rows": {
            "read": rows.read,
            "paid": rows.paid,
            "held": rows.held,
            "skipped": rows.skipped,
        },
        "totals": {
            "beneficiaries": batch.beneficiaries,
            "households": int(batch.entitlements["household"].nunique()),
            "payments": len(batch.payments),
            "amount_fen": batch.amount_fen,
        },
        "shares": _records(batch.shares, ["county", "category", "code", "source", "amount_fen"]),
        "recovered": _records(batch.recovered, ["source", "code", "repayments", "amount_fen"]),
        "inputs": _records(batch.inputs[~is_list], ["name", "sha256", "size"]),
        "sheets": _records(batch.sheets, ["input", "name", "rows", "totals", "notes"]),
        "parameters": _records(
            batch.parameters, ["name", "place", "value", "unit", "since", "reference", "status"]
        ),
        "files": [_file(file) for file in files],
        "follows": batch.follows,
    }
    if is_list.any():
        content["lists"] = _records(batch.inputs[is_list], ["name", "sha256", "size"])
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True)
    return f"{text}\n".encode()


def _file(file: OutputFile) -> dict[str, str | int]:
    return {
        "path": file.path,
        "kind": file.kind,
        "format": file.format,
        "payments": file.payments,
        "amount_fen": file.amount_fen,
        "sha256": file.sha256,
        "size": file.size,
    }


def _records(frame: pd.DataFrame, columns: list[str]) -> list[dict[str, Any]]:
    """Give the rows as plain values; a text that is missing is blank."""
    values = (frame[name].where(frame[name].notna(), "").tolist() for name in columns)
    return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]
