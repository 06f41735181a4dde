import hashlib
import json
import os

import pytest

from relief_cli.errors import UsageError
from relief_cli.reports.manifest import manifest_json
from relief_cli.reports.outputs import save


def test_a_report_is_saved_for_its_owner_alone_with_its_digest(tmp_path):
    old = os.umask(0)
    try:
        file = save(tmp_path, "held.xlsx", b"content")
    finally:
        os.umask(old)
    path = tmp_path / "held.xlsx"
    assert path.read_bytes() == b"content"
    assert path.stat().st_mode & 0o777 == 0o600
    assert (file.path, file.kind, file.format) == ("held.xlsx", "held", "xlsx")
    assert (file.size, file.sha256) == (7, hashlib.sha256(b"content").hexdigest())


def test_a_report_takes_no_other_ones_place(tmp_path):
    save(tmp_path, "held.xlsx", b"first")
    with pytest.raises(UsageError) as caught:
        save(tmp_path, "held.xlsx", b"second")
    assert caught.value.code == "write-failed"
    assert (tmp_path / "held.xlsx").read_bytes() == b"first"


def test_the_manifest_tells_inputs_outputs_and_values(batch, bank_files, tmp_path):
    files = [*bank_files, save(tmp_path, "payments.csv", b"1"), save(tmp_path, "held.xlsx", b"2")]
    text = manifest_json(batch, files).decode("utf-8")
    manifest = json.loads(text)
    assert text == json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    assert manifest["rows"] == {"read": 8, "paid": 4, "held": 3, "skipped": 1}
    assert manifest["totals"] == {
        "beneficiaries": 4,
        "households": 3,
        "payments": 3,
        "amount_fen": 130_001,
    }
    assert manifest["shares"][0] == {
        "county": "甲县", "category": "rural_dibao", "code": "2081902", "source": "province",
        "amount_fen": 54_001,
    }  # fmt: skip
    assert manifest["recovered"] == [
        {"source": "county", "code": "", "repayments": 2, "amount_fen": 1_999},
        {"source": "province", "code": "2081902", "repayments": 1, "amount_fen": 1},
    ]
    assert manifest["inputs"][1] == {"name": "-乙县.xlsx", "sha256": "b" * 64, "size": 2000}
    assert manifest["parameters"] == [
        {
            "name": "one_time_amount",
            "place": "",
            "value": "300",
            "unit": "yuan",
            "since": "2022-07-19",
            "reference": "晋民发〔2022〕38号 2.2",
            "status": "confirmed",
        }
    ]
    assert [file["path"] for file in manifest["files"]] == [
        "bank/a.txt",
        "bank/b.txt",
        "payments.csv",
        "held.xlsx",
    ]
    assert manifest["files"][0]["amount_fen"] == 90_001
    assert manifest["files"][3]["sha256"] == hashlib.sha256(b"2").hexdigest()
    assert (manifest["batch"], manifest["office"]) == ("one-time-2022-08-1", "某市民政局")
