# SPDX-License-Identifier: Apache-2.0
"""Run the convolution layers of MobileNetV1 0.75 and ResNet-20, one at a time, on the three builds.

Each layer is computed in tiles that fit the TCDM, with double-buffered DMA from and to L2. Prints
for each build MAC/cycle, the share of the harts' cycles lost to stalls and to sleep, and the energy.
Equal layers stand once, with their number. Exit status: 0, or 2 when something cannot be run.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flexv_tools.commands import FIRMWARE, build_release, output_of
from flexv_tools.errors import Failure
from flexv_tools.simulator import PROGRAM, load_report

BUILDS = ("flexv", "xpulpnn", "xpulpv2")

# Valente et al. 2024, table VI [MAC/cycle]. Its ResNet-20 has 10 M MAC, ours the usual 40.8 M.
PUBLISHED = {
    ("mobilenet_8b", "xpulpv2"): 5.6, ("mobilenet_8b", "xpulpnn"): 6.0,
    ("mobilenet_8b", "flexv"): 6.0, ("mobilenet_8b4b", "xpulpv2"): 3.2,
    ("mobilenet_8b4b", "xpulpnn"): 2.7, ("mobilenet_8b4b", "flexv"): 5.8,
    ("resnet20_4b2b", "xpulpv2"): 4.8, ("resnet20_4b2b", "xpulpnn"): 4.4,
    ("resnet20_4b2b", "flexv"): 11.2,
}


@dataclass(frozen=True)
class Result:
    network: str
    layer: str
    count: int
    isa: str
    macs: int
    cycles: int
    mac_per_cycle: float
    stall_percent: float
    sleep_percent: float
    energy_uj: float


def plan() -> list[dict[str, Any]]:
    layers: list[dict[str, Any]] = json.loads(output_of([sys.executable, "sw/golden/layer_plan.py", "--json"]))
    return layers


def run(program: Path, isa: str, profile: str) -> list[dict[str, Any]]:
    """The regions of one build, a layer each."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        output_of([program, "run", FIRMWARE / f"bench_layers_{isa}.elf", "--quiet", "--report",
                   report, "--set", f"soc.cluster.core.isa={isa}", "--energy-profile", profile])
        regions: list[dict[str, Any]] = load_report(report)["regions"]
        return regions


def lost_percent(region: dict[str, Any]) -> tuple[float, float]:
    """Shares of the harts' cycles in stalls and asleep."""
    harts = [counters for path, counters in region["counters"].items()
             if path.startswith("cluster.core")]
    cycles = len(harts) * region["cycles"]
    stalls = sum(count for hart in harts for name, count in hart.items()
                 if name.endswith("_stalls") and name != "event_unit_stalls")
    sleep = sum(hart.get("sleep_cycles", 0) for hart in harts)
    return 100 * stalls / cycles, 100 * sleep / cycles


def result_of(isa: str, layer: dict[str, Any], region: dict[str, Any]) -> Result:
    stalls, sleep = lost_percent(region)
    return Result(layer["network"], layer["name"], layer["count"], isa, layer["macs"],
                  region["cycles"], layer["macs"] / region["cycles"], stalls, sleep,
                  region["energy_pj"] / 1e6)


def print_table(isa: str, results: list[Result]) -> None:
    print(f"\n{isa}\n  {'layer':34} {'times':>5} {'kMAC':>7} {'kcycles':>8} {'MAC/cycle':>9} "
          f"{'stalls':>7} {'asleep':>7} {'uJ':>8}")
    for r in results:
        print(f"  {r.network + ' ' + r.layer:34} {r.count:5} {r.macs / 1e3:7.0f} "
              f"{r.cycles / 1e3:8.0f} {r.mac_per_cycle:9.2f} {r.stall_percent:6.1f}% "
              f"{r.sleep_percent:6.1f}% {r.energy_uj:8.2f}")


def networks(results: list[Result]) -> dict[str, list[Result]]:
    """Layers of each network; the 8b4b one shares all but the pointwise layers with the 8b one."""
    names = dict.fromkeys(r.network for r in results)
    groups = {name: [r for r in results if r.network == name] for name in names}
    light = groups.get("mobilenet_8b4b")
    if light:
        replaced = {r.layer for r in light}
        light += [r for r in groups["mobilenet_8b"] if r.layer not in replaced]
    return groups


def print_networks(results: list[Result]) -> None:
    """Sums over all layers. Published values hold for whole networks with their other layers."""
    for name, layers in networks(results).items():
        macs = sum(r.count * r.macs for r in layers)
        cycles = sum(r.count * r.cycles for r in layers)
        energy = sum(r.count * r.energy_uj for r in layers)
        published = PUBLISHED.get((name, layers[0].isa))
        text = f" (published, whole network: {published})" if published else ""
        print(f"  {name}: {macs / 1e6:.1f} M MAC in {cycles / 1e6:.2f} M cycles, "
              f"{macs / cycles:.2f} MAC/cycle{text}, {energy / 1e3:.3f} mJ")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--isa", choices=BUILDS, action="append", help="only this build")
    parser.add_argument("--energy-profile", default="isvlsi23", help="default: %(default)s")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results as JSON too")
    parser.add_argument("--no-build", action="store_true", help="use what is built")
    parser.add_argument("--program", type=Path, default=PROGRAM, help="flexv-vp to run")
    options = parser.parse_args()
    everything: list[Result] = []
    try:
        if not options.no_build:
            build_release()
        layers = plan()
        for isa in options.isa or BUILDS:
            regions = run(options.program.resolve(), isa, options.energy_profile)
            results = [result_of(isa, *pair) for pair in zip(layers, regions)]
            print_table(isa, results)
            print_networks(results)
            everything += results
        if options.json:
            options.json.write_text(json.dumps(list(map(asdict, everything)), indent=1) + "\n")
    except (Failure, OSError, ValueError, KeyError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0
