# SPDX-License-Identifier: Apache-2.0
"""The page of a deployed network: layers, where to improve, roofline, memory over time, tiles. Self-contained HTML."""

from __future__ import annotations

import math
from collections.abc import Iterator

from flexv_tools import pages
from flexv_tools.deploy.execute import Run
from flexv_tools.deploy.graph import Network
from flexv_tools.deploy.planner import Plan
from flexv_tools.deploy.report import Row
from flexv_tools.deploy.stream import Block
from flexv_tools.deploy.tiler import Tiling
from flexv_tools.pages import escape

DMA_BYTES_PER_CYCLE = 8.0  # of the cluster's 64-bit port
MANY_STALLS = 8.0  # percent of a layer's cycles
HIDDEN_WELL = 0.95
COLOURS = ("var(--accent)", "var(--warm)", "var(--good)", "var(--bad)", "var(--soft)")


def page(
    network: Network, plan: Plan, tilings: list[Tiling], rows: list[Row], run: Run, isa: str, l1_bytes: int
) -> str:
    cycles = sum(row.cycles for row in rows)
    clock = run.report["clock"]["mhz"]
    figures = [
        (f"{network.macs / cycles:.2f}", "MAC/cycle"),
        (f"{cycles / 1e6:.3f} M", "cycles"),
        (f"{clock * 1e6 / cycles:.1f}", f"samples a second, {clock:g} MHz"),
        (f"{sum(row.energy_uj for row in rows):.2f} µJ", "energy a sample"),
        (f"{2 * network.macs / sum(row.energy_uj for row in rows) / 1e6:.2f}", "TOPS/W (2 operations a MAC)"),
        (f"{plan.weight_bytes / 1024:.0f} KiB", "weights"),
        (f"{plan.activation_bytes / 1024:.0f} KiB", "activations at most"),
    ]
    verdict = "Every tensor equals the evaluator's." if not run.differences else "RESULTS DIFFER from the evaluator."
    content = f'<h1>{escape(network.name)}</h1><p class="sub">{network.macs / 1e6:.2f} M MAC on {isa}. {verdict}</p>'
    content += pages.cards(figures) + layer_section(rows, cycles) + hint_section(rows, cycles)
    content += roofline_section(rows) + stall_section(rows) + memory_section(plan, tilings) + tile_section(rows, l1_bytes)
    if network.notes:
        content += pages.section("Notes", "", "<br>".join(map(escape, network.notes)), "notes")
    return pages.document(network.name, content)


def comparison(network: str, results: dict[str, list[Row]]) -> str:
    """The same network by the kernels of several instruction sets, layer by layer."""
    first, *_ = results.values()
    totals = {isa: sum(row.cycles for row in rows) for isa, rows in results.items()}
    best = min(totals.values())
    macs = sum(row.macs for row in first)
    figures = [(f"{macs / total:.2f}", f"MAC/cycle, {isa}: {total / best:.2f}x the cycles") for isa, total in totals.items()]
    header = ["layer", '<th class="text">shape</th>', *(f"<th>{escape(isa)}: cycles</th>" for isa in results),
              *(f"<th>{escape(isa)}: MAC/cycle</th>" for isa in results), *(f"<th>{escape(isa)}: µJ</th>" for isa in results)]  # fmt: skip
    lines = []
    for number, row in enumerate(first):
        each = [rows[number] for rows in results.values()]
        lines.append([escape(row.layer), f'<td class="text">{escape(row.shape)}</td>', *(f"{r.cycles:,}" for r in each),
                      *(f"{r.mac_per_cycle:.2f}" for r in each), *(f"{r.energy_uj:.3f}" for r in each)])  # fmt: skip
    lines.append(["<b>all</b>", "<td></td>", *(f"{total:,}" for total in totals.values()),
                  *(f"{macs / total:.2f}" for total in totals.values()),
                  *(f"{sum(row.energy_uj for row in rows):.3f}" for rows in results.values())])  # fmt: skip
    links = " · ".join(f'<a href="{escape(isa)}/index.html">{escape(isa)}</a>' for isa in results)
    content = f'<h1>{escape(network)}</h1><p class="sub">The same layers by each instruction set. Pages of their own: {links}</p>'
    content += pages.cards(figures) + pages.section("Side by side", "", pages.table(header, lines), "comparison")
    return pages.document(network, content)


