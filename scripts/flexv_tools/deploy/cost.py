# SPDX-License-Identifier: Apache-2.0
"""How long a tiled layer takes: cycles of the cores and of the DMA, from constants measured on the platform.

The constants are cycles of one core: for each multiply-accumulate by kernel and widths, for each number that a
layer gathers, writes, adds or compares, for a tile and for a call. They are fitted to the layers of the four networks of
`scripts/example_network`; `deploy` prints its prediction beside what was measured."""

from __future__ import annotations

from dataclasses import dataclass

from flexv_tools.deploy.graph import Add, Average, Dense, Depthwise, Layer

TILE_CYCLES = 900  # start of transfers, two barriers, dividing the work
LAYER_CYCLES = 1600  # with code that is not in the caches yet
DMA_BYTES_PER_CYCLE = 7.4  # of a 64-bit port, with the start of each burst
DMA_START_CYCLES = 60

# Cycles of a core for a MAC of the product, by (library, wider operand, narrower operand).
PRODUCT = {
    "flexv": {(8, 8): 0.282, (8, 4): 0.270, (8, 2): 0.280, (4, 4): 0.145, (4, 2): 0.148, (2, 2): 0.077},
    "xpulpnn": {(8, 8): 0.285, (8, 4): 1.02, (8, 2): 1.28, (4, 4): 0.147, (4, 2): 1.02, (2, 2): 0.079},
    "xpulpv2": {(8, 8): 0.46, (8, 4): 1.22, (8, 2): 1.50, (4, 4): 1.90, (4, 2): 2.10, (2, 2): 2.40},
}
PRODUCT_BIAS_CYCLES = 1.3  # more of each result where the bias is added behind the product
BLOCK_CYCLES = 6.0  # more of each result: biases, requantisation, store
SUM_CYCLES = 3.0  # the same of a sum: loaded and stored
REQUANTISE_CYCLES = 9.0  # of a sum when it is complete: start, requantisation
GATHER_WORD_CYCLES = 3.2  # of a word that is collected for a window
GATHER_TAP_CYCLES = 4.0
GATHER_EDGE_CYCLES = 400.0  # more of a window that leaves the input
GROUP_CYCLES = 1000.0  # of a call of the product for a group of gathered pixels
GROUP_PIXELS = 8
DEPTHWISE_TAP_CYCLES = 7.0  # of sizes without a kernel of their own
DEPTHWISE_OUTPUT_CYCLES = {1: 23.0, 2: 30.0}  # 3 x 3, two channels of a pixel, by stride
DEPTHWISE_LINE_CYCLES = 40.0  # more of a line of two channels
DEPTHWISE_PAIR_CYCLES = 150.0  # and of two channels of a tile: weights, scales, code
DEPTHWISE_NARROW_CYCLES = 260.0  # and where their weights are no bytes
DEPTHWISE_CALL_CYCLES = 1900.0
SUM_QUAD_CYCLES = 13.0  # four products of the last layer
POOL_QUAD_CYCLES = 22.0  # four numbers of a window
ADD_QUAD_CYCLES = 39.0
NARROW_QUAD_CYCLES = 14.0


@dataclass(frozen=True)
class TileShape:
    rows: int
    channels: int
    row_tiles: int
    channel_tiles: int
    input_rows: int
    input_channels: int
    input_parts: int
    weight_bytes: int
    gathers: bool


@dataclass(frozen=True)
class Prediction:
    cycles: float = 0.0
    compute_cycles: float = 0.0
    dma_cycles: float = 0.0
    dma_bytes: int = 0


def predict(layer: Layer, shape: TileShape, isa: str, cores: int) -> Prediction:
    """Sum over tiles of the larger of compute and DMA, with fill and drain."""
    tiles = shape.row_tiles * shape.channel_tiles
    if shape.input_parts > 1:
        return predict_parts(layer, shape, isa, cores)
    compute = tile_compute(layer, shape, isa, cores)
    moved_in, moved_out = tile_bytes(layer, shape)
    weights = shape.channels * (shape.weight_bytes + 8) if shape.weight_bytes else 0
    dma_in = dma_cycles(moved_in)
    dma_out = dma_cycles(moved_out)
    dma_weights = dma_cycles(weights) if weights else 0.0
    fill = dma_in + dma_weights
    steady = max(compute, dma_in + dma_out)
    first_of_part = max(compute, dma_in + dma_out + dma_weights)
    cycles = LAYER_CYCLES + fill + dma_out + tiles * TILE_CYCLES
    cycles += (tiles - shape.channel_tiles + 1) * steady + (shape.channel_tiles - 1) * first_of_part
    total_bytes = tiles * (moved_in + moved_out) + shape.channel_tiles * weights
    total_dma = tiles * (dma_in + dma_out) + shape.channel_tiles * dma_weights
    return Prediction(cycles, tiles * compute, total_dma, total_bytes)


def predict_parts(layer: Layer, shape: TileShape, isa: str, cores: int) -> Prediction:
    """The same where input channels come in parts: weights with each of them, results with the last."""
    results = shape.row_tiles * shape.channel_tiles
    tiles = results * shape.input_parts
    compute = tile_compute(layer, shape, isa, cores)
    moved_in, moved_out = tile_bytes(layer, shape)
    weights, scales = shape.channels * shape.weight_bytes, shape.channels * 8
    dma_in = dma_cycles(moved_in) + dma_cycles(weights)
    dma_out = dma_cycles(moved_out)
    steady = max(compute, dma_in + dma_out / shape.input_parts)
    cycles = LAYER_CYCLES + dma_in + dma_out + tiles * (TILE_CYCLES + steady)
    total_bytes = tiles * (moved_in + weights) + results * moved_out + shape.channel_tiles * scales
    return Prediction(cycles, tiles * compute, tiles * dma_in + results * dma_out, total_bytes)


