"""Plays the bank: answers the files of a batch, each in the layout of its own bank."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from golden.books import Books, Line

PAID = ("成功", "")


@dataclass(frozen=True)
class Ordered:
    """One line of a file that was sent."""

    payment: int
    serial: int
    line: Line


def ordered(output):
    """Give path → the lines of each bank file of a batch's folder."""
    books, found = Books(output), {}
    for number, row in books.payments.items():
        lines = found.setdefault(books.folder / row["file"], [])
        held = Line(row["account_number"], row["payee_name"], int(row["amount_fen"]))
        lines.append(Ordered(number, len(lines) + 1, held))
    return found


def answer_all(output, folder, outcome=lambda _ordered: PAID, *, only=None):
    """Answer every file of a batch.

    Args:
        output: the batch's folder.
        folder: where the answers go.
        outcome: for each :class:`Ordered` the bank's words: result (成功, 失败, 处理中) and reason;
            ``None`` where the bank says nothing of it.
        only: a part of the file names, where not all files are answered.

    Returns:
        The paths of the answers.
    """
    folder.mkdir(exist_ok=True, parents=True)
    answers = []
    for path, lines in ordered(output).items():
        if only is not None and only not in path.name:
            continue
        told = [(one, *said) for one in lines if (said := outcome(one)) is not None]
        answers.append(_answer(path, told, folder, Path(output).name))
    return answers


def _answer(path, told, folder, batch):
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


def _yuan(fen):
    return f"{fen // 100}.{fen % 100:02d}"


def _rcu(path, told):
    sent = path.read_bytes().decode("gbk").splitlines()
    lines = []
    for one, result, reason in told:
        fields = sent[one.serial - 1].split("@|$")
        fields[3] = str(one.line.fen)
        fields[8] = {"成功": "1", "处理中": ""}.get(result, "0")
        fields[9] = reason
        lines.append("@|$".join(fields) + "\n")
    return "".join(lines)


def _ccb(told):
    one, result, reason = told
    yuan = _yuan(one.line.fen).removeprefix("0")
    line = one.line
    return f"{one.serial}|{line.account}|{line.name}|{yuan}|补贴|{result}|{reason}|||\r\n"


def _abc(told):
    one, result, reason = told
    line = one.line
    yuan = f"{line.fen // 100:,}.{line.fen % 100:02d}"
    payee = [line.account, line.name, "", yuan, ""]
    return [str(one.serial), "", "", "", *payee, f"交易{result}", reason]


def _icbc(told):
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


def _generic(told, batch):
    rows = [["No.", "Payee", "Account", "Amount (yuan)", "Reference", "Result", "Reason"]]
    for n, (one, result, reason) in enumerate(told, start=1):
        reference = f"{batch}-{one.payment:06d}"
        yuan = _yuan(one.line.fen)
        rows.append([str(n), one.line.name, one.line.account, yuan, reference, result, reason])
    return rows


def _write(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