def bar(share: float, colour: str = "var(--accent)") -> str:
    return (
        '<td style="width:140px"><div style="height:9px;border-radius:3px;'
        f'background:{colour};width:{100 * min(1.0, share):.1f}%"></div></td>'
    )


def layer_section(rows: list[Row], cycles: int) -> str:
    most = max(row.cycles for row in rows)
    lines = [
        [escape(row.layer), f'<td class="text">{escape(row.kind)}</td>', f'<td class="text">{escape(row.shape)}</td>',
         f"{row.macs:,}", f"{row.cycles:,}", f"{100 * row.cycles / cycles:.1f} %", bar(row.cycles / most),
         f"{row.mac_per_cycle:.2f}", f"{row.deviation_percent:+.1f} %", f"{100 * row.dma_overlap:.0f} %",
         f"{row.stall_percent:.1f} %", f"{row.energy_uj:.3f}"]
        for row in rows
    ]  # fmt: skip
    header = ["layer", '<th class="text">kind</th>', '<th class="text">shape</th>', "MAC", "cycles", "share", "<th></th>",
              "MAC/cycle", "predicted", "DMA hidden", "stalls", "µJ"]  # fmt: skip
    what = "Predicted: by how much the cost model is off. DMA hidden: share of the transfers' time that no core waits for."
    return pages.section("Layers", what, pages.table(header, lines), "layers")


# --- where to improve


def hints_of(row: Row) -> list[str]:
    """What keeps a layer from its peak, most important first."""
    found = []
    if row.transfer_cycles > row.compute_cycles:
        found.append("its transfers take longer than its work: fewer bits, or fuse it with a neighbour")
    elif row.dma_overlap < HIDDEN_WELL and row.tiles == 1:
        found.append("a single tile: nothing hides its operands' way in and its result's way out")
    worst = max(row.stalls, key=lambda name: row.stalls[name], default="")
    if worst and row.stalls[worst] >= MANY_STALLS:
        found.append(f"{row.stalls[worst]:.0f} % of the cycles are {worst} stalls")
    if row.kind == "convolution" and row.macs and row.mac_per_cycle < row.peak / 3:
        found.append("few products for what surrounds them: more input channels or a larger map would use the cores better")
    if row.kind == "depthwise":
        found.append("depthwise: a word of one channel has to be collected; pointwise layers are 4 times as fast a MAC")
    if row.tile[2] and row.tiles > 1 and row.kind == "convolution" and row.l1_bytes and row.tile[0] == 1:
        found.append("tiles of a single row: a larger TCDM (--l1-bytes) would bring in rows less often")
    return found


def hint_section(rows: list[Row], cycles: int) -> str:
    """The layers that lose most against their peak."""

    def lost(row: Row) -> float:
        return row.cycles - (row.macs / row.peak if row.peak else 0)

    lines = []
    for row in sorted(rows, key=lost, reverse=True)[:8]:
        why = "; ".join(hints_of(row)) or "near what its kernel can do"
        lines.append([escape(row.layer), f"{lost(row):,.0f}", f"{100 * lost(row) / cycles:.1f} %",
                      f'<td class="text" style="white-space:normal">{escape(why)}</td>'])  # fmt: skip
    header = ["layer", "cycles above its peak", "of all", '<th class="text">why, and what would help</th>']
    return pages.section("Where to improve", "Against dot products in every cycle of every core.", pages.table(header, lines), "hints")


# --- roofline


