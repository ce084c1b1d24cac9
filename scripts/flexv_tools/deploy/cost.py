# SPDX-License-Identifier: Apache-2.0
"""How long a tiled layer takes: cycles of the cores and of the DMA, from constants measured on the platform.

The constants are cycles of one core: for each multiply-accumulate by kernel and widths, for each number that a
layer gathers, writes, adds or compares, for a tile and for a call. They are fitted to the layers of the four networks of
`scripts/example_network`; `deploy` prints its prediction beside what was measured."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from flexv_tools.deploy.graph import Add, Dense, Depthwise, Layer, Tensor

# A barrier, transfers, dividing the work, the first block: code that has left the caches. By the layer's kind.
TILE_CYCLES = {"convolution": 2600, "depthwise": 2600, "sums": 1700, "average": 2900, "maximum": 2900, "add": 1700}
TILE_DMA_CYCLES = 1500  # of these, before and behind the transfers
LAYER_CYCLES = 300  # the first and the last transfer, the table's row
COLD_CYCLES = 300  # where the layer before runs another kernel
AHEAD_CYCLES = 250  # where weights of the next layer's first tile are brought in during the last tile
DMA_BYTES_PER_CYCLE = 7.4  # of a 64-bit port, with the start of each burst
DMA_START_CYCLES = 60
DMA_PIECE_CYCLES = 1.7  # of a line of a transfer, however short

# Cycles of a core for a MAC of the product, by (library, wider operand, narrower operand).
PRODUCT = {
    "flexv": {(8, 8): 0.270, (8, 4): 0.270, (8, 2): 0.280, (4, 4): 0.145, (4, 2): 0.135, (2, 2): 0.069},
    "xpulpnn": {(8, 8): 0.285, (8, 4): 1.02, (8, 2): 1.28, (4, 4): 0.147, (4, 2): 1.02, (2, 2): 0.079},
    "xpulpv2": {(8, 8): 0.46, (8, 4): 1.22, (8, 2): 1.50, (4, 4): 1.90, (4, 2): 2.10, (2, 2): 2.40},
}
CONFLICT_CYCLES = 7e-8  # more, times the square of a pixel's bytes: long pixels that begin in one bank
PRODUCT_BIAS_CYCLES = 1.3  # more of each result where the bias is added behind the product
BLOCK_CYCLES = 5.0  # more of each result: biases, requantisation, store
SUM_CYCLES = 3.0  # the same of a sum: loaded and stored
REQUANTISE_CYCLES = 9.0  # of a sum when it is complete: start, requantisation
GATHER_WORD_CYCLES = 3.2  # of a word that is collected for a window
GATHER_TAP_CYCLES = 4.0
GATHER_STRIDE_CYCLES = 60.0  # more of a window with a stride
GATHER_EDGE_CYCLES = 400.0  # more of a window that leaves the input
GROUP_CYCLES = 700.0  # of a call of the product for a group of gathered pixels
GROUP_PIXELS = 8  # in one; twice as many where the cores share them as evenly
DEPTHWISE_OUTPUT_CYCLES = {1: 23.0, 2: 30.0}  # 3 x 3, two channels of a pixel, by stride
DEPTHWISE_WIDEN_CYCLES = {8: 0.0, 4: 2.5, 2: 6.0}  # more of it, by the narrower one of operand and result
DEPTHWISE_LINE_CYCLES = 40.0  # more of a line of two channels
DEPTHWISE_PAIR_CYCLES = 150.0  # and of two channels of a tile: weights, scales, code
DEPTHWISE_NARROW_CYCLES = 260.0  # and where their weights are no bytes
DEPTHWISE_CALL_CYCLES = 400.0
COPIED_LINES = 12  # depthwise layers of other sizes
COPIED_MOST_WORDS = 14
COPIED_OUTPUT_CYCLES = 10.5  # of one channel
COPIED_WORD_CYCLES = 2.8  # more of a word of four taps of a row, that begins anywhere
COPIED_LARGE_WORD_CYCLES = 7.0  # and of kernels that do not fit the registers
COPIED_QUAD_CYCLES = 40.0
COPIED_NARROW_QUAD_CYCLES = 30.0
COPIED_ROW_CYCLES = 150.0
COPIED_CALL_CYCLES = 400.0
COPIED_PACK_CYCLES = 12.0
COPIED_TAP_CYCLES = 5.0
COPIED_NARROW_TAP_CYCLES = 10.0
SUM_QUAD_CYCLES = {(8, 8): 2.6}  # four products of the last layer
SUM_QUAD_NARROW_CYCLES = 11.0  # and where numbers are widened first
POOL_QUAD_CYCLES = 40.0  # four results of pooling
POOL_TAP_CYCLES = {"maximum": 5.5, "average": 10.5}  # and four numbers of their windows
POOL_NARROW_TAP_CYCLES = 7.0  # more where these are widened first
ADD_QUAD_CYCLES = {8: 42.0, 4: 37.0}  # four sums of numbers of one width
ADD_MIXED_QUAD_CYCLES = 95.0  # and of others, with sign, of 2 bits
NARROW_QUAD_CYCLES = 14.0


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
    group: int = GROUP_PIXELS  # pixels that are gathered at a time
    is_input_external: tuple[bool, ...] = ()
    is_output_external: bool = False

    @property
    def count(self) -> int:
        return len(self.rows) * len(self.channels) * self.input_parts


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


@dataclass(frozen=True)
class Move:
    """What the DMA does for one tile."""

    cycles: float = 0.0
    bytes: int = 0

    def __add__(self, other: Move) -> Move:
        return Move(self.cycles + other.cycles, self.bytes + other.bytes)


class Model:
    """Cycles of one layer; work and transfers of equal tiles are computed once."""

    def __init__(
        self, layer: Layer, shape: Shape, isa: str, cores: int, external: External | None = None,
        known: dict[tuple[int, ...], float] | None = None,
    ) -> None:  # fmt: skip
        self.layer, self.shape, self.isa, self.cores = layer, shape, isa, cores
        self.external = external
        self.is_channelwise = not isinstance(layer, Dense) or isinstance(layer, Depthwise)
        self.known = {} if known is None else known  # work, by rows, channels, input channels

    def predict(self) -> Prediction:
        """Sum over tiles of the larger of compute and DMA, with fill and drain."""
        s = self.shape
        order = [(c, r, p) for c in s.channels for r in s.rows for p in range(s.input_parts)]
        come = [self.operands(c, r, p) for c, r, p in order]
        go = [self.results(c, r) if p + 1 == s.input_parts else Move() for c, r, p in order]
        work = [self.compute(r.count, c.count) for c, r, _ in order]
        times = []
        for number, compute in enumerate(work):
            ahead = come[number + 1].cycles if number + 1 < len(order) else 0.0
            behind = go[number - 1].cycles if number else 0.0
            times.append(TileTime(compute, ahead + behind))
        cycles = LAYER_CYCLES + come[0].cycles + go[-1].cycles
        around = TILE_CYCLES[self.layer.kind]
        cycles += sum(max(around + time.compute, TILE_DMA_CYCLES + time.dma) for time in times)
        moved = sum((come + go), Move())
        return Prediction(cycles, sum(work), moved.cycles, moved.bytes, tuple(times))

    def operands(self, channels: Span, rows: Span, part: int) -> Move:
        """Inputs of a tile; weights and scales where they change."""
        s, layer = self.shape, self.layer
        height = input_span(layer, rows).count
        inputs = channels.count if self.is_channelwise else min(s.inputs, layer.input.stored_channels - part * s.inputs)
        moved = Move()
        for number, tensor in enumerate(layer.inputs):
            is_external = number < len(s.is_input_external) and s.is_input_external[number]
            moved += self.pixels(tensor, height * tensor.width, inputs, is_external)
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
        around = self.operands(s.channels[0], s.rows[0], 0).cycles + self.results(s.channels[-1], s.rows[-1]).cycles
        return LAYER_CYCLES + around + s.count * TILE_CYCLES[self.layer.kind] + work


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
    work = tile_compute(layer, shape, rows, channels, isa, 1) / cores
    return work * shape.input_parts


def dma_cycles(count: int, pieces: int = 1) -> float:
    """`count` bytes in `pieces` pieces that do not lie side by side."""
    return DMA_START_CYCLES + max(count / DMA_BYTES_PER_CYCLE, pieces * DMA_PIECE_CYCLES)


def tile_compute(layer: Layer, shape: Shape, rows: int, channels: int, isa: str, cores: int) -> float:
    """Cycles until the slowest core has done its share of a tile."""
    pixels = rows * layer.output.width
    taps = layer.window.kernel[0] * layer.window.kernel[1]
    if isinstance(layer, Depthwise):
        return depthwise_compute(layer, rows, channels, cores)
    if isinstance(layer, Dense):
        return dense_compute(layer, shape, isa, cores, pixels, channels, taps)
    narrow = POOL_NARROW_TAP_CYCLES if layer.input.format.bits < 8 else 0.0
    each = add_quad(layer) if isinstance(layer, Add) else POOL_QUAD_CYCLES + taps * (POOL_TAP_CYCLES[layer.kind] + narrow)
    return spread(pixels * channels // 4, cores) * each


def add_quad(layer: Add) -> float:
    """As residual_add() of sw/kernels chooses."""
    widths = {tensor.format.bits for tensor in (*layer.inputs, layer.output)}
    is_mixed = len(widths) != 1 or layer.output.format.signed
    return ADD_MIXED_QUAD_CYCLES if is_mixed else ADD_QUAD_CYCLES.get(layer.output.format.bits, ADD_MIXED_QUAD_CYCLES)


def depthwise_compute(layer: Depthwise, rows: int, channels: int, cores: int) -> float:
    if not layer.is_3x3:
        return copied_compute(layer, rows, channels, cores)
    # As depthwise_3x3() divides the work: lines of two channels, or of four that share a byte.
    width, each = layer.output.width, DEPTHWISE_OUTPUT_CYCLES[layer.window.strides[0]]
    narrow = min(layer.input.format.bits, layer.output.format.bits)
    each += DEPTHWISE_WIDEN_CYCLES[narrow]
    group = 2 if narrow == 2 else 1  # pairs
    lines = spread(channels // (2 * group) * rows, cores) * group
    pair = DEPTHWISE_PAIR_CYCLES + (DEPTHWISE_NARROW_CYCLES if layer.weight_bits < 8 else 0)
    return DEPTHWISE_CALL_CYCLES + lines * (width * each + DEPTHWISE_LINE_CYCLES) + lines / rows * pair


def copied_compute(layer: Depthwise, rows: int, channels: int, cores: int) -> float:
    """As depthwise() does: copies of the inputs of some lines of four channels, then these channels one by one."""
    (height, width), out_width = layer.window.kernel, layer.output.width
    row_words = -(-width // 4)
    words = -(-height * row_words // 2) * 2
    is_in_registers = row_words <= 2 and words <= COPIED_MOST_WORDS
    each = COPIED_OUTPUT_CYCLES + words * (COPIED_WORD_CYCLES if is_in_registers else COPIED_LARGE_WORD_CYCLES)
    lines = spread(channels // 4 * rows, cores)
    at_once = min(COPIED_LINES, rows)
    copied = ((at_once - 1) * layer.window.strides[0] + height) / at_once  # rows for a line
    quads = -(-layer.input.width // 4)
    line = 4 * out_width * each + copied * (COPIED_ROW_CYCLES + quads * copied_quad(layer)) + COPIED_CALL_CYCLES / at_once
    if layer.output.format.bits != 8:
        line += out_width * COPIED_PACK_CYCLES
    taps = 4 * height * width * (COPIED_TAP_CYCLES if layer.weight_bits == 8 else COPIED_NARROW_TAP_CYCLES)
    return DEPTHWISE_CALL_CYCLES + lines * line + max(1, lines / rows) * taps


def copied_quad(layer: Depthwise) -> float:
    """Four pixels of four channels."""
    return COPIED_QUAD_CYCLES + (COPIED_NARROW_QUAD_CYCLES if layer.input.format.bits < 8 else 0)


def dense_compute(layer: Dense, shape: Shape, isa: str, cores: int, pixels: int, channels: int, taps: int) -> float:
    depth = taps * shape.inputs
    if layer.kind == "sums":
        return spread(channels, cores) * (depth / 4 * sum_quad(layer) + 30)
    a, w = layer.input.format.bits, layer.weight_bits
    around = BLOCK_CYCLES if shape.input_parts == 1 else SUM_CYCLES + REQUANTISE_CYCLES / shape.input_parts
    if layer.bias == "product":
        around += PRODUCT_BIAS_CYCLES
    mac = PRODUCT[isa][max(a, w), min(a, w)]
    if not shape.gathers and isa == "flexv":
        mac += CONFLICT_CYCLES * (depth * a / 8) ** 2 * max(a, w) / 8
    each = depth * mac + around  # of a result
    cycles = gathered_compute(layer, shape, cores, pixels, channels, each) if shape.gathers else 0.0
    if not shape.gathers:
        cycles = spread(blocks_of(pixels) * (channels // 4), cores) * 16 * each
    if layer.is_narrowed and shape.input_parts == 1:
        cycles += pixels * channels / 4 / cores * NARROW_QUAD_CYCLES
    return cycles


def blocks_of(pixels: int) -> int:
    """Blocks of 4 pixels x 4 channels for four channels, as matmul() divides a product; with fewer pixels a block has 2,
    and a single one fills it alone."""
    if pixels >= 4:
        return -(-pixels // 4)
    return 1 if pixels < 3 else 2


def sum_quad(layer: Dense) -> float:
    return SUM_QUAD_CYCLES.get((layer.input.format.bits, layer.weight_bits), SUM_QUAD_NARROW_CYCLES)


def gathered_compute(layer: Dense, shape: Shape, cores: int, pixels: int, channels: int, each: float) -> float:
    """Groups of pixels are collected and multiplied; with fewer groups than cores each is divided by channels."""
    groups = -(-pixels // shape.group)
    parts = cores // groups if groups < cores else 1
    size = min(pixels, shape.group)
    taps = layer.window.kernel[0] * layer.window.kernel[1]
    words = taps * shape.inputs * layer.input.format.bits / 32
    collect = words * GATHER_WORD_CYCLES + taps * GATHER_TAP_CYCLES + edge_share(layer) * GATHER_EDGE_CYCLES
    collect += GATHER_STRIDE_CYCLES if layer.window.strides != (1, 1) else 0
    unit = GROUP_CYCLES + size * (collect + channels / parts * each)
    return spread(groups * parts, cores) * unit


def gathered_group(pixels: int, cores: int) -> int:
    """Pixels of a group: many, if the slowest core has no more of them then."""
    few, many = GROUP_PIXELS, 2 * GROUP_PIXELS
    return many if spread(-(-pixels // many), cores) * many <= spread(-(-pixels // few), cores) * few else few


def edge_share(layer: Dense) -> float:
    """Share of the windows that leave the input."""
    inside = 1.0
    for size, outputs, kernel, before, stride in (
        (layer.input.height, layer.output.height, layer.window.kernel[0], layer.window.pads[0], layer.window.strides[0]),
        (layer.input.width, layer.output.width, layer.window.kernel[1], layer.window.pads[1], layer.window.strides[1]),
    ):
        corners = [i * stride - before for i in range(outputs)]
        inside *= sum(0 <= corner <= size - kernel for corner in corners) / outputs
    return 1 - inside


def spread(count: int, cores: int) -> int:
    return -(-count // cores)
