# SPDX-License-Identifier: Apache-2.0
"""Run the published experiments on the platform and compare: published value, ours, ratio, verdict.

Builds what is missing, runs the MatMul benchmarks and the networks by the three instruction sets, prints the tables
and writes them to docs/reference/reproduction.md. Exit status: 0; 1 when a Flex-V throughput is more
than 5 % below the published one; 2 when something cannot be built or run.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flexv_tools.commands import FIRMWARE, build_release, output_of
from flexv_tools.errors import Failure
from flexv_tools.simulator import PROGRAM, ROOT

if TYPE_CHECKING:
    from flexv_tools.reproduce_networks import Published, Result

PAGE = ROOT / "docs/reference/reproduction.md"
ISAS = ("xpulpv2", "xpulpnn", "flexv")
NAMES = {"xpulpv2": "XpulpV2", "xpulpnn": "XpulpNN", "flexv": "Flex-V"}
PRECISIONS = ((8, 8), (8, 4), (8, 2), (4, 4), (4, 2), (2, 2))
CORES = 8
TOLERANCE = 0.05
HIDDEN_PERCENT = 95.0  # of the transfers of networks
CHANNELS, DEPTH = 64, 288

# Valente et al. 2024 (Shaheen, TCAS-I 71(5), arXiv 2401.03531), table IV, which attributes it to
# Nadalini et al. 2023 (arXiv 2307.01056). MAC/cycle of the MatMul on 8 cores.
TABLE_IV = {
    "xpulpv2": (16.59, 6.38, 4.91, None, None, None),
    "xpulpnn": (26.1, 7.63, 6.07, 49.5, 7.62, 90.8),
    "flexv": (26.9, 27.6, 27.8, 50.6, 51.9, 91.5),
}
# Hand-written 4x4 kernels on the RTL with ideal instruction fetch, 64 x 64 x 288.
RTL = (28.33, 28.64, 29.30, 53.60, 54.34, 98.88)
# Nadalini 2023, abstract.
PEAK_TOPS_PER_WATT, ABSTRACT_SPEED_UP = 3.26, 8.5
# Shaheen, figure 11: TOPS/W by (V, MHz). One measured power serves all widths.
FIGURE_11 = {
    (0.625, 280): {(8, 8): 0.524, (4, 4): 0.985, (2, 2): 1.783},
    (0.65, 310): {(8, 8): 0.484, (4, 4): 0.910, (2, 2): 1.647},
    (0.8, 500): {(8, 8): 0.358, (4, 4): 0.673, (2, 2): 1.217},
}


@dataclass(frozen=True)
class Region:
    """One precision of a benchmark."""

    cycles: int
    macs: int
    energy_pj: float
    harts: dict[str, int]  # counters of all cores together

    @property
    def mac_per_cycle(self) -> float:
        return self.macs / self.cycles

    @property
    def tops_per_watt(self) -> float:
        return 2 * self.macs / self.energy_pj

    def stall_percent(self, cause: str) -> float:
        return 100 * self.harts.get(f"{cause}_stalls", 0) / (CORES * self.cycles)

    @property
    def pj_per_cycle(self) -> float:
        return self.energy_pj / self.cycles

    @property
    def instructions_per_mac(self) -> float:
        """Of one hart, for 100 of its MACs."""
        return 100 * self.harts["instructions"] / self.macs


@dataclass(frozen=True)
class Row:
    experiment: str
    isa: str
    act_bits: int
    weight_bits: int
    quantity: str
    unit: str
    published: float | None
    measured: float
    ratio: float | None
    kind: str  # anchor, published, prediction
    remark: str = ""


Regions = dict[tuple[int, int], Region]


def read_region(region: dict[str, Any], macs: int) -> Region:
    harts: dict[str, int] = {}
    for path, counters in region["counters"].items():
        if path.startswith("cluster.core"):
            for name, count in counters.items():
                harts[name] = harts.get(name, 0) + count
    return Region(region["cycles"], macs, region["energy_pj"], harts)


def measure(program: Path, isa: str, pixels: int, *options: str) -> Regions:
    """All precisions of one benchmark. Its own check of the results must pass."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        output_of([program, "run", FIRMWARE / f"bench_matmul_{pixels}_{isa}.elf", "--quiet",
                     "--report", report, "--set", f"soc.cluster.core.isa={isa}", *options])
        regions = {region["name"]: region for region in json.loads(report.read_text())["regions"]}
    macs = pixels * CHANNELS * DEPTH
    return {(a, w): read_region(regions[f"a{a}w{w}"], macs) for a, w in PRECISIONS}


