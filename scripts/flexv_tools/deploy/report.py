# SPDX-License-Identifier: Apache-2.0
"""What a run of a network cost: a row a layer, a summary. page.py draws it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Any

from flexv_tools.deploy.execute import Run
from flexv_tools.deploy.graph import Dense, Depthwise, Layer, Network, on_one_line
from flexv_tools.deploy.tiler import Tiling

HEADER = (
    "layer,kind,shape,macs,cycles,mac_per_cycle,predicted_cycles,tiles,dma_bytes,dma_overlap,stall_percent,energy_uj,"
    "tile_rows,tile_channels,tile_inputs,l1_bytes"
).split(",")


NARROWEST_DOT_BITS = {"flexv": 2, "xpulpnn": 2, "xpulpv2": 8}
PREDICTION_PERCENT = 5.0
CACHE_CYCLES = 350  # fetches that a layer of some thousand cycles has more or less, by which lines are still there


@dataclass(frozen=True)
class Row:
    layer: str
    kind: str
    shape: str
    macs: int
    cycles: int
    predicted_cycles: int
    tiles: int
    dma_bytes: int
    dma_overlap: float  # share of the transfers' time that the cores did not wait for
    stall_percent: float
    energy_uj: float
    tile: tuple[int, int, int] = (0, 0, 0)  # rows, channels, input channels
    l1_bytes: int = 0
    peak: float = 0.0  # MAC/cycle of all cores, if they did nothing else
    transfer_cycles: int = 0  # of the DMA, predicted
    waited_cycles: int = 0  # for the DMA, by the core that waited longest
    compute_cycles: int = 0  # of the cores, predicted
    stalls: dict[str, float] = field(default_factory=dict)  # percent of the cores' cycles, by kind
    components: dict[str, float] = field(default_factory=dict)  # uJ

    @property
    def mac_per_cycle(self) -> float:
        return self.macs / self.cycles if self.cycles else 0.0

    @property
    def deviation_percent(self) -> float:
        return 100 * (self.predicted_cycles / self.cycles - 1) if self.cycles else 0.0


def rows_of(tilings: list[Tiling], run: Run, isa: str) -> list[Row]:
    regions = {region["id"]: region for region in run.report["regions"]}
    rows = []
    for number, (tiling, cost) in enumerate(zip(tilings, run.costs), 1):
        region = regions[number]
        layer = tiling.layer
        transfer = max(1.0, tiling.predicted.dma_cycles)
        rows.append(
            Row(
                layer=on_one_line(layer.name),
                kind=layer.kind,
                shape=f"{layer.input} -> {layer.output}",
                macs=layer.macs,
                cycles=region["cycles"],
                predicted_cycles=round(tiling.predicted.cycles),
                tiles=tiling.count,
                dma_bytes=cost.dma_bytes,
                dma_overlap=max(0.0, 1 - cost.wait_cycles / transfer),
                stall_percent=sum(stalls(region).values()),
                energy_uj=region["energy_pj"] / 1e6,
                tile=(tiling.rows, tiling.channels, tiling.inputs),
                l1_bytes=tiling.places.end,
                peak=peak_of(layer, core_count(region), isa),
                transfer_cycles=round(tiling.predicted.dma_cycles),
                waited_cycles=cost.wait_cycles,
                compute_cycles=round(tiling.predicted.compute_cycles),
                stalls=stalls(region),
                components=components(region),
            )
        )
    return rows


def is_as_predicted(row: Row) -> bool:
    """Within 5 %, or within what a layer takes more or less from run to run of its neighbours: the shared instruction cache replaces
    lines at random."""
    return abs(row.predicted_cycles - row.cycles) <= max(PREDICTION_PERCENT / 100 * row.cycles, CACHE_CYCLES)


def hidden_share(rows: list[Row]) -> float:
    """Of the time of transfers, that in which cores compute; of layers whose work takes longer than their transfers."""
    chosen = [row for row in rows if row.compute_cycles >= row.transfer_cycles]
    transfers = sum(row.transfer_cycles for row in chosen)
    return max(0.0, 1 - sum(row.waited_cycles for row in chosen) / transfers) if transfers else 1.0


def cores_of(region: dict[str, Any]) -> list[dict[str, int]]:
    return [events for path, events in region["counters"].items() if path.startswith("cluster.core")]


def core_count(region: dict[str, Any]) -> int:
    return len(cores_of(region))


def stalls(region: dict[str, Any]) -> dict[str, float]:
    """Percent of the cores' cycles that are stalls, by kind, sleep not counted."""
    cores = cores_of(region)
    total = region["cycles"] * len(cores)
    names = sorted({name for events in cores for name in events if name.endswith("_stalls")} - {"event_unit_stalls"})
    lost = {name.removesuffix("_stalls"): sum(events.get(name, 0) for events in cores) for name in names}
    return {name: 100 * count / total for name, count in lost.items() if total}