def roofline_section(rows: list[Row]) -> str:
    """MAC/cycle over MAC a byte moved, both logarithmic."""
    points = [row for row in rows if row.macs and row.dma_bytes and row.cycles]
    if not points:
        return ""
    width, height, left, bottom = 1000.0, 320.0, 56.0, 30.0
    xs = [row.macs / row.dma_bytes for row in points]
    peaks = sorted({row.peak for row in points})
    low_x, high_x = math.log10(min(xs) / 2), math.log10(max(*xs, peaks[-1] / DMA_BYTES_PER_CYCLE) * 2)
    low_y = math.log10(min(row.mac_per_cycle for row in points) / 2)
    high_y = math.log10(peaks[-1] * 1.5)

    def x_of(value: float) -> float:
        return left + (math.log10(value) - low_x) / (high_x - low_x) * (width - left)

    def y_of(value: float) -> float:
        return (height - bottom) * (1 - (math.log10(value) - low_y) / (high_y - low_y))

    parts = []
    for peak in peaks:
        ridge = peak / DMA_BYTES_PER_CYCLE
        y = y_of(peak)
        parts.append(f'<line x1="{x_of(ridge):.1f}" y1="{y:.1f}" x2="{width}" y2="{y:.1f}" stroke="var(--soft)"/>'
                     f'<text x="{width - 4}" y="{y - 4:.1f}" text-anchor="end">{peak:g} MAC/cycle</text>')  # fmt: skip
    begin = max(10**low_x, 10**low_y / DMA_BYTES_PER_CYCLE)
    ridge = peaks[-1] / DMA_BYTES_PER_CYCLE
    parts.append(f'<line x1="{x_of(begin):.1f}" y1="{y_of(begin * DMA_BYTES_PER_CYCLE):.1f}" x2="{x_of(ridge):.1f}" '
                 f'y2="{y_of(peaks[-1]):.1f}" stroke="var(--soft)"/>')  # fmt: skip
    most = max(row.cycles for row in points)
    for row, x in zip(points, xs):
        radius = 4 + 8 * math.sqrt(row.cycles / most)
        tip = f"{row.layer}: {row.mac_per_cycle:.2f} MAC/cycle, {x:.1f} MAC a byte, {row.cycles:,} cycles"
        parts.append(f'<circle cx="{x_of(x):.1f}" cy="{y_of(row.mac_per_cycle):.1f}" r="{radius:.1f}" fill="var(--accent)" '
                     f'fill-opacity="0.6"><title>{escape(tip)}</title></circle>')  # fmt: skip
    for power in range(math.ceil(low_x), math.floor(high_x) + 1):
        parts.append(f'<text x="{x_of(10.0**power):.1f}" y="{height - 8}" text-anchor="middle">{10.0**power:g}</text>')
    for power in range(math.ceil(low_y), math.floor(high_y) + 1):
        parts.append(f'<text x="{left - 8}" y="{y_of(10.0**power) + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    svg = f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="roofline">{"".join(parts)}</svg>'
    what = "MAC/cycle over MAC for each byte that the DMA moves; lines: dot products of each width, and 8 bytes a cycle."
    return pages.section("Roofline", what, svg, "roofline")


# --- stalls, memory, tiles


def stall_section(rows: list[Row]) -> str:
    """Stalls of each layer by kind, and its energy."""
    kinds = sorted({name for row in rows for name, share in row.stalls.items() if share >= 0.05})
    lines = [[escape(row.layer), *(f"{row.stalls.get(kind, 0):.1f} %" for kind in kinds),
              f"{row.energy_uj:.3f}", f"{1e6 * row.energy_uj / row.macs:.2f}" if row.macs else "-"] for row in rows]  # fmt: skip
    header = ["layer", *map(escape, kinds), "µJ", "pJ a MAC"]
    return pages.section("Stalls and energy", "Percent of the cores' cycles.", pages.table(header, lines), "stalls")


def memory_section(plan: Plan, tilings: list[Tiling]) -> str:
    """Who lies where in L2, from layer to layer: activations, and weights that are brought in ahead of time."""
    width, height, left = 1000, 300, 70
    layers, most = len(tilings), max(1, plan.l2_bytes)
    step = (width - left) / (layers + 1)
    scale = height / most
    parts = []

    def mark(first: float, last: float, place: int, count: int, colour: str, tip: str) -> None:
        x, y = left + (first + 1) * step, height - (place + count) * scale
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(1.0, (last - first) * step):.1f}" height="{count * scale:.1f}" rx="2" '
            f'fill="{colour}" fill-opacity="0.55" stroke="var(--paper)"><title>{escape(tip)}</title></rect>'
        )

    for number, life in enumerate(life for life in plan.lives if not plan.is_external(life.tensor)):
        t = life.tensor
        tip = f"{t.name}: {t}, {t.size_bytes:,} bytes"
        mark(life.begin, min(life.end, layers - 1) + 1, plan.places[t], t.size_bytes, COLOURS[number % len(COLOURS)], tip)
    for first, last, block in staged_blocks(plan, tilings):
        tip = f"weights of {tilings[block.layer].layer.name}: {block.staged:,} bytes" + (", always" if block.is_kept else "")
        mark(first, last, block.place or 0, block.staged, "var(--ink)", tip)
    parts.append(f'<text x="0" y="12">{most / 1024:.0f} KiB</text><text x="0" y="{height}">0</text>')
    parts.append(f'<text x="{left}" y="{height + 18}">input</text>')
    parts.append(f'<text x="{width}" y="{height + 18}" text-anchor="end">last layer</text>')
    svg = f'<svg viewBox="0 0 {width} {height + 24}" role="img" aria-label="memory over time">{"".join(parts)}</svg>'
    return pages.section("Memory over time", memory_text(plan), svg, "memory")