def ratio_of(measured: float, published: float | None) -> float | None:
    return None if published is None else measured / published


def counters_remark(region: Region) -> str:
    stalls = ", ".join(f"{cause} {region.stall_percent(cause):.1f} %"
                       for cause in ("fetch", "tcdm", "load_use", "jump"))
    return (f"{region.instructions_per_mac:.2f} instructions for 100 MAC; of the cycles lost to "
            f"{stalls}")


def explain(region: Region, published: float | None) -> str:
    """A sentence from the counters where the numbers differ by more than 5 %."""
    if published is None or abs(region.mac_per_cycle / published - 1) <= TOLERANCE:
        return ""
    per_hundred = 100 * CORES / published
    if region.mac_per_cycle > published:
        return (f"ours needs fewer instructions: {counters_remark(region)}; the published value "
                f"leaves a hart {per_hundred:.1f} cycles for 100 MAC")
    return f"slower: {counters_remark(region)}"


def explain_efficiency(region: Region, published: float | None, point: str) -> str:
    """The operating point, and both factors of the efficiency where it differs by more than 5 %."""
    if published is None or abs(region.tops_per_watt / published - 1) <= TOLERANCE:
        return point
    return (f"{point}; {region.mac_per_cycle:.1f} MAC/cycle at {region.pj_per_cycle:.1f} pJ "
            f"a cycle; the published value is {2 * region.mac_per_cycle / published:.1f} pJ a cycle at ours")


def table_rows(measured: dict[str, Regions]) -> list[Row]:
    rows = []
    for isa in ISAS:
        for (a, w), published in zip(PRECISIONS, TABLE_IV[isa]):
            region = measured[isa][a, w]
            kind = "prediction" if published is None else "published"
            rows.append(Row("matmul_table_iv", isa, a, w, "throughput", "MAC/cycle", published,
                            region.mac_per_cycle, ratio_of(region.mac_per_cycle, published), kind,
                            explain(region, published)))
    return rows


def rtl_rows(regions: Regions) -> list[Row]:
    rows = []
    for (a, w), reference in zip(PRECISIONS, RTL):
        value = regions[a, w].mac_per_cycle
        near = abs(value / reference - 1) <= 0.03
        remark = "" if near else counters_remark(regions[a, w])
        rows.append(Row("matmul_rtl", "flexv", a, w, "throughput", "MAC/cycle", reference, value,
                        value / reference, "anchor", remark))
    return rows


def explain_speed_up(base: Region, value: float, published: float | None,
                     baseline: float | None) -> str:
    if published is None or baseline is None or abs(value / published - 1) <= TOLERANCE:
        return ""
    return (f"the baseline makes it: ours runs at {base.mac_per_cycle:.2f} MAC/cycle, "
            f"the published one at {baseline:.2f}")


def speed_up_rows(measured: dict[str, Regions]) -> list[Row]:
    rows = []
    for base in ISAS[:2]:
        for index, (a, w) in enumerate(PRECISIONS):
            flexv, baseline = TABLE_IV["flexv"][index], TABLE_IV[base][index]
            published = None if baseline is None or flexv is None else flexv / baseline
            value = measured["flexv"][a, w].mac_per_cycle / measured[base][a, w].mac_per_cycle
            kind = "prediction" if published is None else "published"
            rows.append(Row(f"speed_up_over_{base}", "flexv", a, w, "speed-up", "x", published,
                            value, ratio_of(value, published), kind,
                            explain_speed_up(measured[base][a, w], value, published, baseline)))
    best = max((row for row in rows if row.experiment == "speed_up_over_xpulpv2"),
               key=lambda row: row.measured)
    rows.append(Row("abstract_speed_up", "flexv", best.act_bits, best.weight_bits, "speed-up", "x",
                    ABSTRACT_SPEED_UP, best.measured, best.measured / ABSTRACT_SPEED_UP,
                    "published", "the largest of ours, over XpulpV2; the abstract names no pair"))
    return rows


