"""Whether a bank's program reads of a format what was meant.

A bank reads account, name and amount by their titles, elements or places, not by the places that a
template names. So a column that is called the account must hold the payee's account, and no other
number that could be read as one may stand in a line.
"""

import re
from collections.abc import Mapping

from relief_cli.banks.patterns import CONTEXT, Pattern
from relief_cli.banks.tables import Table
from relief_cli.banks.template import Template, TemplateColumn
from relief_cli.i18n import N_

_CALLED = {
    "account_number": r"(收款|银行|收款人)?(账号|帐号|卡号|银行卡号|账户号码)|account( number)?",
    "payee_name": r"(收款)?(户名|姓名|账户名称|账号名称)|收款人(姓名|名称)?|payee( name)?",
    "amount": r"(发放|补贴|代发|实发|应发|交易|转账)?金额|amount",
}
"""What stands in a column → the titles by which it is known, without stars and brackets."""
_ELEMENTS = {"account_number": "CdtrAcct/", "payee_name": "Cdtr/Nm", "amount": "Amt/"}
"""The same by the path of an element (ISO 20022)."""
_ASIDE = re.compile(r"[*＊\s]|[(（].*?[)）]")
_PAYER = re.compile(r"付款|付方|转出|payer|debit|debtor", re.IGNORECASE)
# The shortest account of a Chinese bank has 9 digits; a code of a region or a day has 8 at most.
_ACCOUNT = re.compile(r"\d{9}")
_LITERAL = re.compile(r"\d{5}|\d+\.\d\d")


def check_meanings(table: Table, template: Template) -> None:
    """Refuse a template by which a bank would read other accounts, names or amounts.

    Raises:
        PolicyError: ``bank-template``.
    """
    for column in template.columns:
        for source in _CALLED:
            if _is_called(column, source) and column.value.alone != source:
                raise table.error(
                    "columns",
                    N_("{key}: the column {title} must hold {place} and nothing else"),
                    title=column.title["zh"],
                    place=f"{{{source}}}",
                )
        if any(_LITERAL.search(piece.literal) for piece in column.value.pieces):
            raise table.error(
                "columns",
                N_("{key}: a number in the column {title} could be read as an account or amount"),
                title=column.title["zh"],
            )


def _is_called(column: TemplateColumn, source: str) -> bool:
    if column.element:
        return f"{column.element}/".startswith(_ELEMENTS[source])
    titles = (_ASIDE.sub("", title) for title in column.title.values())
    return any(re.fullmatch(_CALLED[source], title, re.IGNORECASE) for title in titles)


def taken_for_accounts(template: Template, values: Mapping[str, object]) -> list[str]:
    """Give the facts of the office that a bank could read as the account of a payee.

    The payer's own may stand where the file's titles say so.

    Args:
        template: the format.
        values: the facts, by name.
    """
    return sorted(
        {
            name
            for column in template.columns
            for name in column.value.names & CONTEXT
            if _ACCOUNT.search(_constant(column.value, values))
            and not _says_payer(template, column)
        }
    )


def _constant(pattern: Pattern, values: Mapping[str, object]) -> str:
    """Give what stands in every line alike, places of the payment left out."""
    return "".join(
        f"{piece.literal}{format(values[piece.name], piece.format)}"
        if piece.name in CONTEXT
        else piece.literal
        for piece in pattern.pieces
    )


def _says_payer(template: Template, column: TemplateColumn) -> bool:
    """Say whether the file itself says above the column that it is the payer's."""
    if template.titles:
        return any(_PAYER.search(title) for title in column.title.values())
    for (line,) in template.header if template.kind == "delimited" else ():
        titles = line.text.split(template.delimiter)
        if len(titles) > column.place and _PAYER.search(titles[column.place]):
            return True
    return False
