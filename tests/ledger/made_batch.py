"""A made-up batch for the ledger's tests; the identity numbers are not real ones."""

import dataclasses
import datetime as dt
import hashlib

import numpy as np
import pandas as pd

from relief_cli.banks.context import FACTS
from relief_cli.batch import FOLLOW_UPS, TABLES, Batch
from relief_cli.calendar import Cycle, Occasion
from relief_cli.errors import UsageError
from relief_cli.frames import conform, empty

OCCASION = Occasion.of_notice("晋民发〔2022〕38号")


def persons(first, count):
    return [f"14082819000101{number:04d}" for number in range(first, first + count)]


def occasion_of(text):
    """Give the occasion of a cycle, or of a notice."""
    try:
        return Occasion.of_cycle(Cycle.parse(text))
    except UsageError:
        return Occasion.of_notice(text)


def make_batch(people, sequence=1, **fields):
    """Give a batch that pays each two of ``people`` 300 yuan each into one account."""
    count = len(people)
    payment = np.arange(count) // 2 + 1
    entitlements = pd.DataFrame(
        {
            "entitlement": np.arange(1, count + 1),
            "payment": payment,
            "person": people,
            "name": "某人",
            "category": "rural_dibao",
            "county": "夏县",
            "township": [None if number % 3 else "庙前镇" for number in range(count)],
            "household": payment,
            "household_id": ["14012200017" if number % 2 else None for number in range(count)],
            "amount_fen": 30000,
            "ground": 1,
            "move": 0,
            "sheet": 0,
            "sheet_row": np.arange(count) + 4,
            "member": 0,
        }
    )
    sizes = np.bincount(payment)[1:]
    numbers = np.arange(1, len(sizes) + 1)
    payments = pd.DataFrame(
        {
            "payment": numbers,
            "payee_name": "某人",
            "payee_id_number": ["14082819000101000X" if number % 2 else None for number in numbers],
            "account_number": [f"62{number:014d}{sequence}" for number in numbers],
            "bank": ["402" if number % 2 else None for number in numbers],
            "bank_name": ["" if number % 2 else None for number in numbers],
            "format": "generic-csv",
            "amount_fen": 30000 * sizes,
            "beneficiaries": sizes,
        }
    )
    total = 30000 * count
    tables = {
        "inputs": pd.DataFrame(
            {"input": [0], "name": ["名册.xlsx"], "sha256": ["a" * 64], "size": [1]}
        ),
        "sheets": pd.DataFrame(
            {
                "sheet": [0],
                "input": [0],
                "name": ["庙前"],
                "header_row": [3],
                "header": ["姓名\x1f身份证号"],
                "rows": [count],
                "totals": [1],
                "notes": [2],
            }
        ),
        "parameters": pd.DataFrame(
            {
                "name": ["b", "a"],
                "place": ["", "夏县"],
                "value": ["300", "1"],
                "unit": ["yuan", ""],
                "since": ["2022-07-19", None],
                "reference": ["2.2", None],
                "status": ["confirmed", "to be confirmed"],
            }
        ),
        "grounds": pd.DataFrame(
            {
                "ground": [1],
                "reason": ["一次性"],
                "reference": ["2.2"],
                "kind": "benefit",
                "cause": None,
                "first_month": None,
                "last_month": None,
                "people": 1,
                "since": None,
                "unit": "person",
            }
        ),
        "payments": payments,
        "entitlements": entitlements,
        "components": pd.DataFrame(
            {
                "entitlement": [1, 1] if count else [],
                "part": ["basic", "arrears"] if count else [],
                "grade": ["一档", None] if count else [],
                "income_fen": [12345, -1] if count else [],
                "first_month": [None, "2022-07"] if count else [],
                "last_month": [None, "2022-07"] if count else [],
                "from_fen": [-1, 480000] if count else [],
                "to_fen": [-1, 508800] if count else [],
                "amount_fen": [20000, 2400] if count else [],
            }
        ),
        "shares": pd.DataFrame(
            {
                "county": "夏县",
                "category": "rural_dibao",
                "code": "2081902",
                "source": ["province", "municipal", "county"],
                "amount_fen": [total * 6 // 10, total * 4 // 10, 0],
            }
        ),
        "facts": pd.DataFrame(
            {"name": FACTS, "value": [None if name == "sender" else "zh" for name in FACTS]}
        ),
        "titles": pd.DataFrame({"category": ["rural_dibao"], "title": ["农村低保"]}),
        "recovered": pd.DataFrame(
            {
                "source": ["county", "province"],
                "code": ["", "2081902"],
                "repayments": [1, 2],
                # These books know of no repayment.
                "amount_fen": 0,
            }
        ),
        "unpaid": pd.DataFrame(
            {
                "row": [9, 8],
                "input": 0,
                "sheet": 0,
                "sheet_row": [13, 12],
                "member": 0,
                "fate": ["held", "skipped"],
                "codes": ["R103", None],
                "cells": ["某\x1f=1", "𠮷\x1f"],
            }
        ),
        "findings": pd.DataFrame(
            {
                "row": [9, -1],
                "input": 0,
                "sheet": [0, -1],
                "sheet_row": [13, 0],
                "member": 0,
                "code": ["R103", "F008"],
                "severity": ["error", "warning"],
                "field": ["id_number", ""],
                "cell": ["C13", ""],
                "detail": ["1408****", None],
                "person": None,
                "facts": None,
                "acceptance": 0,
            }
        ),
    }
    own = {
        "programme": "one-time",
        "cycle": "2022-08",
        "occasion": OCCASION,
        "region": "140828",
        "office": "某县民政局",
        "pay_on": dt.date(2022, 8, 19),
        "inputs_digest": hashlib.sha256(f"{people}".encode()).hexdigest(),
        "rows_read": count + 2,
    } | fields
    if isinstance(own["occasion"], str):
        own["occasion"] = occasion_of(own["occasion"])
    return Batch(
        name=f"{own['programme']}-{own['cycle']}-{sequence}",
        sequence=sequence,
        **own,
        **{name: conform(table, TABLES[name]) for name, table in tables.items()},
        follow_ups=empty(FOLLOW_UPS),
    )


def changed(batch, table, column, value):
    """Give ``batch`` with ``value`` throughout one ``column`` of one ``table``."""
    frame = getattr(batch, table).assign(**{column: value})
    return dataclasses.replace(batch, **{table: conform(frame, TABLES[table])})
