"""The funding reconciliation as one page for a browser: no script, nothing loaded."""

from collections.abc import Sequence
from html import escape

from relief_cli.i18n import N_
from relief_cli.ledger.events import short_head
from relief_cli.money import format_yuan
from relief_cli.reports import qr
from relief_cli.reports.page import page
from relief_cli.reports.tables import Column, Table
from relief_cli.reports.words import Wording

_COLOURS = ("#70AD47", "#5B9BD5", "#ED7D31", "#A5A5A5", "#FFC000")
_STYLE = """
.wide { overflow-x: auto; }
svg text { font: 12px sans-serif; } svg { max-width: 100%; height: auto; }
"""
_BAR, _GAP, _LEFT, _WIDTH = 22, 10, 150, 700


def reconciliation_page(
    tables: Sequence[Table], office: str, heading: str, head: str, wording: Wording
) -> bytes:
    """Render the page.

    Args:
        tables: as :func:`relief_cli.reports.reconciliation_tables.tables` gives them.
        office: the reporting office's name.
        heading: cycle and day.
        head: of the chain of events; empty where the books have none.
        wording: in the office's language.
    """
    title = wording.say(N_("Funding reconciliation"))
    up_to = wording.say(N_("Books up to {head}")).format(head=short_head(head))
    parts = [
        f"<h1>{escape(title)}</h1><p>{escape(office)} · {escape(heading)}</p>",
        *([f"<p>{escape(up_to)}</p>{qr.svg(head)}"] if head else []),
        *(_section(table, wording) for table in tables),
    ]
    return page(title, _STYLE, parts, wording.say)


def _section(table: Table, wording: Wording) -> str:
    parts = [f"<section><h2>{escape(table.title)}</h2>"]
    if table.chart and table.rows:
        parts.append(_chart(table))
    parts.append(_table(table, wording))
    if table.note:
        parts.append(f'<p class="note">{escape(table.note)}</p>')
    return "\n".join([*parts, "</section>"])


def _table(table: Table, wording: Wording) -> str:
    head = "".join(f'<th scope="col">{escape(one.title)}</th>' for one in table.columns)
    cells = [[_cell(column, cell) for cell in column.cells] for column in table.columns]
    body = "".join(f"<tr>{''.join(row)}</tr>\n" for row in zip(*cells, strict=True))
    foot = ""
    if any(column.total for column in table.columns):
        total = f"<td>{escape(wording.say(N_('Total')))}</td>"
        rest = (_cell(one, one.sum) if one.total else "<td></td>" for one in table.columns[1:])
        foot = f"<tfoot><tr>{total}{''.join(rest)}</tr></tfoot>"
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}</tbody>{foot}</table></div>"
    )


def _cell(column: Column, cell: str | int) -> str:
    if column.kind == "text":
        return f"<td>{escape(str(cell))}</td>"
    if column.kind == "right":
        return f'<td class="number">{escape(str(cell))}</td>'
    shown = format_yuan(int(cell)) if column.kind == "money" else f"{int(cell):,}"
    return f'<td class="number">{shown}</td>'


def _chart(table: Table) -> str:
    """Draw stacked bars, one for each row; what is less than nothing has no bar."""
    columns = [table.columns[place] for place in table.chart]
    rows = [
        [max(int(cell), 0) for cell in row] for row in zip(*(c.cells for c in columns), strict=True)
    ]
    most = max(map(sum, rows)) or 1
    height = len(rows) * (_BAR + _GAP) + 2 * _BAR
    named = zip(*(column.cells for column in table.columns[: table.labels]), strict=True)
    labels = [" ".join(map(str, parts)) for parts in named]
    parts = [f'<svg viewBox="0 0 {_LEFT + _WIDTH + 20} {height}" role="img">']
    parts.append(f"<title>{escape(table.title)}</title>")
    for number, row in enumerate(rows):
        top = number * (_BAR + _GAP)
        parts.append(_label(labels[number], top))
        reached = 0
        for place, fen in enumerate(row):
            left, right = (_LEFT + at * _WIDTH // most for at in (reached, reached + fen))
            reached += fen
            if fen:
                told = f"{columns[place].title}: {format_yuan(fen)}"
                parts.append(
                    f'<rect x="{left}" y="{top}" width="{max(right - left, 1)}" height="{_BAR}"'
                    f' fill="{_COLOURS[place]}"><title>{escape(told)}</title></rect>'
                )
    parts += _legend(columns, height - _BAR)
    return "\n".join([*parts, "</svg>"])


def _label(text: str, top: int) -> str:
    return f'<text x="{_LEFT - 8}" y="{top + _BAR - 6}" text-anchor="end">{escape(text)}</text>'


def _legend(columns: Sequence[Column], top: int) -> list[str]:
    room = _WIDTH // max(len(columns), 1)
    parts = []
    for place, column in enumerate(columns):
        left = _LEFT + place * room
        parts.append(
            f'<rect x="{left}" y="{top}" width="12" height="12" fill="{_COLOURS[place]}"/>'
            f'<text x="{left + 18}" y="{top + 11}">{escape(column.title)}</text>'
        )
    return parts
