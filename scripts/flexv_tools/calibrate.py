# SPDX-License-Identifier: Apache-2.0
"""Fit the energy profiles to the published anchors and print how well they meet all of them.

Runs the a2w2 MatMul of the kernel library, solves the one residual term `infra` so that it needs what the
paper's 3.26 TOPS/W leave, rescales the silicon profile to the same clock term, solves the residual of the
area so that the cluster has its published size, and writes both with the date of the run and the
arithmetic. With --check nothing is written. Anchors and their sources: tests/reference/energy_model.md,
sections 5 and 10. Build first: scripts/demo.

Exit status: 0; 1 when an anchor is missed (A1 and areas by more than 2 %, a point of the silicon by more
than 4 %), when a residual cannot be solved, or when a program or file is missing.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flexv_tools.errors import Failure
from flexv_tools.simulator import PROGRAM, ROOT, load_report

FIRMWARE = ROOT / "build/sw/bench_matmul_64_flexv.elf"
PROFILES = ROOT / "platform/data/energy"
REGION = "a2w2"

TOPS_PER_WATT = 3.26  # A1: ISVLSI 2023, a2w2 MatMul
MILLIWATTS = 26.0  # A1, at 463 MHz and 0.65 V
FETCH_PERCENT = 38 / (15 / 16)  # A2: Dustin, gating 15 of 16 fetch stages and private caches saves 38 %
# L: idle Shaheen, the whole SoC; the cluster of 0.55 mm2 leaks like its part of the 9 mm2 that hold no pads
SOC_PER_CLUSTER = 9 * (1 - 0.098) / 0.55
IDLE = ((0.625, 9.0), (0.8, 19.0))  # V, mW
SILICON = (  # S1..S8: V, MHz, mW of Shaheen's cluster on an INT32 MatMul
    (0.625, 280, 28.75),
    (0.650, 310, 34.45),
    (0.675, 340, 40.50),
    (0.700, 375, 46.20),
    (0.725, 405, 52.20),
    (0.750, 435, 60.00),
    (0.775, 465, 65.87),
    (0.800, 500, 75.20),
)
SILICON_PJ = 91.6  # dynamic pJ a cycle at 0.65 V, least squares over S1..S8 (section 5)
INT32_PJ = 48.4  # the table's pJ a cycle of that MatMul, before scaling, with infra = 3.548 (section 5)
INT32_INFRA_PJ = 3.548
NETWORKS = (  # N1..N3 at 0.8 V, 500 MHz: id, cycles, mJ
    ("N1", 325.4e6 / 6.0, 8.55),
    ("N2", 328e6 / 5.8, 8.83),
    ("N3", 1.9e-3 * 500e6, 0.15),
)
CLUSTER_MM2 = 0.55  # AR1: ISVLSI 2023, 8 cores, 128 KiB
CORE_OVERHEAD_PERCENT = 5.6  # AR2: Flex-V against RI5CY, ISVLSI 2023
CORE_WITH_FPU_KGE = 70.0  # AR3: Shaheen, section III-C
SHAHEEN_MM2 = 9 * (0.121 + 0.121)  # AR5: its memory and its logic are 12.1 % each of 9 mm2
SHAHEEN_BYTES = 256 * 1024  # of its TCDM
PEAK_GOPS = 85.0  # AR6: of the 0.55 mm2
A1_LIMIT, SILICON_LIMIT, AREA_LIMIT = 2.0, 4.0, 2.0  # %


@dataclass(frozen=True)
class Row:
    anchor: str
    what: str
    published: float
    model: float
    unit: str
    fitted: bool

    @property
    def residual_percent(self) -> float:
        return 100 * (self.model / self.published - 1)


@dataclass(frozen=True)
class Fit:
    """What one run of the MatMul says about `infra`."""

    cycles: int
    macs: int
    region_pj: float  # with the profile as it was
    old_infra: float  # pJ a cycle

    @property
    def budget(self) -> float:
        """pJ a cycle that 3.26 TOPS/W leave; 1 MAC is 2 operations."""
        return 2 * self.macs / TOPS_PER_WATT / self.cycles

    @property
    def others(self) -> float:
        """pJ a cycle without infra."""
        return self.region_pj / self.cycles - self.old_infra

    @property
    def infra(self) -> float:
        return round(self.budget - self.others, 3)

    @property
    def scale(self) -> float:
        """k of the silicon profile: its INT32 MatMul has the same clock term."""
        return round(SILICON_PJ / (INT32_PJ - INT32_INFRA_PJ + self.infra), 3)

    def arithmetic(self, day: str) -> str:
        return (
            "clock trunk, idle interconnect, DMA, event unit and cache control, per cycle with the cluster "
            f"clock on; the residual that closes anchor A1. scripts/calibrate, {day}: MatMul {REGION}, "
            f"{self.macs} MAC in {self.cycles} cycles = {self.macs / self.cycles:.2f} MAC/cycle; "
            f"2 x {self.macs / self.cycles:.2f} / {TOPS_PER_WATT} TOPS/W = {self.budget:.3f} pJ/cycle, less "
            f"{self.others:.3f} pJ/cycle of everything else"
        )

    def scale_arithmetic(self, day: str) -> str:
        return (
            f"{SILICON_PJ} pJ/cycle of silicon / ({INT32_PJ} - {INT32_INFRA_PJ} + {self.infra}) pJ/cycle of the "
            f"table for an INT32 MatMul with the infra of isvlsi23. scripts/calibrate, {day}; "
            "tests/reference/energy_model.md, section 5"
        )


@dataclass(frozen=True)
class AreaFit:
    """What is left of a published area for one unknown: the kGE of `rest`, or the um2 of a gate."""

    published: float  # mm2
    known: float  # mm2 of everything else
    kge: float  # that the unknown um2 of a gate are for, or 1 where a gate is known
    gate_um2: float  # known, or 1

    @property
    def value(self) -> float:
        left = (self.published - self.known) * 1e3 / (self.kge * self.gate_um2)
        if left <= 0:
            raise Failure(
                f"area: the items alone take {self.known:.3f} mm2, the anchor is {self.published:.3f}; one is too large"
            )
        return round(left, 3)

    def rest_arithmetic(self, day: str) -> str:
        return (
            f"bus, peripherals, clock tree; the residual that closes anchor AR1. scripts/calibrate, {day}: "
            f"{self.published} mm2, less {self.known:.4f} mm2 of everything else, at {self.gate_um2} um2 a gate; "
            "tests/reference/energy_model.md, section 10"
        )

    def gate_arithmetic(self, day: str) -> str:
        return (
            f"{self.published:.3f} mm2, less {self.known:.3f} mm2 of memories, over {self.kge:.0f} kGE of the items. "
            f"scripts/calibrate, {day}; tests/reference/energy_model.md, section 10"
        )


def rest_fit(report: dict[str, Any]) -> AreaFit:
    """`report` is one of the reference architecture, with the design's profile."""
    area = report["area"]
    rest = item_of(area, "rest")
    return AreaFit(CLUSTER_MM2, area["total_mm2"] - rest["mm2"], 1.0, area["gate_um2"])


