# SPDX-License-Identifier: Apache-2.0
"""Write a page about the energy of a run: one HTML file that needs nothing else.

REPORT.json comes from `flexv-vp run --report` or from `flexv-vp price`. With the CSV file of
`--power-trace` the page also shows power over time. Exit status: 0, or 1 when a file cannot be read
or written, or is no report.
"""

from __future__ import annotations

import argparse
import csv
import functools
import json
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flexv_tools.errors import Failure, require_other_file
from flexv_tools.pages import document, escape, section, table, ticks

Report = dict[str, Any]

# Blocks of the picture, in the order in which they are stacked, and the components they hold.
GROUPS = (
    ("Cores", "#3b6fb6", re.compile(r"cluster\d*\.core\d+")),
    ("Instruction cache", "#e08a3c", re.compile(r"cluster\d*\.icache")),
    ("TCDM", "#4f9d69", re.compile(r"cluster\d*\.tcdm")),
    ("DMA", "#b65c8c", re.compile(r"cluster\d*\.dma")),
    ("Buses", "#8a6fb0", re.compile(r"cluster\d*\.(bus|peripherals)")),
    ("Event unit", "#c9a227", re.compile(r"cluster\d*\.event_unit")),
    ("Clock and infrastructure", "#5fa8b8", re.compile(r"cluster\d*\.(infrastructure|fixed)")),
    ("Leakage", "#8d99a6", re.compile(r"cluster\d*\.leakage\..*")),
    ("Other", "#c4574b", re.compile(r".*")),
)
COLOURS = {name: colour for name, colour, _ in GROUPS}
MAX_POINTS = 600  # of the curve of power over time

STYLE = """
td.source{white-space:normal;color:var(--soft);font-size:13px;min-width:280px;overflow-wrap:anywhere}small{color:var(--soft)}
.bar{display:inline-block;height:9px;border-radius:3px;background:var(--accent);vertical-align:middle;
min-width:1px}td.meter{width:190px;text-align:left}.chip{border-radius:9px;padding:1px 9px;font-size:12px;
color:#fff}.published{background:#4f9d69}.derived{background:#3b6fb6}.assumed{background:#b07a1e}
.legend{display:flex;flex-wrap:wrap;gap:6px 18px;margin-top:14px;font-size:13px;color:var(--soft)}
.legend i{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:6px;vertical-align:-1px}
"""


def group_of(component: str) -> str:
    return next(name for name, _, pattern in GROUPS if pattern.fullmatch(component))


def grouped(components: dict[str, float]) -> dict[str, float]:
    """Sums by block, in the order of GROUPS; blocks without energy are left out."""
    sums = dict.fromkeys(COLOURS, 0.0)
    for component, energy in components.items():
        sums[group_of(component)] += energy
    return {name: energy for name, energy in sums.items() if energy > 0}


def energy_text(picojoules: float) -> str:
    """Four digits and the unit that fits."""
    value, unit = picojoules, "pJ"
    for unit in ("pJ", "nJ", "µJ", "mJ", "J"):
        if value < 999.95 or unit == "J":
            break
        value /= 1000
    decimals = 3 if value < 9.9995 else 2 if value < 99.995 else 1
    return f"{value:.{decimals}f} {unit}"


