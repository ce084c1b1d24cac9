# SPDX-License-Identifier: Apache-2.0
"""What a run of a network cost: a row a layer, a summary, a page."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from flexv_tools import pages
from flexv_tools.deploy.execute import Run
from flexv_tools.deploy.graph import Network
from flexv_tools.deploy.planner import Plan
from flexv_tools.deploy.tiler import Tiling
from flexv_tools.pages import escape

HEADER = (
    "layer,kind,shape,macs,cycles,mac_per_cycle,predicted_cycles,tiles,dma_bytes,dma_overlap,stall_percent,energy_uj"
).split(",")


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

    @property
    def mac_per_cycle(self) -> float:
        return self.macs / self.cycles if self.cycles else 0.0

    @property
    def deviation_percent(self) -> float:
        return 100 * (self.predicted_cycles / self.cycles - 1) if self.cycles else 0.0


def rows_of(tilings: list[Tiling], run: Run) -> list[Row]:
    regions = {region["id"]: region for region in run.report["regions"]}
    rows = []
    for number, (tiling, cost) in enumerate(zip(tilings, run.costs), 1):
        region = regions[number]
        layer = tiling.layer
        transfer = max(1.0, tiling.predicted.dma_cycles)
        rows.append(
            Row(
                layer=layer.name,
                kind=layer.kind,
                shape=f"{layer.input} -> {layer.output}",
                macs=layer.macs,
                cycles=region["cycles"],
                predicted_cycles=round(tiling.predicted.cycles),
                tiles=tiling.count,
                dma_bytes=cost.dma_bytes,
                dma_overlap=max(0.0, 1 - cost.wait_cycles / transfer),
                stall_percent=stalls(region),
                energy_uj=region["energy_pj"] / 1e6,
            )
        )
    return rows


def stalls(region: dict[str, object]) -> float:
    """Share of the cores' cycles that are stalls, sleep not counted."""
    counters = region["counters"]
    cycles = region["cycles"]
    assert isinstance(counters, dict) and isinstance(cycles, int)
    cores = [events for path, events in counters.items() if path.startswith("cluster.core")]
    lost: int = sum(n for events in cores for name, n in events.items() if name.endswith("_stalls") and name != "event_unit_stalls")
    return 100 * lost / (cycles * len(cores)) if cycles and cores else 0.0


def csv_text(rows: list[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for row in rows:
        writer.writerow(
            [row.layer, row.kind, row.shape, row.macs, row.cycles, f"{row.mac_per_cycle:.3f}", row.predicted_cycles,
             row.tiles, row.dma_bytes, f"{row.dma_overlap:.3f}", f"{row.stall_percent:.2f}", f"{row.energy_uj:.4f}"]
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
    verdict = "every tensor equals the evaluator's" if not run.differences else "RESULTS DIFFER"
    lines.append(
        f"{network.name}: {network.macs / 1e6:.2f} M MAC in {cycles / 1e6:.3f} M cycles = {network.macs / cycles:.2f} "
        f"MAC/cycle, {clock * 1e6 / cycles:.1f} a second at {clock:g} MHz, {energy:.2f} uJ; predicted "
        f"{100 * (predicted / cycles - 1):+.1f} %; {samples} sample{'s' if samples > 1 else ''}, {verdict}"
    )
    return "\n".join(lines)


def page(network: Network, plan: Plan, rows: list[Row], run: Run, isa: str) -> str:
    """A self-contained page: figures, layers, memory over time."""
    cycles = sum(row.cycles for row in rows)
    clock = run.report["clock"]["mhz"]
    figures = [
        (f"{network.macs / cycles:.2f}", "MAC/cycle"),
        (f"{cycles / 1e6:.3f} M", "cycles"),
        (f"{clock * 1e6 / cycles:.1f}", f"samples a second, {clock:g} MHz"),
        (f"{sum(row.energy_uj for row in rows):.2f} µJ", "energy a sample"),
        (f"{plan.weight_bytes / 1024:.0f} KiB", "weights"),
        (f"{plan.activation_bytes / 1024:.0f} KiB", "activations at most"),
    ]
    verdict = "Every tensor equals the evaluator's." if not run.differences else "RESULTS DIFFER from the evaluator."
    content = f'<h1>{escape(network.name)}</h1><p class="sub">{network.macs / 1e6:.2f} M MAC on {isa}. {verdict}</p>'
    content += pages.cards(figures) + layer_section(rows, cycles) + memory_section(plan, len(rows))
    if network.notes:
        content += pages.section("Notes", "", "<br>".join(map(escape, network.notes)))
    return pages.document(network.name, content)


def layer_section(rows: list[Row], cycles: int) -> str:
    lines = []
    for row in rows:
        width = 100 * row.cycles / max(each.cycles for each in rows)
        bar = f'<td style="width:140px"><div style="height:9px;border-radius:3px;background:var(--accent);width:{width:.1f}%"></div></td>'
        lines.append(
            [escape(row.layer), f'<td class="text">{escape(row.kind)}</td>', f'<td class="text">{escape(row.shape)}</td>',
             f"{row.macs:,}", f"{row.cycles:,}", f"{100 * row.cycles / cycles:.1f} %", bar, f"{row.mac_per_cycle:.2f}",
             f"{row.deviation_percent:+.1f} %", f"{100 * row.dma_overlap:.0f} %", f"{row.stall_percent:.1f} %",
             f"{row.energy_uj:.3f}"]
        )  # fmt: skip
    header = ["layer", '<th class="text">kind</th>', '<th class="text">shape</th>', "MAC", "cycles", "share", "<th></th>",
              "MAC/cycle", "predicted", "DMA hidden", "stalls", "µJ"]  # fmt: skip
    return pages.section("Layers", "Predicted: by how much the cost model is off.", pages.table(header, lines))


def memory_section(plan: Plan, layers: int) -> str:
    """Who lies where in L2, from layer to layer."""
    width, height, left = 1000, 300, 70
    step = (width - left) / (layers + 1)
    scale = height / max(1, plan.activation_bytes)
    parts = []
    for life in plan.lives:
        t = life.tensor
        x, y = left + (life.begin + 1) * step, height - (plan.places[t] + t.size_bytes) * scale
        length = (min(life.end, layers - 1) - life.begin + 1) * step
        tip = f"{t.name}: {t}, {t.size_bytes:,} bytes"
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{length:.1f}" height="{t.size_bytes * scale:.1f}" rx="3" '
            f'fill="var(--accent)" fill-opacity="0.55" stroke="var(--paper)"><title>{escape(tip)}</title></rect>'
        )
    parts.append(f'<text x="0" y="12">{plan.activation_bytes / 1024:.0f} KiB</text><text x="0" y="{height}">0</text>')
    parts.append(f'<text x="{left}" y="{height + 18}">input</text>')
    parts.append(f'<text x="{width}" y="{height + 18}" text-anchor="end">last layer</text>')
    svg = f'<svg viewBox="0 0 {width} {height + 24}" role="img" aria-label="memory over time">{"".join(parts)}</svg>'
    return pages.section("Memory over time", "Activations in L2, from layer to layer.", svg)