def gate_fit(report: dict[str, Any]) -> AreaFit:
    """`report` is one with the memory of the silicon, and its profile."""
    inside = [item for item in report["area"]["items"] if not item["outside"]]
    memories = sum(item["mm2"] for item in inside if item["unit"] == "mm2")
    kge = sum(item["value"] * item["count"] * item["scale"] for item in inside if item["unit"] == "kGE")
    return AreaFit(SHAHEEN_MM2, memories, kge, 1.0)


def item_of(area: dict[str, Any], symbol: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in area["items"] if item["symbol"] == symbol)
    return found


class Simulator:
    def __init__(self, program: Path, scratch: Path) -> None:
        self.program = program
        self.scratch = scratch

    def call(self, *arguments: str) -> str:
        command = [str(self.program), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failure(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr.strip()}")
        return done.stdout

    def run(self, firmware: Path, profile: Path) -> dict[str, Any]:
        report = self.scratch / "run.json"
        self.call("run", str(firmware), "--quiet", "--report", str(report), "--energy-profile", str(profile))
        return load_report(report)

    def price(self, report: dict[str, Any], profile: Path, vdd: float, mhz: float) -> dict[str, Any]:
        path = self.scratch / "price.json"
        path.write_text(json.dumps(report))
        point = ("--vdd", str(vdd), "--mhz", str(mhz))
        priced: dict[str, Any] = json.loads(
            self.call("price", str(path), "--quiet", "--energy-profile", str(profile), *point)
        )
        return priced


def region_of(report: dict[str, Any]) -> dict[str, Any]:
    for region in report["regions"]:
        if region["name"] == REGION:
            found: dict[str, Any] = region
            return found
    raise Failure(f"the firmware marks no region {REGION}")


def coefficient(report: dict[str, Any], symbol: str) -> float:
    return float(next(item["value"] for item in report["energy"]["coefficients"] if item["symbol"] == symbol))


def fit_of(report: dict[str, Any]) -> Fit:
    region = region_of(report)
    fit = Fit(region["cycles"], region["macs"], region["energy_pj"], coefficient(report, "infra"))
    if fit.infra <= 0:
        raise Failure(
            f"infra would be {fit.infra} pJ: the other rows alone need {fit.others:.3f} pJ/cycle, the anchor "
            f"leaves {fit.budget:.3f}; the MatMul is too slow or a price is too high"
        )
    return fit


def int32_matmul(report: dict[str, Any]) -> dict[str, Any]:
    """A report of the silicon's INT32 MatMul. Its counts are not published; clock, fetch, multiplications
    and infrastructure are made to add up to what section 5 says."""
    cycles = 1_000_000
    counters = {name: dict.fromkeys(events, 0) for name, events in report["counters"].items()}
    cores = [events for name, events in counters.items() if re.fullmatch(r"cluster\.core\d+", name)]
    issue = sum(coefficient(report, symbol) for symbol in ("clk_core", "iff", "idrf", "ic"))
    multiplications = ((INT32_PJ - INT32_INFRA_PJ) / len(cores) - issue) / coefficient(report, "mul")
    for events in cores:
        events |= dict.fromkeys(("active_cycles", "instructions", "fetched_words"), cycles)
        events["multiply"] = round(multiplications * cycles)
    counters["cluster"]["cycles"] = cycles
    return report | {"cycles": cycles, "counters": counters, "regions": []}


def resized(report: dict[str, Any], **sizes: Any) -> dict[str, Any]:
    """The same run of a cluster with other sizes: area needs no more than those."""
    return report | {"architecture": report["architecture"] | {name.replace("_", "."): v for name, v in sizes.items()}}


def area_rows(simulator: Simulator, report: dict[str, Any], profiles: tuple[Path, Path]) -> Iterator[Row]:
    """All anchors of section 10."""
    design, silicon = profiles
    area = report["area"]
    yield Row("AR1", "cluster, 8 cores, 128 KiB", CLUSTER_MM2, area["total_mm2"], "mm2", True)
    baseline = simulator.price(resized(report, core_isa="xpulpv2"), design, 0.65, 463)["area"]
    overhead = 100 * (item_of(area, "core")["mm2"] / item_of(baseline, "core")["mm2"] - 1)
    yield Row("AR2", "Flex-V core over RI5CY", CORE_OVERHEAD_PERCENT, overhead, "%", True)
    large = simulator.price(resized(report, tcdm_bytes=SHAHEEN_BYTES), silicon, 0.65, 310)["area"]
    core = item_of(large, "core")
    yield Row("AR3", "Shaheen's core with FPU", CORE_WITH_FPU_KGE, core["value"] * core["scale"], "kGE", True)
    yield Row("AR5", "Shaheen's cluster, 256 KiB", SHAHEEN_MM2, large["total_mm2"], "mm2", True)
    yield Row("AR5-memory", "of it TCDM", SHAHEEN_MM2 / 2, large["components"]["cluster.tcdm"], "mm2", True)
    density = region_of(report)["gops_per_mm2"]
    yield Row("AR6", "a2w2 MatMul at 463 MHz", PEAK_GOPS / CLUSTER_MM2, density, "GOPS/mm2", False)


def rows(simulator: Simulator, report: dict[str, Any], profiles: tuple[Path, Path]) -> Iterator[Row]:
    """All anchors of section 5 that the platform can answer."""
    design, silicon = profiles
    energy = simulator.price(report, design, 0.65, 463)
    region = region_of(energy)
    yield Row("A1", "a2w2 MatMul, 0.65 V, 463 MHz", TOPS_PER_WATT, region["tops_per_watt"], "TOPS/W", True)
    yield Row("A1-power", "the same, power", MILLIWATTS, region["mean_mw"], "mW", False)
    fetch = sum(events["instructions"] for events in region["counters"].values() if "instructions" in events)
    fetch = fetch * coefficient(energy, "iff") + region["components"]["cluster.icache"]
    yield Row("A2", "fetch stage + I$ of its power", FETCH_PERCENT, 100 * fetch / region["energy_pj"], "%", True)
    for vdd, published in IDLE:
        parts = simulator.price(report, design, vdd, 100)["energy"]["components"]
        leakage = sum(value for name, value in parts.items() if ".leakage." in name)
        model = leakage / report["cycles"] * 0.1 * SOC_PER_CLUSTER  # pJ a cycle at 100 MHz: 0.1 mW
        yield Row("L", f"idle SoC at {vdd} V", published, model, "mW", True)
    kernel = int32_matmul(energy)
    for index, (vdd, mhz, published) in enumerate(SILICON, 1):
        model = simulator.price(kernel, silicon, vdd, mhz)["energy"]["mean_mw"]
        yield Row(f"S{index}", f"INT32 MatMul, {vdd:.3f} V, {mhz} MHz", published, model, "mW", True)
    picojoules = model / mhz * 1e3  # a cycle, at the last point
    for name, cycles, published in NETWORKS:
        yield Row(name, "network, 0.8 V, 500 MHz", published, cycles * picojoules * 1e-9, "mJ", False)
    yield from area_rows(simulator, energy, profiles)


# --- profiles


def profile_text(path: Path, pattern: str, value: float, source: str) -> str:
    """The file with value and source of one entry replaced; `pattern` finds what stands in front."""

    def renewed(match: re.Match[str]) -> str:
        return f"{match[1]}{value:g}{match[2]}{json.dumps(source)}"

    text, count = re.subn(
        rf"({pattern})[\d.]+(.*?\"source\": )\"[^\"]*\"",
        renewed,
        path.read_text(encoding="utf-8"),
        count=1,
        flags=re.DOTALL,
    )
    if count != 1:
        raise Failure(f"{path}: the entry to calibrate is not where it was")
    json.loads(text)
    return text


def write_profiles(folder: Path, fit: Fit, target: Path, day: str) -> tuple[Path, Path]:
    """Both profiles with the fit, in `target`; the second one extends the first one's file."""
    design, silicon = target / "isvlsi23.json", target / "shaheen.json"
    infra = r'"symbol": "infra".*?"value": '
    design_text = profile_text(folder / design.name, infra, fit.infra, fit.arithmetic(day))
    scale_text = profile_text(folder / silicon.name, r'"scale": ', fit.scale, fit.scale_arithmetic(day))
    design.write_text(design_text)
    silicon.write_text(scale_text)
    return design, silicon


def write_areas(simulator: Simulator, report: dict[str, Any], profiles: tuple[Path, Path], day: str) -> str:
    """Both unknowns of the area, written into the profiles; a line that says what they are."""
    design, silicon = profiles
    rest = rest_fit(simulator.price(report, design, 0.65, 463))
    design.write_text(profile_text(design, r'"rest": .*?"value": ', rest.value, rest.rest_arithmetic(day)))
    large = resized(report, tcdm_bytes=SHAHEEN_BYTES)
    gate = gate_fit(simulator.price(large, stand_alone(design, silicon, simulator.scratch), 0.65, 310))
    silicon.write_text(profile_text(silicon, r'"gate": .*?"um2": ', gate.value, gate.gate_arithmetic(day)))
    return f"area: rest {rest.value:g} kGE; shaheen {gate.value:g} um2 a gate"


def stand_alone(design: Path, silicon: Path, scratch: Path) -> Path:
    """The silicon profile on top of that very file instead of the one that is compiled in."""
    values = json.loads(silicon.read_text())
    copy = scratch / "silicon.json"
    copy.write_text(json.dumps(values | {"extends": str(design.resolve())}))
    return copy


# --- the program


def print_table(table: list[Row], percent: float) -> None:
    print(f"{'anchor':10} {'':32} {'published':>10} {'model':>10} {'':8} {'residual':>9}  fitted")
    for row in table:
        print(
            f"{row.anchor:10} {row.what:32} {row.published:10.3f} {row.model:10.3f} {row.unit:8} "
            f"{row.residual_percent:+8.2f} %  {'yes' if row.fitted else 'no'}"
        )
    print(f"every figure that is no anchor is uncertain by +-{percent:g} %")


def misses(table: list[Row]) -> list[Row]:
    return [row for row in table if row.fitted and abs(row.residual_percent) > limit_of(row.anchor)]


def limit_of(anchor: str) -> float:
    """Percent by which a fitted anchor may be off; without end for those that are only shown."""
    if anchor == "A1":
        return A1_LIMIT
    if anchor.startswith("AR"):
        return AREA_LIMIT
    return SILICON_LIMIT if anchor.startswith("S") else math.inf


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only, write no profile")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows here")
    parser.add_argument("--program", type=Path, default=PROGRAM, help="flexv-vp to run")
    parser.add_argument("--firmware", type=Path, default=FIRMWARE, help="image with the region a2w2")
    parser.add_argument("--profiles", type=Path, default=PROFILES, help="folder of isvlsi23.json and shaheen.json")
    options = parser.parse_args()
    for path in (options.program, options.firmware, options.profiles):
        if not path.exists():
            parser.error(f"{path} is missing; scripts/demo builds it")
    return options


