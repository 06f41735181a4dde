import hashlib
import json
import os
from pathlib import Path

from relief_cli.reports.write import write_lists, write_summary


def write_batch(batch, lines, bank_files, wording, folder):
    lists = write_lists(batch, lines, wording, folder)
    return [*lists, *write_summary(batch, lines, bank_files, lists, wording, folder)]


def test_six_private_files_with_their_digests(batch, lines, bank_files, wording, tmp_path):
    old = os.umask(0)
    try:
        files = write_batch(batch, lines, bank_files, wording, tmp_path)
    finally:
        os.umask(old)
    assert [(file.path, file.kind, file.format) for file in files] == [
        ("payments.csv", "payments", "csv"),
        ("entitlements.csv", "entitlements", "csv"),
        ("skipped.csv", "skipped", "csv"),
        ("held.xlsx", "held", "xlsx"),
        ("summary.xlsx", "summary", "xlsx"),
        ("manifest.json", "manifest", "json"),
    ]
    for file in files:
        path = Path(tmp_path, file.path)
        content = path.read_bytes()
        assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert path.stat().st_mode & 0o777 == 0o600


def test_two_writes_give_the_same_bytes(batch, lines, bank_files, wording, tmp_path):
    written = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        written.append(write_batch(batch, lines, bank_files, wording, tmp_path / name))
    assert written[0] == written[1]


def test_the_manifest_tells_inputs_outputs_and_values(batch, lines, bank_files, wording, tmp_path):
    files = write_batch(batch, lines, bank_files, wording, tmp_path)
    text = (tmp_path / "manifest.json").read_text("utf-8")
    manifest = json.loads(text)
    assert text == json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    assert manifest["rows"] == {"read": 8, "paid": 4, "held": 3, "skipped": 1}
    assert manifest["totals"] == {
        "beneficiaries": 4,
        "households": 3,
        "payments": 3,
        "amount_fen": 130_001,
    }
    assert manifest["shares"][0] == {"county": "甲县", "source": "province", "amount_fen": 54_001}
    assert manifest["inputs"][1] == {"name": "-乙县.xlsx", "sha256": "b" * 64, "size": 2000}
    assert manifest["parameters"] == [
        {
            "name": "one_time_amount",
            "place": "",
            "value": "300",
            "unit": "yuan",
            "since": "2022-07-19",
            "reference": "晋民发〔2022〕38号 2.2",
        }
    ]
    assert [file["path"] for file in manifest["files"]] == [
        *("bank/a.txt", "bank/b.txt"),
        *(file.path for file in files[:-1]),
    ]
    assert manifest["files"][0]["amount_fen"] == 90_001
    assert manifest["files"][3]["sha256"] == files[1].sha256
    assert (manifest["batch"], manifest["office"]) == ("one-time-2022-08-1", "某市民政局")
