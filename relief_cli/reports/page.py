"""Pages for a browser: one look, no script, nothing loaded."""

from collections.abc import Iterable
from html import escape

from relief_cli.i18n import N_, Translate

_STYLE = """
body { font: 14px/1.5 "Noto Sans CJK SC", "Microsoft YaHei", SimSun, sans-serif; color: #222;
       margin: 2em auto; max-width: 1200px; padding: 0 1em; }
h1 { font-size: 22px; } h2 { font-size: 17px; margin: 2em 0 .5em; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #bbb; padding: 3px 8px; }
th { background: #D9E1F2; } tfoot td { background: #F2F2F2; font-weight: bold; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
p.note { color: #595959; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; }
               tr, svg { break-inside: avoid; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(title: str, style: str, body: Iterable[str], say: Translate) -> bytes:
    """Render a page.

    Args:
        title: of the window; plain text.
        style: CSS that is laid over the common one.
        body: HTML.
        say: into the page's language.
    """
    language = "zh-CN" if say(N_("Total")) != "Total" else "en"
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{language}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        # Whatever a name in a cell says, nothing runs and nothing is loaded.
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>{escape(title)}</title><style>{_STYLE}{style}</style></head><body>",
        *body,
        "</body></html>",
    ]
    return "\n".join(parts).encode()
