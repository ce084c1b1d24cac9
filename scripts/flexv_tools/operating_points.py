# SPDX-License-Identifier: Apache-2.0
"""Draw energy and TOPS/W of a finished run over supply voltage and clock.

REPORT.json comes from `flexv-vp run --report`; every point is priced by `flexv-vp price`, no run is
repeated. Prints one line a voltage at the highest clock that the profile allows there, and writes an SVG
picture. Exit status: 0, or 1 when the report cannot be priced or a file cannot be written.
"""

from __future__ import annotations

import argparse
import csv
import html
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flexv_tools.errors import Failure, require_other_file
from flexv_tools.pages import ticks
from flexv_tools.simulator import PROGRAM

SHARES_OF_MAX = (0.1, 0.14, 0.2, 0.3, 0.45, 0.65, 0.8, 1.0)  # clocks that are priced a voltage
FALLBACK_MAX_MHZ = 500  # a profile without a law for the clock


@dataclass(frozen=True)
class Point:
    vdd: float  # V
    mhz: float
    max_mhz: float  # at this voltage
    energy_uj: float  # of the whole run, or of the region
    mean_mw: float
    gops: float
    tops_per_watt: float


@dataclass(frozen=True)
class Pricing:
    program: Path
    report: Path
    profile: str | None
    region: str | None  # None: the whole run

    def report_at(self, vdd: float | None = None, mhz: float | None = None) -> dict[str, Any]:
        command = [str(self.program), "price", str(self.report), "--quiet"]
        command += ["--energy-profile", self.profile] if self.profile else []
        command += ["--vdd", f"{vdd:.6g}"] if vdd is not None else []
        command += ["--mhz", f"{mhz:.6g}"] if mhz is not None else []
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failure(done.stderr.strip().removeprefix("flexv: error: "))
        report: dict[str, Any] = json.loads(done.stdout)
        return report

    def point(self, vdd: float, mhz: float) -> Point:
        report = self.report_at(vdd, mhz)
        part = self.part_of(report)
        macs, picojoules = part["macs"], part["energy_pj"]
        return Point(
            vdd=vdd,
            mhz=mhz,
            max_mhz=report["energy"]["max_mhz"],
            energy_uj=picojoules * 1e-6,
            mean_mw=picojoules / (part["cycles"] / mhz * 1e3),
            gops=2 * macs / part["cycles"] * mhz * 1e-3,
            tops_per_watt=2 * macs / picojoules,
        )

    def part_of(self, report: dict[str, Any]) -> dict[str, Any]:
        region: dict[str, Any]
        if self.region is None:
            macs = sum(events.get("macs", 0) for events in report["counters"].values())
            energy = report["energy"]["total_pj"]
            return {"cycles": report["cycles"], "macs": macs, "energy_pj": energy}
        for region in report["regions"]:
            if region["name"] == self.region:
                return region
        names = ", ".join(region["name"] for region in report["regions"]) or "none"
        raise Failure(f"{self.report}: no region {self.region}; there are: {names}")


def voltages(low: float, high: float, step: float) -> list[float]:
    count = round((high - low) / step)
    return [round(low + index * step, 6) for index in range(count + 1)]


def sweep(pricing: Pricing, points: list[float]) -> list[list[Point]]:
    """One list a voltage, clocks rising."""
    curves = []
    for vdd in points:
        highest = pricing.report_at(vdd, 1)["energy"]["max_mhz"] or FALLBACK_MAX_MHZ
        clocks = [round(highest * share, 2) for share in SHARES_OF_MAX]
        curves.append([pricing.point(vdd, mhz) for mhz in clocks])
    return curves


# --- the picture


def colour(index: int, count: int) -> str:
    """From blue at the lowest voltage to red at the highest."""
    share = index / max(count - 1, 1)
    return f"hsl({225 - 215 * share:.0f} 60% 48%)"


@dataclass(frozen=True)
class Panel:
    title: str
    unit: str
    quantity: str  # member of Point
    left: int
    width: int = 400
    top: int = 74
    height: int = 300

    def draw(self, curves: list[list[Point]]) -> str:
        largest = 1.05 * max(getattr(point, self.quantity) for curve in curves for point in curve) or 1
        fastest = max(curve[-1].mhz for curve in curves) * 1.02

        def x(mhz: float) -> float:
            return self.left + self.width * mhz / fastest

        def y(value: float) -> float:
            return self.top + self.height * (1 - value / largest)

        parts = [f'<text class="title" x="{self.left}" y="{self.top - 16}">{self.title}</text>']
        parts += self.grid(largest, fastest, x, y)
        for index, curve in enumerate(curves):
            line = " ".join(f"{x(p.mhz):.1f},{y(getattr(p, self.quantity)):.1f}" for p in curve)
            stroke = colour(index, len(curves))
            end = curve[-1]
            value = getattr(end, self.quantity)
            tip = f"{end.vdd:g} V, {end.mhz:.0f} MHz: {value:.4g} {self.unit}"
            parts.append(f'<polyline points="{line}" fill="none" stroke="{stroke}" stroke-width="2"/>')
            parts.append(
                f'<circle cx="{x(end.mhz):.1f}" cy="{y(value):.1f}" r="4" fill="{stroke}">'
                f"<title>{html.escape(tip)}</title></circle>"
            )
        return "".join(parts)

    def grid(self, largest: float, fastest: float, x: Any, y: Any) -> list[str]:
        parts = []
        bottom = self.top + self.height
        for tick in ticks(largest, 7):
            level = y(tick)
            parts.append(
                f'<line x1="{self.left}" x2="{self.left + self.width}" y1="{level:.1f}" y2="{level:.1f}"/>'
                f'<text x="{self.left - 8}" y="{level + 4:.1f}" text-anchor="end">{tick:g}</text>'
            )
        for tick in ticks(fastest, 7):
            parts.append(
                f'<text x="{x(tick):.1f}" y="{bottom + 18}" text-anchor="middle">{tick:g}</text>'
            )
        parts.append(
            f'<text x="{self.left + self.width}" y="{bottom + 36}" text-anchor="end">clock, MHz</text>'
        )
        return parts


