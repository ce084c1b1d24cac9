# SPDX-License-Identifier: Apache-2.0
"""The page of a sweep: Pareto front, heat map, effects, best points, table. One file, no network.

The data stand in the page as JSON; `page.js` draws them."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

from flexv_tools import pages
from flexv_tools.pages import escape
from flexv_tools.sweep.results import Row
from flexv_tools.sweep.study import Objective, Study, Value

SCRIPT = Path(__file__).with_name("page.js")
STYLE = """
.plot{position:relative}.plot circle{cursor:pointer}#tip{position:fixed;display:none;pointer-events:none;z-index:9;
background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:8px 12px;font-size:13px;
box-shadow:0 4px 16px #0003;max-width:420px}#points th{cursor:pointer}#points th[data-sort]:after{content:" \\25B4"}
#points th[data-sort="-1"]:after{content:" \\25BE"}#points tr.front td:first-child{box-shadow:inset 3px 0 var(--warm)}
#points tr.failed td{color:var(--bad)}.cell{stroke:var(--paper);stroke-width:2}
"""


def html_text(study: Study, rows: list[Row], versions: dict[str, str]) -> str:
    ok = [row for row in rows if row.is_ok]
    front = [row for row in ok if row.is_pareto]
    head = f"<h1>{escape(study.name)}</h1>\n"
    head += f'<p class="sub">{len(rows)} results of a grid of {study.grid_size:,} points.</p>\n'
    facts = [(str(len(ok)), "runs that ended well"), (str(len(rows) - len(ok)), "failed or not run")]
    facts += [(str(len(front)), "on the Pareto front")]
    content = head + pages.cards([*facts, *best_values(study, rows)])
    content += pareto_section(study, any(row.report for row in rows)) + heat_section() + effect_section(study, ok) + best_section(study, rows)
    content += table_section() + again_section(study, versions)
    content += '<div id="tip"></div>\n' + pages.embedded("data", data_of(study, rows))
    return pages.document(study.name, content, STYLE, SCRIPT.read_text(encoding="utf-8"))


def data_of(study: Study, rows: list[Row]) -> dict[str, Any]:
    points = ["vdd", "mhz"] if study.operating_points else []
    return {
        "parameters": [*study.parameters, *study.derived, *points],
        "objectives": [{"name": each.name, "max": each.is_max} for each in study.objectives],
        "rows": [
            {
                "parameters": [*row.parameters.values(), *([row.vdd, row.mhz] if points else [])],
                "values": [row.metrics.get(each.name) for each in study.objectives],
                "status": row.status,
                "message": row.message,
                "report": row.report,
                "feasible": row.is_feasible,
                "pareto": row.is_pareto,
            }
            for row in rows
        ],
    }


def best_row(study: Study, rows: list[Row], objective: Objective) -> Row | None:
    """The allowed point that is best in `objective`; the first of equals."""
    allowed = [row for row in rows if row.is_ok and row.is_feasible]
    if not allowed:
        return None
    sign = -1 if objective.is_max else 1
    return min(allowed, key=lambda row: sign * float(row.metrics[objective.name] or 0))


def best_values(study: Study, rows: list[Row]) -> list[tuple[str, str]]:
    found = []
    for objective in study.objectives[:4]:
        best = best_row(study, rows, objective)
        if best is not None:
            what = f"{'largest' if objective.is_max else 'smallest'} {objective.name}"
            found.append((short(best.metrics[objective.name]), what))
    return found


def short(value: float | None) -> str:
    if value is None:
        return "-"
    if abs(value) < 1e12 and (value == int(value) or abs(value) >= 9999.5):
        return f"{value:,.0f}"
    return f"{value:.4g}"


def pareto_section(study: Study, has_reports: bool) -> str:
    what = "Points that no other one beats in all objectives are orange. A point shows itself."
    if len(study.objectives) == 1:
        what = "The study has one objective, so its front is one point."
    if has_reports:
        what += " A click on a point opens its report."
    return pages.section("Pareto front", what, '<div id="pareto" class="plot"></div>', "front")


def heat_section() -> str:
    what = "The best value over all other parameters."
    return pages.section("Heat map", what, '<div id="heat" class="plot"></div>', "map")


# --- effects


def effect_section(study: Study, rows: list[Row]) -> str:
    """How much each parameter moves an objective, alone and together with another one."""
    several = [key for key, values in study.parameters.items() if len(values) > 1]
    parts = []
    for objective in study.objectives:
        values = {id(row): float(row.metrics[objective.name] or 0) for row in rows}
        lines = [line for key in several if (line := main_effect(study, rows, values, key))]
        lines += strongest_interactions(study, rows, values, several)
        if lines:
            header = (escape(objective.name), '<th class="text">mean at each value</th>', "range", "of the mean")
            parts.append(pages.table(header, lines))
    if not parts:
        return ""
    what = (
        "Main effect: the mean of the results at each value of a parameter. Interaction: what two parameters do "
        "together beyond the sum of their main effects (largest deviation)."
    )
    return pages.section("Effects", what, "<br>".join(parts), "effects")


def means_by(rows: Iterable[Row], values: dict[int, float], *keys: str) -> dict[tuple[Value, ...], float]:
    """The mean at each combination of values of `keys` that some row has."""
    groups: dict[tuple[Value, ...], list[float]] = {}
    for row in rows:
        groups.setdefault(tuple(row.parameters[key] for key in keys), []).append(values[id(row)])
    return {where: statistics.fmean(group) for where, group in groups.items()}


def main_effect(study: Study, rows: list[Row], values: dict[int, float], key: str) -> list[str]:
    means = means_by(rows, values, key)
    known = [(value, means[value,]) for value in study.parameters[key] if (value,) in means]
    if len(known) < 2:
        return []
    numbers = [mean for _, mean in known]
    whole = statistics.fmean(values.values())
    spread = max(numbers) - min(numbers)
    text = " &nbsp; ".join(f"{escape(value)}: {short(mean)}" for value, mean in known)
    share = f"{100 * spread / abs(whole):.1f} %" if whole else "-"
    return [escape(key), f'<td class="text">{text}</td>', short(spread), share]


def strongest_interactions(study: Study, rows: list[Row], values: dict[int, float], keys: list[str]) -> list[list[str]]:
    """The three largest."""
    if not values:
        return []
    whole = statistics.fmean(values.values())
    found = []
    for one, other in combinations(keys, 2):
        size = interaction(study, rows, values, one, other)
        if size > 1e-9 * abs(whole):
            found.append((size, one, other))
    found.sort(key=lambda each: (-each[0], each[1], each[2]))
    return [
        [
            f"{escape(one)} &times; {escape(other)}",
            '<td class="text">interaction</td>',
            short(size),
            f"{100 * size / abs(whole):.1f} %" if whole else "-",
        ]
        for size, one, other in found[:3]
    ]


def interaction(study: Study, rows: list[Row], values: dict[int, float], one: str, other: str) -> float:
    whole = statistics.fmean(values.values())
    rows_mean, columns_mean = means_by(rows, values, one), means_by(rows, values, other)
    together = means_by(rows, values, one, other)
    return max((abs(both - rows_mean[a,] - columns_mean[b,] + whole) for (a, b), both in together.items()), default=0.0)


# --- tables


def best_section(study: Study, rows: list[Row]) -> str:
    """The best point of each objective; what differs between them is bold."""
    best = [(each, row) for each in study.objectives if (row := best_row(study, rows, each)) is not None]
    if not best:
        return ""
    keys = [*study.parameters, *study.derived]
    differing = {key for key in keys if len({repr(row.parameters[key]) for _, row in best}) > 1}
    header = ["best in", *map(escape, keys), *(escape(each.name) for each in study.objectives)]
    lines = []
    for objective, row in best:
        cells = [escape(objective.name)]
        for key in keys:
            text = escape(row.parameters[key])
            cells.append(f"<b>{text}</b>" if key in differing else text)
        lines.append([*cells, *(short(row.metrics[each.name]) for each in study.objectives)])
    return pages.section("Best points", "What differs between them is bold.", pages.table(header, lines), "best")


def table_section() -> str:
    content = '<input id="filter" placeholder="filter: text, or column&gt;number" size="34"> <span id="count"></span>'
    content += '<div class="wide"><table id="points"></table></div>'
    return pages.section("All points", "A click on a heading sorts.", content, "table")


def again_section(study: Study, versions: dict[str, str]) -> str:
    facts = "".join(f"<tr><td>{escape(k)}</td><td class='text'>{escape(v)}</td></tr>" for k, v in versions.items() if v)
    source = json.dumps(study.source, indent=2)
    content = f"<table>{facts}</table><br><pre>{escape(source)}</pre>"
    return pages.section("To do it again", "The study and the versions that ran it.", content, "study")