def components(region: dict[str, Any]) -> dict[str, float]:
    """Energy in uJ by component of the report."""
    found = region.get("components", {})
    return {name: value / 1e6 for name, value in found.items() if isinstance(value, (int, float))}


def peak_of(layer: Layer, cores: int, isa: str) -> float:
    """MAC/cycle of dot products alone: as many as the wider operand has in a word, and the instruction set has for it; 3 x 3
    depthwise uses three of four."""
    if not isinstance(layer, Dense):
        return 0.0
    if isinstance(layer, Depthwise):
        return 4.0 * cores
    return cores * 32 / max(layer.input.format.bits, layer.weight_bits, NARROWEST_DOT_BITS[isa])


def csv_text(rows: list[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for row in rows:
        writer.writerow(
            [row.layer, row.kind, row.shape, row.macs, row.cycles, f"{row.mac_per_cycle:.3f}", row.predicted_cycles,
             row.tiles, row.dma_bytes, f"{row.dma_overlap:.3f}", f"{row.stall_percent:.2f}", f"{row.energy_uj:.4f}",
             *row.tile, row.l1_bytes]
        )  # fmt: skip
    return text.getvalue()


def summary(network: Network, rows: list[Row], run: Run, samples: int) -> str:
    cycles = sum(row.cycles for row in rows)
    predicted = sum(row.predicted_cycles for row in rows)
    energy = sum(row.energy_uj for row in rows)
    clock = run.report["clock"]["mhz"]
    lines = [f"{'layer':24} {'kind':12} {'kMAC':>8} {'kcycles':>8} {'MAC/cycle':>9} {'predicted':>9} {'overlap':>7} {'uJ':>8}"]
    for row in rows:
        lines.append(
            f"{row.layer[:24]:24} {row.kind:12} {row.macs / 1e3:8.1f} {row.cycles / 1e3:8.1f} {row.mac_per_cycle:9.2f} "
            f"{row.deviation_percent:+8.1f}% {100 * row.dma_overlap:6.1f}% {row.energy_uj:8.3f}"
        )
    near = sum(map(is_as_predicted, rows))
    lines.append(f"{near} of {len(rows)} layers as predicted (within {PREDICTION_PERCENT:g} %, or {CACHE_CYCLES} cycles); "
                 f"{100 * hidden_share(rows):.1f} % of the transfers hidden, of layers whose work takes longer")  # fmt: skip
    verdict = "every tensor equals the evaluator's" if not run.differences else "RESULTS DIFFER"
    lines.append(
        f"{network.name}: {network.macs / 1e6:.2f} M MAC in {cycles / 1e6:.3f} M cycles = {network.macs / cycles:.2f} "
        f"MAC/cycle, {clock * 1e6 / cycles:.1f} a second at {clock:g} MHz, {energy:.2f} uJ; predicted "
        f"{100 * (predicted / cycles - 1):+.1f} %; {samples} sample{'s' if samples > 1 else ''}, {verdict}"
    )
    return "\n".join(lines)
