"""Plays the banks and the township of the tutorial: nobody of them is there to be asked.

``python sample_data/bank.py answer BATCH_FOLDER ANSWERS`` writes what the banks would answer to the
files of a batch, each in the layout of its own bank; ``--fail-every 33`` lets every 33rd payment
fail, ``--back 7`` tells of payment 7 alone, which comes back after it had been paid (退票).
``python sample_data/bank.py correct LIST CORRECTED`` writes new accounts into a list of failures.
"""

import argparse
import csv
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl

Said = tuple[str, str]
"""The bank's words for one payment: result (成功, 失败, 处理中) and reason."""
PAID: Said = ("成功", "")
_FAILURES = (
    ("失败", "RJ01 账号不存在"),
    ("失败", "RJ02 账号户名不符"),
    ("失败", "RJ11 账户已销户"),
)
_BACK: Said = ("失败", "RJ09 退票")


@dataclass(frozen=True)
class Line:
    """What a line of a bank file orders."""

    account: str
    name: str
    fen: int


@dataclass(frozen=True)
class Ordered:
    """One line of a file that was sent."""

    payment: int
    serial: int
    line: Line


Told = tuple[Ordered, str, str]


def ordered(output: str | Path) -> dict[Path, list[Ordered]]:
    """Give path → the lines of each bank file of a batch's folder, by its list of payments."""
    text = (Path(output) / "payments.csv").read_text("utf-8")
    found: dict[Path, list[Ordered]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        lines = found.setdefault(Path(output) / row["file"], [])
        line = Line(row["account_number"], row["payee_name"], int(row["amount_fen"]))
        lines.append(Ordered(int(row["payment"]), len(lines) + 1, line))
    return found


def _all_paid(_one: Ordered) -> Said:
    return PAID


def answer_all(
    output: str | Path,
    folder: Path,
    outcome: Callable[[Ordered], Said | None] = _all_paid,
    *,
    only: str | None = None,
) -> list[Path]:
    """Answer every file of a batch.

    Args:
        output: the batch's folder.
        folder: where the answers go.
        outcome: the bank's words for each payment; ``None`` where it says nothing of it.
        only: a part of the file names, where not all files are answered.

    Returns:
        The paths of the answers.
    """
    folder.mkdir(exist_ok=True, parents=True)
    answers = []
    for path, lines in ordered(output).items():
        if only is not None and only not in path.name:
            continue
        told: list[Told] = [(one, *said) for one in lines if (said := outcome(one)) is not None]
        answers.append(_answer(path, told, folder, Path(output).name))
    return answers


def _answer(path: Path, told: list[Told], folder: Path, batch: str) -> Path:
    if "To402161002352" in path.name:
        sender, rest = path.name.split("_", 1)
        region = rest.split("To")[0]
        target = folder / f"{sender}_402161002352To{region}_{rest.split('_', 1)[1]}"
        target.write_bytes(_rcu(path, told).encode("gbk"))
    elif path.name.startswith("ccb-"):
        target = folder / f"{path.stem}-回盘.txt"
        target.write_bytes("".join(map(_ccb, told)).encode("gbk"))
    elif path.name.startswith("abc-"):
        target = folder / f"{path.stem}-回盘.xlsx"
        _write(target, [["农业银行批量代发结果"], *map(_abc, told)])
    elif path.name.startswith("icbc-"):
        target = folder / f"{path.stem}-回盘.txt"
        target.write_bytes(_icbc(told).encode("gbk"))
    elif path.suffix == ".csv":
        target = folder / f"{path.stem}-回盘.csv"
        text = io.StringIO()
        csv.writer(text).writerows(_generic(told, batch))
        target.write_text(text.getvalue(), "utf-8")
    else:
        target = folder / f"{path.stem}-回盘.xlsx"
        _write(target, _generic(told, batch))
    return target


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _rcu(path: Path, told: list[Told]) -> str:
    sent = path.read_bytes().decode("gbk").splitlines()
    lines = []
    for one, result, reason in told:
        fields = sent[one.serial - 1].split("@|$")
        fields[3] = str(one.line.fen)
        fields[8] = {"成功": "1", "处理中": ""}.get(result, "0")
        fields[9] = reason
        lines.append("@|$".join(fields) + "\n")
    return "".join(lines)


def _ccb(told: Told) -> str:
    one, result, reason = told
    yuan = _yuan(one.line.fen).removeprefix("0")
    line = one.line
    return f"{one.serial}|{line.account}|{line.name}|{yuan}|补贴|{result}|{reason}|||\r\n"


def _abc(told: Told) -> list[str]:
    one, result, reason = told
    line = one.line
    yuan = f"{line.fen // 100:,}.{line.fen % 100:02d}"
    payee = [line.account, line.name, "", yuan, ""]
    return [str(one.serial), "", "", "", *payee, f"交易{result}", reason]


def _icbc(told: list[Told]) -> str:
    header = (
        "序号|币种|付款账号|付款单位名称|收款账号|收款单位名称|金额|用途|网上银行状态|"
        "银行反馈信息\n"
    )
    words = {"成功": "处理成功", "失败": "处理失败", "处理中": "银行正在处理"}
    lines = [
        f"{n}|人民币|0502|民政局|{one.line.account}|{one.line.name}|{_yuan(one.line.fen)}元|"
        f"补贴{one.payment:06d}|{words[result]}|{reason}\n"
        for n, (one, result, reason) in enumerate(told, start=1)
    ]
    return "".join(["[BatchPayDetail]\n", "2022-08-20 10:00:00\n", "0001\n", header, *lines])


def _generic(told: list[Told], batch: str) -> list[list[str]]:
    rows = [["No.", "Payee", "Account", "Amount (yuan)", "Reference", "Result", "Reason"]]
    for n, (one, result, reason) in enumerate(told, start=1):
        reference = f"{batch}-{one.payment:06d}"
        yuan = _yuan(one.line.fen)
        rows.append([str(n), one.line.name, one.line.account, yuan, reference, result, reason])
    return rows


def _write(path: Path, rows: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def correct(given: Path, target: Path) -> int:
    """Write a new account at the rural credit union beside everybody in a list of failures."""
    book = openpyxl.load_workbook(given)
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    account, bank = header.index("账号") + 1, header.index("开户行") + 1
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, account).value = f"101001{row:08d}"
        sheet.cell(row, bank).value = "阳曲县农村信用合作联社"
    book.save(target)
    return sheet.max_row - 1


def _words(fail_every: int, back: int) -> Callable[[Ordered], Said | None]:
    def outcome(one: Ordered) -> Said | None:
        if back:
            return _BACK if one.payment == back else None
        if fail_every and one.payment % fail_every == 0:
            return _FAILURES[one.payment // fail_every % len(_FAILURES)]
        return PAID

    return outcome


def main() -> None:
    """Play the banks or the township, as the command line says."""
    parser = argparse.ArgumentParser(description="Plays the banks and the township.")
    commands = parser.add_subparsers(required=True, dest="command")
    answering = commands.add_parser("answer")
    answering.add_argument("--fail-every", type=int, default=0)
    answering.add_argument("--back", type=int, default=0)
    correcting = commands.add_parser("correct")
    for command in (answering, correcting):
        command.add_argument("given", type=Path)
        command.add_argument("target", type=Path)
    asked = parser.parse_args()
    if asked.command == "correct":
        sys.stdout.write(f"{correct(asked.given, asked.target)} accounts put right\n")
        return
    only = None
    if asked.back:
        files = ordered(asked.given).items()
        only = next(
            path.name for path, lines in files if any(one.payment == asked.back for one in lines)
        )
    outcome = _words(asked.fail_every, asked.back)
    answers = answer_all(asked.given, asked.target, outcome, only=only)
    sys.stdout.write(f"{len(answers)} answers in {asked.target}\n")


if __name__ == "__main__":
    main()
