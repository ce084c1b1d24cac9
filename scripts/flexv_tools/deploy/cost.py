# SPDX-License-Identifier: Apache-2.0
"""How long a tiled layer takes: cycles of the cores and of the DMA.

work.py counts what the slowest core does, piece of code by piece of code; prices.json has what a passage of each takes, and what
surrounds a tile and a layer, in cycles of a core. scripts/price_layers measures these on random networks and writes the file. `deploy`
prints its prediction beside what was measured."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flexv_tools.deploy.graph import Dense, Depthwise, Layer, Tensor
from flexv_tools.deploy.work import Cut, Work, class_of, tile_work

PRICES = Path(__file__).with_name("prices.json")
TILE_DMA_CYCLES = 1500  # of what surrounds a tile, before and behind its transfers
DMA_BYTES_PER_CYCLE = 7.4  # of a 64-bit port, with the start of each burst
DMA_START_CYCLES = 60
DMA_PIECE_CYCLES = 1.7  # of a line of a transfer, however short
SURE = 0.9  # share of what all pixels and channels at once take, divided by the cores, that no tiling goes below

Prices = dict[str, dict[str, float]]  # by the layer's class, by the name of a piece of code


@lru_cache(maxsize=None)
def prices() -> Prices:
    found: Prices = json.loads(PRICES.read_text())["cycles"]
    return found


def priced(kind: str, work: Work) -> float:
    """Cycles of all passages."""
    table = prices()[kind]
    return sum(count * table.get(name, 0.0) for name, count in work.items())


@dataclass(frozen=True)
class External:
    """The port of memory outside of the chip (models/external_memory), and what the DMA reads or writes there."""

    bytes_per_cycle: float = 0.4
    latency_cycles: int = 30
    burst_bytes: int = 1024

    def cycles(self, count: int, pieces: int = 1) -> float:
        bursts = max(pieces, -(-count // self.burst_bytes))
        return count / self.bytes_per_cycle + bursts * self.latency_cycles


@dataclass(frozen=True)
class Span:
    """Some of the rows, or of the channels, of a layer's result."""

    begin: int
    count: int


@dataclass(frozen=True)
class Shape:
    """A layer's tiles: `rows` x `channels` of the result, from `inputs` input channels at a time (of layers whose
    channels stand alone: from the same ones)."""

    rows: tuple[Span, ...]
    channels: tuple[Span, ...]
    inputs: int
    input_parts: int
    weight_bytes: int  # of a row of weights; 0: there are none
    gathers: bool
    group: int = 1  # what a core copies at a time: pixels of a convolution, lines of a depthwise layer
    is_input_external: tuple[bool, ...] = ()
    is_output_external: bool = False

    @property
    def count(self) -> int:
        return len(self.rows) * len(self.channels) * self.input_parts


@dataclass(frozen=True)
class Move:
    """What the DMA does for one tile."""

    cycles: float = 0.0
    bytes: int = 0

    def __add__(self, other: Move) -> Move:
        return Move(self.cycles + other.cycles, self.bytes + other.bytes)


@dataclass(frozen=True)
class Links:
    """What a layer and its neighbours do for each other. Operands of its first tile that are there when it begins came while the layer
    before computed its last tile; or the input is that layer's result, where it lies."""

    is_input_kept: bool = False
    is_input_ahead: bool = False
    is_second_ahead: bool = False
    is_prefetched: bool = False  # weights
    is_result_awaited: bool = True  # else the last result is on its way out while the next layer's first tile is computed
    behind: Move = Move()  # the result of the layer before on its way out during the first tile
    ahead: Move = Move()  # operands of the next layer during the last tile

    @property
    def is_input_here(self) -> bool:
        return self.is_input_kept or self.is_input_ahead


@dataclass(frozen=True)
class TileTime:
    """While one tile is computed: work of the cores; of the DMA for the next tile and for the results before."""

    compute: float
    dma: float


@dataclass(frozen=True)
class Prediction:
    cycles: float = 0.0
    compute_cycles: float = 0.0
    dma_cycles: float = 0.0
    dma_bytes: int = 0
    tiles: tuple[TileTime, ...] = ()
    late_cycles: float = 0.0  # that operands of the next layer still take when the last tile is done


