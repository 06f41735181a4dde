"""The public notice as one page, each place on paper of its own when it is printed."""

from collections.abc import Iterator, Sequence
from html import escape

from relief_cli.i18n import N_
from relief_cli.money import format_yuan
from relief_cli.reports.notice_lines import Group
from relief_cli.reports.notice_text import Notice
from relief_cli.reports.page import page

_STYLE = """
@page { size: A4 portrait; margin: 15mm; @bottom-center { content: counter(page); } }
body { max-width: 900px; font-size: 16px; } h1 { text-align: center; }
section { margin-bottom: 4em; } h2 { margin-top: 1em; }
td.middle { text-align: center; } td.words { text-align: left; }
p.sign { text-align: right; } p.note { font-size: 14px; margin: .2em 0; }
@media print { body { font-size: 15px; } td, th { line-height: 1.3; }
               section + section { break-before: page; } thead { display: table-header-group; }
               tfoot { display: table-row-group; } }
"""


def notice_page(notice: Notice) -> bytes:
    """Render the page: the sums by place, then each place with its own heading and signature.

    Args:
        notice: in the office's language.
    """
    parts = [*_summary(notice)]
    for group in notice.groups:
        parts += _place(notice, group)
    return page(notice.title, _STYLE, parts, notice.say)


def _summary(notice: Notice) -> Iterator[str]:
    titles = (N_("No."), N_("Place"), N_("Households"), N_("Persons"), N_("Amount (yuan)"))
    yield from _begin(notice, "")
    yield _head([notice.say(title) for title in titles])
    for number, group in enumerate(notice.groups, start=1):
        figures = (f"{group.total(name):,}" for name in ("households", "persons"))
        amount = format_yuan(group.total("amount_fen"))
        yield (
            f'<tr><td class="middle">{number}</td><td>{escape(notice.place(group))}</td>'
            + "".join(f'<td class="number">{text}</td>' for text in (*figures, amount))
            + "</tr>"
        )
    yield from _end(notice, notice)


def _place(notice: Notice, group: Group) -> Iterator[str]:
    yield from _begin(notice, f"<h2>{escape(notice.place(group))}</h2>")
    yield _head(notice.headers)
    lines = group.lines
    columns = (lines[name] for name in ("name", "category", "persons", "amount_fen"))
    for number, (name, category, persons, fen) in enumerate(zip(*columns, strict=True), start=1):
        yield (
            f'<tr><td class="middle">{number}</td><td>{escape(name) or "–"}</td>'
            f'<td>{escape(category)}</td><td class="number">{persons:,}</td>'
            f'<td class="number">{format_yuan(fen)}</td></tr>'
        )
    yield from _end(notice, group)


def _begin(notice: Notice, heading: str) -> Iterator[str]:
    yield f"<section><h1>{escape(notice.title)}</h1>"
    yield from (f"<p>{escape(text)}</p>" for text in notice.introduction)
    yield heading


def _head(titles: Sequence[str]) -> str:
    cells = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
    return f"<table><thead><tr>{cells}</tr></thead>\n<tbody>"


def _end(notice: Notice, whole: Notice | Group) -> Iterator[str]:
    fen = format_yuan(whole.total("amount_fen"))
    yield (
        f'</tbody><tfoot><tr><td class="middle" colspan="4">{escape(notice.counts(whole))}</td>'
        f'<td class="number">{fen}</td></tr>\n'
        f'<tr><td class="words" colspan="5">{escape(notice.in_words(whole))}</td></tr>'
        "</tfoot></table>"
    )
    yield from (f'<p class="note">{escape(text)}</p>' for text in notice.notes)
    yield f'<p class="sign">{escape(notice.office)}</p><p class="sign">{escape(notice.dated)}</p>'
    yield "</section>"