def least(layer: Layer, parts: int, isa: str, cores: int) -> float:
    """No tiling with so many parts of the input channels is faster: work alone, divided evenly."""
    if not isinstance(layer, Dense) or isinstance(layer, Depthwise) or parts == 1:
        return 0.0
    depth = layer.window.kernel[0] * layer.window.kernel[1] * layer.input.stored_channels
    results = layer.output.height * layer.output.width * layer.output.stored_channels
    if layer.kind == "sums":
        each = depth / 4 * SUM_QUAD_CYCLES
    else:
        a, w = layer.input.format.bits, layer.weight_bits
        each = depth * PRODUCT[isa][max(a, w), min(a, w)] + parts * SUM_CYCLES + REQUANTISE_CYCLES
    return LAYER_CYCLES + parts * TILE_CYCLES + results * each / cores


def dma_cycles(count: int) -> float:
    return DMA_START_CYCLES + count / DMA_BYTES_PER_CYCLE


def tile_bytes(layer: Layer, shape: TileShape) -> tuple[int, int]:
    pixels = shape.input_rows * layer.input.width
    moved_in = sum(pixels * shape.input_channels * tensor.format.bits // 8 for tensor in layer.inputs)
    numbers = shape.rows * layer.output.width * shape.channels
    return moved_in, numbers * layer.output.format.bits // 8


def tile_compute(layer: Layer, shape: TileShape, isa: str, cores: int) -> float:
    """Cycles until the slowest core has done its share."""
    pixels = shape.rows * layer.output.width
    results = pixels * shape.channels
    taps = layer.window.kernel[0] * layer.window.kernel[1]
    if isinstance(layer, Depthwise):
        return depthwise_compute(layer, shape, cores)
    if isinstance(layer, Dense):
        return dense_compute(layer, shape, isa, cores, pixels, taps)
    each = ADD_QUAD_CYCLES if isinstance(layer, Add) else POOL_QUAD_CYCLES * taps * (1.3 if isinstance(layer, Average) else 1)
    return spread(results // 4, cores) * each


def depthwise_compute(layer: Depthwise, shape: TileShape, cores: int) -> float:
    """As depthwise_3x3() divides the work: lines of two channels, or of four that share a byte."""
    width, stride, (height, kernel_width) = layer.output.width, layer.window.stride, layer.window.kernel
    each = DEPTHWISE_OUTPUT_CYCLES.get(stride)
    if (height, kernel_width) != (3, 3) or each is None:
        lines = shape.channels // 4 * shape.rows
        return spread(lines, cores) * width * 4 * (height * kernel_width * DEPTHWISE_TAP_CYCLES + BLOCK_CYCLES)
    group = 2 if min(layer.input.format.bits, layer.output.format.bits) == 2 else 1  # pairs
    lines = spread(shape.channels // (2 * group) * shape.rows, cores) * group
    pair = DEPTHWISE_PAIR_CYCLES + (DEPTHWISE_NARROW_CYCLES if layer.weight_bits < 8 else 0)
    return DEPTHWISE_CALL_CYCLES + lines * (width * each + DEPTHWISE_LINE_CYCLES) + lines / shape.rows * pair


def dense_compute(layer: Dense, shape: TileShape, isa: str, cores: int, pixels: int, taps: int) -> float:
    depth = taps * shape.input_channels
    if layer.kind == "sums":
        return spread(shape.channels, cores) * (depth / 4 * SUM_QUAD_CYCLES + 30)
    a, w = layer.input.format.bits, layer.weight_bits
    around = BLOCK_CYCLES if shape.input_parts == 1 else SUM_CYCLES + REQUANTISE_CYCLES / shape.input_parts
    if layer.bias == "product":
        around += PRODUCT_BIAS_CYCLES
    each = depth * PRODUCT[isa][max(a, w), min(a, w)] + around  # of a result
    cycles = gathered_compute(layer, shape, cores, pixels, each) if shape.gathers else 0.0
    if not shape.gathers:
        rows = float(spread(-(-pixels // 4), cores) * 4)
        if pixels < 4 * cores:  # channels are divided, too
            rows = max(pixels / cores, 1)
        cycles = rows * shape.channels * each
    if layer.is_narrowed and shape.input_parts == 1:
        cycles += pixels * shape.channels / 4 / cores * NARROW_QUAD_CYCLES
    return cycles


def gathered_compute(layer: Dense, shape: TileShape, cores: int, pixels: int, each: float) -> float:
    """Groups of pixels are collected and multiplied; with fewer groups than cores each is divided by channels."""
    groups = -(-pixels // GROUP_PIXELS)
    parts = cores // groups if groups < cores else 1
    size = min(pixels, GROUP_PIXELS)
    taps = layer.window.kernel[0] * layer.window.kernel[1]
    words = taps * shape.input_channels * layer.input.format.bits / 32
    collect = words * GATHER_WORD_CYCLES + taps * GATHER_TAP_CYCLES + edge_share(layer) * GATHER_EDGE_CYCLES
    unit = GROUP_CYCLES + size * (collect + shape.channels / parts * each)
    return spread(groups * parts, cores) * unit


def edge_share(layer: Dense) -> float:
    """Share of the windows that leave the input."""
    inside = 1.0
    for size, outputs, kernel, before in (
        (layer.input.height, layer.output.height, layer.window.kernel[0], layer.window.pads[0]),
        (layer.input.width, layer.output.width, layer.window.kernel[1], layer.window.pads[1]),
    ):
        corners = [i * layer.window.stride - before for i in range(outputs)]
        inside *= sum(0 <= corner <= size - kernel for corner in corners) / outputs
    return 1 - inside


def spread(count: int, cores: int) -> int:
    return -(-count // cores)