def isvlsi_rows(measured: dict[str, Regions]) -> list[Row]:
    rows = []
    for isa in ISAS:
        for a, w in PRECISIONS:
            is_anchor = isa == "flexv" and (a, w) == (2, 2)
            published = PEAK_TOPS_PER_WATT if is_anchor else None
            value = measured[isa][a, w].tops_per_watt
            rows.append(Row("efficiency_isvlsi23", isa, a, w, "efficiency", "TOPS/W", published,
                            value, ratio_of(value, published),
                            "anchor" if is_anchor else "prediction",
                            explain_efficiency(measured[isa][a, w], published, "0.65 V, 463 MHz")))
    return rows


def shaheen_rows(program: Path) -> list[Row]:
    rows = []
    for (vdd, mhz), figure in FIGURE_11.items():
        regions = measure(program, "flexv", 192, "--energy-profile", "shaheen", "--vdd", str(vdd),
                          "--mhz", str(mhz))
        for a, w in PRECISIONS:
            published = figure.get((a, w))
            value = regions[a, w].tops_per_watt
            rows.append(Row("efficiency_shaheen", "flexv", a, w, "efficiency", "TOPS/W", published,
                            value, ratio_of(value, published),
                            "prediction" if published is None else "published",
                            explain_efficiency(regions[a, w], published, f"{vdd:g} V, {mhz} MHz")))
    return rows


def network_rows(program: Path) -> list[Row]:
    """Whole networks, first the throughput of each, then what a frame takes."""
    try:
        from flexv_tools import reproduce_networks
    except ImportError as error:
        raise Failure(f"{error}; scripts/deploy installs what networks need, --no-networks leaves them out") from error
    throughput, energy, external, predictions, transfers = [], [], [], [], []
    for network in reproduce_networks.NETWORKS:
        results = {isa: reproduce_networks.measure(program, network, isa) for isa in ISAS}
        throughput += [throughput_row(network, isa, results) for isa in ISAS]
        energy.append(energy_row(network, results["flexv"]))
        predictions += [prediction_row(network, isa, results[isa]) for isa in ISAS]
        transfers += [transfer_row(network, isa, results[isa]) for isa in ISAS]
        if network.name.startswith("mobilenet"):
            external += external_rows(program, network, results["flexv"])
    return throughput + energy + external + predictions + transfers


def throughput_row(network: Published, isa: str, results: dict[str, Result]) -> Row:
    published, value = network.mac_per_cycle.get(isa), results[isa].mac_per_cycle
    remark = f"{network.title}; {results[isa].cycles / 1e6:.2f} M cycles"
    if isa != "flexv":
        remark += f"; Flex-V is {results[isa].cycles / results['flexv'].cycles:.2f} times as fast"
        remark += f", published {network.mac_per_cycle['flexv'] / published:.2f}" if published is not None else ""
    a, w = network.bits
    return Row("networks", isa, a, w, "throughput", "MAC/cycle", published, value, ratio_of(value, published),
               "published" if published is not None else "prediction", remark)  # fmt: skip


def energy_row(network: Published, result: Result) -> Row:
    a, w = network.bits
    published, frame = network.millijoules, result.millijoules
    return Row("network_energy", "flexv", a, w, "energy", "mJ", published, frame, ratio_of(frame, published),
               "published" if published is not None else "prediction", energy_remark(network, result))  # fmt: skip


def prediction_row(network: Published, isa: str, result: Result) -> Row:
    """Layers whose cycles are as the cost model says; the others by name."""
    a, w = network.bits
    share = 100 * (1 - len(result.unlike) / result.layers) if result.layers else 0.0
    remark = f"{network.title}; {result.layers - len(result.unlike)} of {result.layers} layers"
    remark += f"; others: {', '.join(result.unlike)}" if result.unlike else ""
    return Row("network_predictions", isa, a, w, "layers", "%", 100.0, share, None, "all" if not result.unlike else "not all", remark)


def transfer_row(network: Published, isa: str, result: Result) -> Row:
    a, w = network.bits
    share = 100 * result.hidden
    return Row("network_transfers", isa, a, w, "hidden", "%", HIDDEN_PERCENT, share, None,
               "kept" if share >= HIDDEN_PERCENT else "missed", network.title)  # fmt: skip