STYLE = (
    "text{font:12px system-ui,'DejaVu Sans',sans-serif;fill:#5b6876}"
    ".title{font-size:15px;fill:#1d2733}.head{font-size:18px;fill:#1d2733}line{stroke:#e3e7ec}"
)


def picture(curves: list[list[Point]], title: str, energy: dict[str, Any]) -> str:
    count = len(curves)
    keys = "".join(
        f'<circle cx="{70 + 84 * i}" cy="444" r="5" fill="{colour(i, count)}"/>'
        f'<text x="{80 + 84 * i}" y="448">{curve[0].vdd:g} V</text>'
        for i, curve in enumerate(curves)
    )
    width = max(980, 84 * count + 120)
    remark = (
        f"profile {energy['profile']}, ±{energy['uncertainty_percent']['total']:g} %; "
        "dots: highest clock at the voltage"
    )
    panels = (
        Panel("Energy, µJ", "µJ", "energy_uj", 70),
        Panel("Efficiency, TOPS/W", "TOPS/W", "tops_per_watt", 550),
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 470" width="{width}" height="470">'
        f'<style>{STYLE}</style><rect width="100%" height="100%" fill="#fff"/>'
        f'<text class="head" x="20" y="28">{html.escape(title)}</text>'
        f'<text x="{width - 20}" y="28" text-anchor="end">{html.escape(remark)}</text>'
        + "".join(panel.draw(curves) for panel in panels)
        + keys
        + "</svg>\n"
    )


# --- the program


def print_table(curves: list[list[Point]], percent: float) -> None:
    print(f"highest clock of each voltage; energy, mW and TOPS/W +-{percent:g} %")
    print(f"{'V':>6} {'MHz':>7} {'mW':>9} {'uJ':>10} {'GOPS':>9} {'TOPS/W':>8}")
    for curve in curves:
        p = curve[-1]
        print(
            f"{p.vdd:6.3f} {p.mhz:7.1f} {p.mean_mw:9.3f} {p.energy_uj:10.4f} "
            f"{p.gops:9.3f} {p.tops_per_watt:8.3f}"
        )


def write_csv(path: Path, curves: list[list[Point]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(asdict(curves[0][0])))
        writer.writeheader()
        writer.writerows(asdict(point) for curve in curves for point in curve)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report", type=Path, metavar="REPORT.json")
    parser.add_argument("--energy-profile", metavar="NAME|FILE", help="default: the report's")
    parser.add_argument("--region", metavar="NAME", help="default: the whole run")
    parser.add_argument("--vdd", type=float, nargs=2, metavar=("LOW", "HIGH"), help="default: valid range")
    parser.add_argument("--step", type=float, default=0.025, metavar="V", help="default: 0.025")
    parser.add_argument("--output", type=Path, metavar="FILE.svg", help="default: REPORT.points.svg")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="also write all points here")
    parser.add_argument("--program", type=Path, default=PROGRAM, help="flexv-vp to ask")
    options = parser.parse_args()
    if options.step <= 0 or (options.vdd and options.vdd[0] > options.vdd[1]):
        parser.error("voltages must rise from LOW to HIGH in steps above 0")
    return options


def main() -> int:
    options = read_arguments()
    pricing = Pricing(options.program, options.report, options.energy_profile, options.region)
    output = options.output or options.report.with_suffix(".points.svg")
    try:
        for result in (output, options.csv):
            if result:
                require_other_file(result, options.report)
        energy = pricing.report_at()["energy"]
        low, high = options.vdd or energy["valid_vdd"]
        curves = sweep(pricing, voltages(low, high, options.step))
        title = f"{options.report.stem}, {options.region or 'whole run'}"
        output.write_text(picture(curves, title, energy))
        if options.csv:
            write_csv(options.csv, curves)
    except (Failure, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print_table(curves, energy["uncertainty_percent"]["total"])
    if energy["extrapolations"]:
        sizes = ", ".join(f"{s['size']} {s['value']} instead of {s['reference']}" for s in energy["extrapolations"])
        print(f"extrapolated by laws of size ({sizes}); clocks are those of the calibrated cluster")
    print(f"wrote {output}")
    return 0