def memory_text(plan: Plan) -> str:
    done = plan.schedule
    if done is None:
        return "Activations in L2, from layer to layer; weights lie beside them."
    outside = [life.tensor.name for life in plan.lives if plan.is_external(life.tensor)]
    text = (
        f"L2, from layer to layer: activations in colours, weights dark. Of the weights {done.kept_bytes:,} bytes stay there, "
        f"{done.streamed_bytes:,} come from external memory while layers before them compute, {done.direct_bytes:,} go from there "
        "to L1 when they are needed."
    )
    return text + (f" In external memory for lack of place: {', '.join(outside)}." if outside else "")


def staged_blocks(plan: Plan, tilings: list[Tiling]) -> Iterator[tuple[float, float, Block]]:
    """Weights in L2, with when they come and go, in layers."""
    if plan.schedule is None:
        return
    times = [layer + number / tiling.count for layer, tiling in enumerate(tilings) for number in range(tiling.count)]
    times.append(float(len(tilings)))
    for block in plan.schedule.blocks:
        if block.is_kept:
            yield -1.0, float(len(tilings)), block
        elif block.staged and block.place is not None:
            first = min(piece.tile for piece in plan.schedule.pieces if piece.source < block.source + block.size
                        and block.source < piece.source + piece.bytes)  # fmt: skip
            yield times[min(first + 1, len(times) - 1)], times[min(block.last + 1, len(times) - 1)], block


def tile_section(rows: list[Row], l1_bytes: int) -> str:
    lines = [
        [escape(row.layer), f"{row.tile[0]}", f"{row.tile[1]}", f"{row.tile[2]}", f"{row.tiles}", f"{row.l1_bytes:,}",
         bar(row.l1_bytes / l1_bytes, "var(--good)"), f"{row.dma_bytes:,}", f"{row.transfer_cycles:,}", f"{row.compute_cycles:,}"]
        for row in rows
    ]  # fmt: skip
    header = ["layer", "rows", "channels", "input channels", "tiles", "L1 bytes", "<th></th>", "bytes moved",
              "DMA cycles", "work cycles"]  # fmt: skip
    what = f"What is computed at a time, of {l1_bytes:,} bytes of L1; cycles as predicted."
    return pages.section("Tiles", what, pages.table(header, lines), "tiles")