def external_rows(program: Path, network: Published, inside: Result) -> list[Row]:
    """What it costs to have the weights in external memory."""
    from flexv_tools import reproduce_networks

    rows = []
    for l2_bytes, limit in reproduce_networks.EXTERNAL_LIMITS.items():
        result = reproduce_networks.measure(program, network, "flexv", l2_bytes)
        slower = 100 * (result.cycles / inside.cycles - 1)
        remark = (f"{network.title}; L2 of {l2_bytes / (1 << 20):g} MiB: {result.cycles / 1e6:.2f} M cycles in place of "
                  f"{inside.cycles / 1e6:.2f} M, {result.mac_per_cycle:.2f} MAC/cycle, {result.millijoules:.2f} mJ")
        a, w = network.bits
        rows.append(Row("external_memory", "flexv", a, w, "slower", "%", limit, slower, None,
                        "kept" if slower <= limit else "missed", remark))
    return rows


def energy_remark(network: Published, result: Result) -> str:
    """Energy a cycle takes the number of cycles out of the comparison: published MACs and MAC/cycle give its cycles."""
    if network.millijoules is None:
        return f"{network.title}; {1e9 * result.millijoules / result.cycles:.1f} pJ a cycle"
    cycles = result.macs / network.mac_per_cycle["flexv"]
    return (f"{network.title}; {1e9 * result.millijoules / result.cycles:.1f} pJ a cycle, "
            f"published {1e9 * network.millijoules / cycles:.1f} pJ; {cycles / result.cycles:.2f} times fewer cycles")


def verdict(row: Row) -> str:
    if row.ratio is None:
        return row.kind
    if row.experiment == "matmul_rtl":
        return "within 3 %" if row.ratio >= 0.97 else f"{100 * (1 - row.ratio):.1f} % below"
    if row.unit == "mJ":
        return f"{100 * abs(1 - row.ratio):.1f} % {'less' if row.ratio < 1 else 'more'}"
    if row.ratio > 1 + TOLERANCE:
        return f"{100 * (row.ratio - 1):.1f} % more"
    if row.ratio >= 1:
        return "reached"
    return "within 5 %" if row.ratio >= 1 - TOLERANCE else f"{100 * (1 - row.ratio):.1f} % less"


def cells(row: Row) -> list[str]:
    published = "" if row.published is None else f"{row.published:.2f}"
    ratio = "" if row.ratio is None else f"{row.ratio:.3f}"
    return [NAMES[row.isa], f"a{row.act_bits}w{row.weight_bits}", published, f"{row.measured:.2f}",
            ratio, verdict(row), row.remark]


INTRODUCTION = f"""# Published experiments, reproduced

Written by `scripts/reproduce`; do not edit. Every number of column "ours" is measured on the
platform in that run; the programs check their results against plain C. {CORES} cores, operands in the
TCDM, requantised and packed outputs, from a synchronised start to behind the closing barrier, code
warm in the caches.
"""