def calibrate(options: argparse.Namespace, scratch: Path) -> tuple[list[Row], float]:
    simulator = Simulator(options.program, scratch)
    design, silicon = options.profiles / "isvlsi23.json", options.profiles / "shaheen.json"
    report = simulator.run(options.firmware, design)
    if not options.check:
        fit = fit_of(report)
        day = datetime.date.today().isoformat()
        design, silicon = write_profiles(options.profiles, fit, options.profiles, day)
        print(write_areas(simulator, report, (design, silicon), day))
        print(f"infra {fit.old_infra:g} -> {fit.infra:g} pJ: {fit.budget:.3f} - {fit.others:.3f} pJ/cycle")
        print(f"shaheen scale {fit.scale:g}; build again so that the program carries both profiles")
    table = list(rows(simulator, report, (design, stand_alone(design, silicon, scratch))))
    return table, report["energy"]["uncertainty_percent"]["total"]


def main() -> int:
    options = read_arguments()
    try:
        with tempfile.TemporaryDirectory() as folder:
            table, percent = calibrate(options, Path(folder))
        print_table(table, percent)
        if options.json:
            wanted = ("anchor", "published", "model", "residual_percent", "fitted")
            values = [asdict(row) | {"residual_percent": row.residual_percent} for row in table]
            options.json.write_text(json.dumps([{k: v[k] for k in wanted} for v in values], indent=2) + "\n")
    except (Failure, OSError, ValueError, KeyError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for row in misses(table):
        print(f"missed: {row.anchor}, {row.what}: {row.residual_percent:+.2f} %", file=sys.stderr)
    return 1 if misses(table) else 0
