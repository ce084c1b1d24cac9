# SPDX-License-Identifier: Apache-2.0
"""The kit of self-contained HTML pages: one look, light and dark, readable without a network."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Iterable
from typing import Any

STYLE = """
:root{--ink:#1d2733;--soft:#5b6876;--line:#dfe4ea;--paper:#fff;--back:#f4f6f9;--accent:#3b6fb6;--warm:#e08a3c;
--good:#4f9d69;--bad:#c4574b}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf1;--soft:#9aa7b5;--line:#323c48;--paper:#1b222b;
--back:#12171d;--accent:#7fa8dc;--warm:#eaa05f;--good:#6fbf8b;--bad:#dd7a6f}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);
font:15px/1.5 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1080px;margin:0 auto;padding:36px 24px 72px}
h1{font-size:27px;margin:0;letter-spacing:-.01em}h2{font-size:18px;margin:0 0 4px}
.sub{color:var(--soft);margin:4px 0 0}section{background:var(--paper);border:1px solid var(--line);
border-radius:12px;padding:22px 24px;margin-top:20px}section>.sub{margin:0 0 14px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin-top:22px}
.card{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:14px 16px}
.card b{display:block;font-size:23px;font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap;
overflow:hidden;text-overflow:ellipsis}.card span{color:var(--soft);font-size:13px}.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}th{color:var(--soft);font-weight:500;text-align:right;
border-bottom:1px solid var(--line);padding:5px 10px;white-space:nowrap;vertical-align:bottom}
td{padding:5px 10px;text-align:right;border-bottom:1px solid var(--line);font-variant-numeric:tabular-nums;
white-space:nowrap}th:first-child,td:first-child,.text{text-align:left!important}tr:last-child td{border-bottom:0}
svg{display:block;width:100%;height:auto}svg text{fill:var(--soft);font-size:12px}
svg .label{fill:var(--ink);font-size:13px}a{color:var(--accent)}code,pre{font-size:13px}pre{overflow-x:auto;margin:0}
select,input{font:inherit;color:inherit;background:var(--back);border:1px solid var(--line);border-radius:7px;
padding:4px 8px;margin:0 8px 8px 0}.warn{border-left:4px solid var(--warm);padding:6px 14px;margin:14px 0 0;
background:var(--back)}footer{color:var(--soft);font-size:13px;margin-top:26px}
"""


def escape(text: object) -> str:
    return html.escape(str(text))


def ticks(largest: float, most: int) -> list[float]:
    """Marks of an axis from 0 on: steps of 1, 2 or 5 times a power of ten, at most `most` up to `largest`."""
    base = 10.0 ** (math.floor(math.log10(largest)) - 1)
    step = next(base * factor for factor in (1, 2, 5, 10, 20) if largest / (base * factor) <= most)
    return [index * step for index in range(int(largest / step) + 1)]


def section(title: str, what: str, content: str, name: str = "") -> str:
    identity = f' id="{name}"' if name else ""
    return f'<section{identity}><h2>{escape(title)}</h2><p class="sub">{what}</p>{content}</section>\n'


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Texts are HTML already; `rows` hold whole <td> elements, or texts that become one."""

    def cell(text: str) -> str:
        return text if text.startswith("<td") else f"<td>{text}</td>"

    head = "".join(name if name.startswith("<th") else f"<th>{name}</th>" for name in header)
    body = "".join(f"<tr>{''.join(cell(text) for text in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def cards(values: Iterable[tuple[str, str]]) -> str:
    """Figures at a glance: (value, what it is)."""
    items = "".join(
        f'<div class="card"><b title="{escape(value)}">{escape(value)}</b><span>{escape(what)}</span></div>'
        for value, what in values
    )
    return f'<div class="cards">{items}</div>'


def embedded(name: str, value: Any) -> str:
    """`value` for the page's scripts, as JSON that cannot end its element."""
    text = json.dumps(value, separators=(",", ":")).replace("<", "\\u003c").replace("\u2028", "\\u2028")
    return f'<script type="application/json" id="{name}">{text}</script>\n'


def document(title: str, content: str, style: str = "", script: str = "") -> str:
    code = f"<script>{script}</script>\n" if script else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}{style}</style></head>\n"
        f"<body><main>\n{content}</main>\n{code}</body></html>\n"
    )