class Model:
    """Cycles of one layer; work and transfers of equal tiles are computed once."""

    def __init__(
        self, layer: Layer, shape: Shape, isa: str, cores: int, external: External | None = None,
        known: dict[tuple[int, ...], float] | None = None, links: Links = Links(),
    ) -> None:  # fmt: skip
        self.layer, self.shape, self.isa, self.cores, self.links = layer, shape, isa, cores, links
        self.external = external
        self.kind = class_of(layer, shape.gathers)
        self.is_channelwise = not isinstance(layer, Dense) or isinstance(layer, Depthwise)
        self.known = {} if known is None else known  # work, by rows, channels, input channels

    def predict(self) -> Prediction:
        """Sum over tiles of the larger of compute and DMA, with fill and drain."""
        s = self.shape
        order = [(c, r, p) for c in s.channels for r in s.rows for p in range(s.input_parts)]
        come = [self.late(), *(self.operands(c, r, p) for c, r, p in order[1:])]
        go = [self.results(c, r) if p + 1 == s.input_parts else Move() for c, r, p in order]
        work = [self.compute(r.count, c.count) for c, r, _ in order]
        times = []
        for number, compute in enumerate(work):
            ahead = come[number + 1] if number + 1 < len(order) else self.links.ahead
            behind = go[number - 1] if number else self.links.behind
            times.append(TileTime(compute, ahead.cycles + behind.cycles))
        table = prices()[self.kind]
        cycles = table["layer"] + come[0].cycles + (go[-1].cycles if self.links.is_result_awaited else 0.0)
        around = table["tile"]
        outside = min(TILE_DMA_CYCLES, around)
        last = times[-1]
        own = [*times[:-1], TileTime(last.compute, last.dma - self.links.ahead.cycles)]  # the next layer waits for its operands itself
        cycles += sum(max(around + time.compute, outside + time.dma) for time in own)
        late = max(0.0, outside + last.dma - max(around + last.compute, outside + own[-1].dma))
        moved = sum((come + go), self.links.ahead)
        return Prediction(cycles, sum(work), moved.cycles, moved.bytes, tuple(times), late)

    def late(self) -> Move:
        """Operands of the first tile that are not there when the layer begins."""
        links, first = self.links, (self.shape.channels[0], self.shape.rows[0], 0)
        moved = Move() if links.is_prefetched else self.parameters(*first)
        for number, is_here in zip(range(len(self.layer.inputs)), (links.is_input_here, links.is_second_ahead)):
            moved += Move() if is_here else self.operand(number, *first)
        return moved

    def operands(self, channels: Span, rows: Span, part: int) -> Move:
        """Inputs of a tile; weights and scales where they change."""
        inputs = (self.operand(number, channels, rows, part) for number in range(len(self.layer.inputs)))
        return sum(inputs, self.parameters(channels, rows, part))

    def operand(self, number: int, channels: Span, rows: Span, part: int) -> Move:
        s, tensor = self.shape, self.layer.inputs[number]
        height = input_span(self.layer, rows).count
        inputs = channels.count if self.is_channelwise else min(s.inputs, self.layer.input.stored_channels - part * s.inputs)
        is_external = number < len(s.is_input_external) and s.is_input_external[number]
        return self.pixels(tensor, height * tensor.width, inputs, is_external)

    def parameters(self, channels: Span, rows: Span, part: int) -> Move:
        s, moved = self.shape, Move()
        if s.weight_bytes and (rows.begin == 0 or s.input_parts > 1):
            count = channels.count * s.weight_bytes
            moved += Move(dma_cycles(count, channels.count), count)
        if s.weight_bytes and rows.begin == 0 and part == 0:
            moved += Move(dma_cycles(channels.count * 8), channels.count * 8)
        return moved

    def results(self, channels: Span, rows: Span) -> Move:
        output = self.layer.output
        return self.pixels(output, rows.count * output.width, channels.count, self.shape.is_output_external)

    def pixels(self, tensor: Tensor, count: int, channels: int, is_external: bool) -> Move:
        moved = count * channels * tensor.format.bits // 8
        pieces = 1 if channels == (tensor.whole or tensor).stored_channels else count
        if is_external and self.external is not None:
            return Move(self.external.cycles(moved, pieces), moved)
        return Move(dma_cycles(moved, pieces), moved)

    def compute(self, rows: int, channels: int) -> float:
        key = (rows, channels, self.shape.inputs)
        if key not in self.known:
            self.known[key] = tile_compute(self.layer, self.shape, rows, channels, self.isa, self.cores)
        return self.known[key]

    def bound(self) -> float:
        """No less than this: all work, and what nothing hides."""
        s = self.shape
        parts = s.input_parts
        work = sum(
            rows * channels * self.compute(height, width) * parts
            for height, rows in Counter(span.count for span in s.rows).items()
            for width, channels in Counter(span.count for span in s.channels).items()
        )
        around = self.late().cycles + (self.results(s.channels[-1], s.rows[-1]).cycles if self.links.is_result_awaited else 0.0)
        table = prices()[self.kind]
        return table["layer"] + around + s.count * table["tile"] + work


def input_span(layer: Layer, rows: Span) -> Span:
    """Rows of the input that rows of the result are made from."""
    window, height = layer.window, layer.input.height
    first = rows.begin * window.strides[0] - window.pads[0]
    end = first + (rows.count - 1) * window.strides[0] + window.kernel[0]
    begin = min(max(first, 0), height)
    return Span(begin, max(0, min(end, height) - begin))


def least_work(layer: Layer, shape: Shape, isa: str, cores: int) -> float:
    """No tiling with so many parts of the input channels has less work for the slowest core."""
    rows, channels = layer.output.height, layer.output.stored_channels
    return SURE * tile_compute(layer, shape, rows, channels, isa, 1) / cores * shape.input_parts


def dma_cycles(count: int, pieces: int = 1) -> float:
    """`count` bytes in `pieces` pieces that do not lie side by side."""
    return DMA_START_CYCLES + max(count / DMA_BYTES_PER_CYCLE, pieces * DMA_PIECE_CYCLES)


def tile_compute(layer: Layer, shape: Shape, rows: int, channels: int, isa: str, cores: int) -> float:
    """Cycles until the slowest core has done its share of a tile."""
    cut = Cut(rows, channels, shape.inputs, shape.input_parts, shape.gathers, shape.group)
    return priced(class_of(layer, shape.gathers), tile_work(layer, cut, isa, cores))