def count_text(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def share_text(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def meter(part: float, whole: float, colour: str = "var(--accent)") -> str:
    width = 100 * part / whole if whole else 0
    bar = f'<span class="bar" style="width:{width:.2f}%;background:{colour}"></span>'
    return f'<td class="meter">{bar}</td>'


def legend(names: Iterable[str]) -> str:
    items = "".join(f'<span><i style="background:{COLOURS[name]}"></i>{name}</span>' for name in names)
    return f'<div class="legend">{items}</div>'


# --- the parts of the page


@dataclass(frozen=True)
class Stack:
    name: str
    remark: str
    groups: dict[str, float]


def stacked_bars(stacks: list[Stack]) -> str:
    """One bar of full width a stack: who has which share."""
    row, left, width = 46, 170, 830
    parts = []
    for index, stack in enumerate(stacks):
        x, y = float(left), index * row
        total = sum(stack.groups.values())
        parts.append(f'<text class="label" x="0" y="{y + 18}">{escape(stack.name)}</text>')
        parts.append(f'<text x="0" y="{y + 34}">{escape(stack.remark)}</text>')
        for name, energy in stack.groups.items():
            length = width * energy / total
            tip = f"{name}: {energy_text(energy)}, {share_text(energy, total)}"
            parts.append(
                f'<rect x="{x:.2f}" y="{y + 4}" width="{length:.2f}" height="30" fill="{COLOURS[name]}">'
                f"<title>{escape(tip)}</title></rect>"
            )
            if length > 44:
                parts.append(
                    f'<text x="{x + length / 2:.2f}" y="{y + 24}" text-anchor="middle" '
                    f'style="fill:#fff">{share_text(energy, total)}</text>'
                )
            x += length
    return f'<svg viewBox="0 0 {left + width} {row * len(stacks)}" role="img">{"".join(parts)}</svg>'


def breakdown(report: Report) -> str:
    energy = report["energy"]
    stacks = [Stack("whole run", energy_text(energy["total_pj"]), grouped(energy["components"]))]
    for region in report["regions"]:
        if region["energy_pj"] > 0:
            remark = f"{energy_text(region['energy_pj'])}, {region['mean_mw']:.2f} mW"
            stacks.append(Stack(region["name"][:24], remark, grouped(region["components"])))
    names = [name for name in COLOURS if any(name in stack.groups for stack in stacks)]
    what = f"Shares of the cluster; each component ±{energy['uncertainty_percent']['component']:g} %."
    return section("Who needs it", what, stacked_bars(stacks) + legend(names))


@dataclass(frozen=True)
class Window:
    begin: int  # cycles
    end: int
    groups: dict[str, float]  # pJ

    def merged(self, other: Window) -> Window:
        groups = {
            name: self.groups.get(name, 0) + other.groups.get(name, 0)
            for name in COLOURS
            if name in self.groups or name in other.groups
        }
        return Window(self.begin, other.end, groups)

    def milliwatts(self, name: str, mhz: float) -> float:
        cycles = self.end - self.begin
        return self.groups.get(name, 0) / cycles * mhz * 1e-3 if cycles else 0


def read_windows(path: Path) -> list[Window]:
    windows = []
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            components = {
                name.removesuffix("_pj"): float(value)
                for name, value in row.items()
                if name.endswith("_pj") and name != "total_pj" and not name.startswith("outside.")
            }
            windows.append(Window(int(row["begin_cycle"]), int(row["end_cycle"]), grouped(components)))
    if not windows:
        raise Failure(f"{path}: no window; expected what `flexv-vp run --power-trace` writes")
    return windows


def thinned(windows: list[Window]) -> list[Window]:
    """Neighbours put together, so that the curve has at most MAX_POINTS."""
    step = -(-len(windows) // MAX_POINTS)
    starts = range(0, len(windows), step)
    return [functools.reduce(Window.merged, windows[start : start + step]) for start in starts]


def power_curve(windows: list[Window], mhz: float) -> str:
    left, top, width, height = 46, 10, 940, 250
    names = [name for name in COLOURS if any(name in window.groups for window in windows)]
    end = windows[-1].end
    totals = [sum(window.milliwatts(name, mhz) for name in names) for window in windows]
    largest = max(totals) * 1.05 or 1

    def x(cycle: int) -> float:
        return left + width * cycle / end

    def y(milliwatts: float) -> float:
        return top + height * (1 - milliwatts / largest)

    parts = []
    for tick in ticks(largest, 8):
        level = y(tick)
        parts.append(
            f'<line x1="{left}" x2="{left + width}" y1="{level:.1f}" y2="{level:.1f}" stroke="var(--line)"/>'
            f'<text x="{left - 8}" y="{level + 4:.1f}" text-anchor="end">{tick:g}</text>'
        )
    below = [0.0] * len(windows)
    for name in names:
        above = [low + window.milliwatts(name, mhz) for low, window in zip(below, windows)]
        there = [(c, v) for window, v in zip(windows, above) for c in (window.begin, window.end)]
        back = [(c, v) for window, v in zip(windows, below) for c in (window.begin, window.end)]
        corners = " ".join(f"{x(c):.1f},{y(v):.1f}" for c, v in there + back[::-1])
        parts.append(f'<polygon points="{corners}" fill="{COLOURS[name]}"><title>{name}</title></polygon>')
        below = above
    for tenth in range(0, 11, 2):
        cycle = end * tenth // 10
        parts.append(
            f'<text x="{x(cycle):.1f}" y="{top + height + 18}" text-anchor="middle">{cycle / mhz:.1f}</text>'
        )
    parts.append(f'<text x="{left + width}" y="{top + height + 36}" text-anchor="end">time, µs</text>')
    parts.append('<text x="0" y="8">mW</text>')
    view = f"0 -4 {left + width + 20} {top + height + 46}"
    return f'<svg viewBox="{view}" role="img">{"".join(parts)}</svg>{legend(names)}'


def over_time(report: Report, windows: list[Window]) -> str:
    shown = thinned(windows)
    mhz = report["energy"]["mhz"]
    cycles = shown[0].end - shown[0].begin
    what = f"Mean of {count_text(cycles)} cycles each, stacked by block; ±{uncertainty(report):g} %."
    return section("Power over time", what, power_curve(shown, mhz))


def uncertainty(report: Report) -> float:
    return float(report["energy"]["uncertainty_percent"]["total"])


def clusters_text(report: Report) -> str:
    count = report.get("architecture", {}).get("clusters", 1)
    return "cluster" if count == 1 else f"{count} clusters"


def components(report: Report) -> str:
    energy = report["energy"]
    total = energy["total_pj"]

    def row(name: str, picojoules: float, depth: int, colour: str) -> list[str]:
        power = picojoules / report["time_ns"] if report["time_ns"] else 0
        indent = f'<td style="padding-left:{10 + 20 * depth}px">{escape(name)}</td>'
        share = share_text(picojoules, total)
        return [indent, energy_text(picojoules), f"{power:.3f}", share, meter(picojoules, total, colour)]

    rows = [row(clusters_text(report), total, 0, "var(--soft)")]
    for group, picojoules in grouped(energy["components"]).items():
        rows.append(row(group, picojoules, 1, COLOURS[group]))
        members = [name for name in energy["components"] if group_of(name) == group]
        if len(members) > 1:
            for name in members:
                short = name.removeprefix("cluster.")
                rows.append(row(short, energy["components"][name], 2, COLOURS[group]))
    for name, picojoules in energy["outside_components"].items():
        row_outside = row(f"{name} (outside of the cluster, not in the total)", picojoules, 0, "none")
        rows.append([*row_outside[:3], "-", "<td></td>"])
    what = "Whole run, by component."
    return section("Components", what, table(("component", "energy", "mW", "share", "<th></th>"), rows))


def regions(report: Report) -> str:
    rows = [
        [
            escape(region["name"]),
            count_text(region["cycles"]),
            count_text(region["macs"]),
            f"{region['mac_per_cycle']:.2f}",
            f"{region['gops']:.2f}",
            energy_text(region["energy_pj"]),
            energy_text(region["own_energy_pj"]),
            f"{region['mean_mw']:.2f}",
            f"{region['tops_per_watt']:.3f}",
        ]
        for region in report["regions"]
    ]
    rest = ["outside of all regions", *["-"] * 5, energy_text(report["energy"]["rest_pj"]), "-", "-"]
    header = ("region", "cycles", "MAC", "MAC/cycle", "GOPS", "energy", "of its own", "mW", "TOPS/W")
    what = (
        "“Of its own” leaves out what a region begun later owns; these and the rest are the whole run. "
        f"Energy, mW and TOPS/W ±{uncertainty(report):g} %."
    )
    return section("Regions", what, table(header, [*rows, rest]))


def harts(report: Report) -> str:
    most = max((hart["energy_pj"] for hart in report["harts"]), default=0)
    rows = [
        [
            escape(hart["name"]),
            count_text(hart["instructions"]),
            count_text(hart["active_cycles"]),
            count_text(hart["sleep_cycles"]),
            energy_text(hart["energy_pj"]),
            meter(hart["energy_pj"], most, COLOURS["Cores"]),
        ]
        for hart in report["harts"]
    ]
    header = ("core", "instructions", "active cycles", "asleep", "energy with fetch", "<th></th>")
    return section("Cores", "Clock, execution and instruction fetch of each core.", table(header, rows))


def classes(report: Report) -> str:
    used = [entry for entry in report["energy"]["instruction_classes"] if entry["instructions"]]
    total = report["energy"]["total_pj"]
    rows = [
        [
            escape(entry["class"]),
            count_text(entry["instructions"]),
            f"{entry['pj_each']:.2f}",
            energy_text(entry["instructions"] * entry["pj_each"]),
            share_text(entry["instructions"] * entry["pj_each"], total),
        ]
        for entry in used
    ]
    what = "One instruction that takes one cycle, hits the private cache and finds its data in the TCDM."
    header = ("class", "instructions", "pJ each", "energy", "share")
    return section("Instructions", what, table(header, rows))


def functions(report: Report) -> str:
    total = report["energy"]["total_pj"]
    rows = [
        [
            f'<td title="{escape(entry["file"])}:{entry["line"]}"><code>{escape(entry["name"])}</code></td>',
            count_text(entry["instructions"]),
            count_text(entry["active_cycles"]),
            energy_text(entry["energy_pj"]),
            share_text(entry["energy_pj"], total),
            meter(entry["energy_pj"], total),
        ]
        for entry in sorted(report["functions"], key=lambda entry: -float(entry["energy_pj"]))[:20]
    ]
    header = ("function", "instructions", "active cycles", "energy", "share", "<th></th>")
    what = "What the cores have spent in it: clock, execution, fetch and TCDM. The 20 largest."
    return section("Functions", what, table(header, rows))


def provenance(report: Report) -> str:
    energy = report["energy"]
    rows = [
        [
            f"<td><code>{escape(item['symbol'])}</code><br><small>{escape(item['counter'])}</small></td>",
            f"{item['value']:g} {item['unit']}",
            f'<td class="text"><span class="chip {item["kind"]}">{item["kind"]}</span></td>',
            count_text(item["events"]),
            f"{item['scale']:.4g}",
            energy_text(item["energy_pj"]),
            f'<td class="text source">{escape(item["source"])}</td>',
        ]
        for item in energy["coefficients"]
        if item["events"]
    ]
    left = '<th class="text">'
    header = ("coefficient, what it prices", "value", f"{left}kind</th>", "events", "scale", "energy")
    kinds = ", ".join(
        f"{kind} {share_text(value, energy['total_pj'])}" for kind, value in energy["coefficient_kinds"].items()
    )
    what = (
        f"Every number of profile {escape(energy['profile'])} that this run has used, at its reference point; “scale” is what the size of this cluster makes of it. "
        f"Of the total: {kinds}."
    )
    return section("Where the numbers come from", what, table((*header, f"{left}source</th>"), rows))


def area(report: Report) -> str:
    """mm2 by component, and the item behind each."""
    found = report["area"]
    total = found["total_mm2"]
    rows = [[clusters_text(report), f"{total:.4f}", share_text(total, total), meter(total, total, "var(--soft)")]]
    for name, mm2 in found["components"].items():
        indent = f'<td style="padding-left:30px">{escape(name.removeprefix("cluster."))}</td>'
        rows.append([indent, f"{mm2:.4f}", share_text(mm2, total), meter(mm2, total)])
    for name, mm2 in found["outside_components"].items():
        rows.append([f"{escape(name)} (outside of the cluster, not in the total)", f"{mm2:.4f}", "-", "<td></td>"])
    percent = found["uncertainty_percent"]
    what = (
        f"Total ±{percent['total']:g} %, each component ±{percent['component']:g} %; {found['gate_um2']:g} µm² a gate."
    )
    by_component = table(("component", "mm²", "share", "<th></th>"), rows)
    return section("Area", what, by_component + "<br>" + area_items(found))


def area_items(found: dict[str, Any]) -> str:
    rows = [
        [
            f"<td><code>{escape(item['symbol'])}</code></td>",
            f"{item['value']:g} {item['unit']}",
            f'<td class="text"><span class="chip {item["kind"]}">{item["kind"]}</span></td>',
            f"{item['count']:g}",
            f"{item['scale']:.4g}",
            f"{item['mm2']:.4f}",
            f'<td class="text source">{escape(item["source"])}</td>',
        ]
        for item in found["items"]
        if item["count"]
    ]
    left = '<th class="text">'
    return table(("item", "each", f"{left}kind</th>", "count", "scale", "mm²", f"{left}source</th>"), rows)


# --- the page


def cards(report: Report, windows: list[Window]) -> str:
    energy = report["energy"]
    sigma = f"±{uncertainty(report):g}\N{NO-BREAK SPACE}%"
    facts = [
        (energy_text(energy["total_pj"]), f"energy of the cluster, {sigma}"),
        (f"{energy['mean_mw']:.2f} mW", f"mean power, {sigma}"),
    ]
    if windows:
        peak = max(sum(w.milliwatts(name, energy["mhz"]) for name in w.groups) for w in windows)
        facts.append((f"{peak:.2f} mW", f"peak of {count_text(windows[0].end - windows[0].begin)} cycles, {sigma}"))
    best = max(report["regions"], key=lambda region: float(region["tops_per_watt"]), default=None)
    if best and best["macs"]:
        facts.append((f"{best['tops_per_watt']:.3f}", f"TOPS/W in {escape(best['name'])}, {sigma}"))
        facts.append((f"{best['gops']:.2f}", f"GOPS in {escape(best['name'])}"))
        if "gops_per_mm2" in best:
            facts.append((f"{best['gops_per_mm2']:.1f}", f"GOPS/mm² in {escape(best['name'])}"))
    facts.append((f"{report['time_ns'] / 1000:.1f} µs", f"{count_text(report['cycles'])} cycles"))
    return '<div class="cards">' + "".join(
        f'<div class="card"><b>{value}</b><span>{what}</span></div>' for value, what in facts
    ) + "</div>"


def page(report: Report, title: str, windows: list[Window]) -> str:
    energy = report["energy"]
    warnings = [f"{text}." for text in energy["warnings"]]
    if energy["extrapolations"]:
        sizes = ", ".join(f"{s['size']} {s['value']} instead of {s['reference']}" for s in energy["extrapolations"])
        warnings.append(f"Extrapolated by laws of size, with a larger uncertainty: {sizes}.")
    if energy["unpriced"]:
        warnings.append(f"{len(energy['unpriced'])} counters have no price: {', '.join(energy['unpriced'][:6])}")
    parts: list[tuple[object, Callable[[], str]]] = [
        (True, lambda: breakdown(report)),
        (windows, lambda: over_time(report, windows)),
        (report["regions"], lambda: regions(report)),
        (True, lambda: components(report)),
        (report["harts"], lambda: harts(report)),
        (report.get("functions"), lambda: functions(report)),
        (energy["instruction_classes"], lambda: classes(report)),
        ("area" in report, lambda: area(report)),
        (True, lambda: provenance(report)),
    ]
    point = f"{escape(energy['profile'])}, {energy['vdd']:g} V, {energy['mhz']:g} MHz"
    content = (
        f"<h1>Energy of {escape(title)}</h1>"
        f'<p class="sub">Profile {point}: {escape(energy["profile_meaning"])}.</p>'
        + "".join(f'<p class="warn">{escape(text)}</p>' for text in warnings)
        + cards(report, windows)
        + "".join(part() for is_there, part in parts if is_there)
        + "<footer>Flex-V virtual platform. But for the anchors of the profile, totals are uncertain by "
        f"±{uncertainty(report):g} %, single components by ±{energy['uncertainty_percent']['component']:g} %."
        "</footer>\n"
    )
    return document(f"Energy of {title}", content, STYLE)


def read_report(path: Path) -> Report:
    try:
        report = json.loads(path.read_text())
    except ValueError as error:
        raise Failure(f"{path}: {error}") from error
    if not isinstance(report, dict) or report.get("schema") != "flexv-report-1":
        raise Failure(f"{path}: no report; expected what `flexv-vp run --report` writes")
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report", type=Path, metavar="REPORT.json")
    parser.add_argument("--power-trace", type=Path, metavar="FILE.csv", help="power over time of the run")
    parser.add_argument("--output", type=Path, metavar="FILE.html", help="default: REPORT.html")
    parser.add_argument("--title", help="default: the name of the report")
    options = parser.parse_args()
    output = options.output or options.report.with_suffix(".html")
    try:
        require_other_file(output, options.report, options.power_trace)
        report = read_report(options.report)
        windows = read_windows(options.power_trace) if options.power_trace else []
        output.write_text(page(report, options.title or options.report.stem, windows))
    except (Failure, OSError, KeyError, ValueError) as error:
        what = f"the report or trace has no {error}" if isinstance(error, KeyError) else error
        print(f"error: {what}", file=sys.stderr)
        return 1
    print(f"wrote {output}")
    return 0