SECTIONS = {
    "matmul_table_iv": (
        "MatMul throughput",
        "Shaheen paper, table IV [MAC/cycle]. Ours: 192 pixels x 64 channels x depth 288 (the size "
        "of the published matrices is not stated) on the default configuration, instruction caches included."),
    "matmul_rtl": (
        "MatMul against the RTL",
        "Hand-written 4 x 4 kernels on the RTL with ideal instruction fetch, 64 x 64 x 288 [MAC/cycle]. "
        "Ours: the library's kernels, other code of the same blocking, with "
        "`soc.cluster.icache.is_ideal=true`."),
    "speed_up_over_xpulpv2": ("Speed-up over XpulpV2", "Ratios of the first table."),
    "speed_up_over_xpulpnn": ("Speed-up over XpulpNN", "Ratios of the first table."),
    "abstract_speed_up": (
        "The 8.5 x of the abstract",
        "Table IV leaves XpulpV2 blank below 8-bit activations; there the baseline has to unpack "
        "both operands, so the largest factor is at the narrowest widths."),
    "efficiency_isvlsi23": (
        "Efficiency, profile isvlsi23",
        "TOPS/W at 0.65 V and 463 MHz. Only the a2w2 value of Flex-V is published, and the profile "
        "is calibrated on it (anchor); the others are predictions of the model, uncertain by about "
        "10 %."),
    "efficiency_shaheen": (
        "Efficiency, profile shaheen",
        "TOPS/W of Flex-V at three points of figure 11. The authors measured one power for each point, on "
        "an INT32 MatMul, and used it for all widths: differences between widths are predictions."),
    "networks": (
        "Networks end to end, throughput",
        "Shaheen paper, table VI [MAC/cycle]. Ours: `scripts/deploy`, synthetic weights, all weights in an L2 of 4 MiB, "
        "every tensor compared with an integer evaluator. The published flow is another one: its depthwise "
        "layers and its tiling are slower."),
    "network_energy": (
        "Networks end to end, energy",
        "Energy of a frame [mJ], Shaheen at 0.8 V and 500 MHz (anchors N1 to N3 of the energy model, which no "
        "coefficient was fitted to); ours without external memory."),
    "network_predictions": (
        "Networks, layers as predicted",
        "Share of the layers [%] whose measured cycles are those that the cost model of `scripts/deploy` says, within 5 %, or within 350 "
        "cycles of short ones: which lines the shared instruction cache still has is a matter of chance. Prices of the model are those "
        "of `scripts/price_layers`, measured on other networks, at random."),
    "network_transfers": (
        "Networks, hidden transfers",
        "Share of the time of the DMA's transfers [%] in which the cores compute, of layers whose work takes longer than their "
        "transfers. Column \"published\": the least that this project asks for."),
    "external_memory": (
        "Networks with weights in external memory",
        "How much slower [%] when weights come from a memory of 0.4 byte a cycle (HyperRAM of Shaheen, 1.6 Gb/s) by "
        "`scripts/deploy --l3`, against all of them in an L2 of 4 MiB. Column \"published\": the most that this project allows."),
}


def section(experiment: str, rows: list[Row]) -> str:
    title, text = SECTIONS[experiment]
    lines = [f"\n## {title}\n", f"{text}\n",
             "| cores | precision | published | ours | ratio | verdict | why, where |",
             "| --- | --- | --- | --- | --- | --- | --- |"]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in rows if row.experiment == experiment]
    return "\n".join(lines) + "\n"


def page_of(rows: list[Row]) -> str:
    there = {row.experiment for row in rows}
    return INTRODUCTION + "".join(section(experiment, rows) for experiment in SECTIONS if experiment in there)


def print_rows(rows: list[Row]) -> None:
    widths = (8, 10, 10, 8, 7, 12, 0)
    there = {row.experiment for row in rows}
    for experiment, (title, _) in SECTIONS.items():
        if experiment not in there:
            continue
        print(f"\n{title}")
        head = ["cores", "precision", "published", "ours", "ratio", "verdict", "why, where"]
        for line in [head] + [cells(row) for row in rows if row.experiment == experiment]:
            print("  " + " ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())


def write_json(path: Path, rows: list[Row]) -> None:
    entries = [{key: value for key, value in asdict(row).items() if key != "remark"}
               for row in rows]
    path.write_text(json.dumps(entries, indent=1) + "\n")


def all_rows(program: Path, has_networks: bool) -> list[Row]:
    measured = {isa: measure(program, isa, 192) for isa in ISAS}
    ideal = measure(program, "flexv", 64, "--set", "soc.cluster.icache.is_ideal=true")
    return [*table_rows(measured), *rtl_rows(ideal), *speed_up_rows(measured),
            *isvlsi_rows(measured), *shaheen_rows(program),
            *(network_rows(program) if has_networks else [])]


def is_slow(row: Row) -> bool:
    return (row.experiment == "matmul_table_iv" and row.isa == "flexv" and
            row.ratio is not None and row.ratio < 1 - TOLERANCE)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows as JSON too")
    parser.add_argument("--page", type=Path, default=PAGE, help="Markdown (default: %(default)s)")
    parser.add_argument("--no-build", action="store_true", help="use what is built")
    parser.add_argument("--no-networks", action="store_true", help="leave out the networks, which take some minutes")
    parser.add_argument("--program", type=Path, default=PROGRAM, help="flexv-vp to run")
    options = parser.parse_args()
    try:
        if not options.no_build:
            build_release()
        rows = all_rows(options.program.resolve(), not options.no_networks)
        print_rows(rows)
        options.page.write_text(page_of(rows))
        if options.json:
            write_json(options.json, rows)
    except (Failure, OSError, ValueError, KeyError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 1 if any(map(is_slow, rows)) else 0
