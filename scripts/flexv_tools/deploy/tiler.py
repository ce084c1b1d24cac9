# SPDX-License-Identifier: Apache-2.0
"""Which rows and channels of a layer are computed at a time, so that everything fits the TCDM.

All tilings are enumerated; the cheapest by the cost model wins. Operands and results lie twice, because the
DMA moves the next and the last tile while the cores compute one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from flexv_tools.deploy import cost
from flexv_tools.deploy.graph import Add, Average, Dense, Depthwise, Layer, Maximum, Unsupported

MAX_DMA_BYTES = 65535
ALIGNMENT = 16  # of places in the TCDM: a row of banks
SKEW_BYTES = 8  # weights start two words behind the activations' bank (sw/kernels/matmul.h)
GATHERED_ROWS = 8  # pixels that a core collects at a time (sw/kernels/conv2d.c)


@dataclass(frozen=True)
class Target:
    """What a network is tiled for."""

    isa: str = "flexv"
    cores: int = 8
    l1_bytes: int = 104 * 1024  # of the TCDM; the rest are stacks and the runtime's own data


@dataclass(frozen=True)
class Places:
    """Bytes from the start of the TCDM's arena."""

    input: tuple[int, int] = (0, 0)
    second: tuple[int, int] = (0, 0)
    output: tuple[int, int] = (0, 0)
    weights: tuple[int, int] = (0, 0)
    scales: tuple[int, int] = (0, 0)
    workspace: int = 0
    bytes: int = 0
    end: int = 0


@dataclass(frozen=True)
class Tiling:
    layer: Layer
    rows: int  # of the output
    channels: int
    places: Places
    predicted: cost.Prediction = field(default_factory=cost.Prediction)

    @property
    def row_tiles(self) -> int:
        return -(-self.layer.output.height // self.rows)

    @property
    def channel_tiles(self) -> int:
        return -(-self.layer.output.stored_channels // self.channels)

    @property
    def count(self) -> int:
        return self.row_tiles * self.channel_tiles


def is_channelwise(layer: Layer) -> bool:
    return isinstance(layer, (Depthwise, Average, Maximum, Add))


def weight_row_bytes(layer: Dense) -> int:
    """A row of weights in L2: as conv2d_weight_bytes() for dense layers."""
    _, kernel_height, kernel_width, channels = layer.weights.shape
    depth = kernel_height * kernel_width * channels
    if isinstance(layer, Depthwise):
        return -(-depth * layer.weight_bits // 8)
    if layer.kind == "sums":
        return -(-depth * layer.weight_bits // 32) * 4
    narrow = min(layer.input.format.bits, layer.weight_bits)
    least = 2 if layer.input.format.bits == layer.weight_bits else 1
    return max(-(-depth * narrow // 32), least) * 4 * layer.weight_bits // narrow


def weight_pitch(layer: Dense) -> int:
    """And from row to row in the TCDM: as matmul_pitch() for dense layers."""
    row = weight_row_bytes(layer)
    if isinstance(layer, Depthwise) or layer.kind == "sums":
        return row
    words = -(-row // 4)
    rest = words % 16
    return 4 * (words - rest + (4 if rest <= 4 else 12 if rest <= 12 else 20))


def input_rows(layer: Layer, rows: int) -> int:
    """Most rows of the input that `rows` rows of the output need."""
    return min((rows - 1) * layer.window.stride + layer.window.kernel[0], layer.input.height)


class Allocator:
    def __init__(self) -> None:
        self.end = 0

    def take(self, count: int, offset: int = 0) -> int:
        """`count` bytes that begin `offset` behind a row of banks."""
        place = self.end + offset
        self.end = -(-(place + count) // ALIGNMENT) * ALIGNMENT
        return place

    def twice(self, count: int, offset: int = 0) -> tuple[int, int]:
        return self.take(count, offset), self.take(count, offset)


def places_of(layer: Layer, rows: int, channels: int, target: Target) -> Places:
    memory = Allocator()
    output, tensor = layer.output, layer.input
    in_channels = channels if is_channelwise(layer) else tensor.stored_channels
    in_pixels = input_rows(layer, rows) * tensor.width
    slack = 32  # two rows behind activations, a word behind each are read and ignored
    inputs = memory.twice(in_pixels * in_channels * tensor.format.bits // 8 + slack)
    second = (0, 0)
    if isinstance(layer, Add):
        second = memory.twice(in_pixels * in_channels * layer.inputs[1].format.bits // 8)
    numbers = rows * output.width * channels
    outputs = memory.twice(numbers * output.format.bits // 8)
    weights = scales = (0, 0)
    workspace = narrowed = 0
    if isinstance(layer, Dense):
        is_single = channels >= output.stored_channels
        pitch = weight_pitch(layer)
        first = memory.take(channels * pitch + 32, SKEW_BYTES)
        weights = (first, first if is_single else memory.take(channels * pitch + 32, SKEW_BYTES))
        place = memory.take(8 * channels + 8)
        scales = (place, place if is_single else memory.take(8 * channels + 8))
        if gathers(layer):
            workspace = memory.take(target.cores * GATHERED_ROWS * gathered_pitch(layer) + 64)
        if layer.is_narrowed:
            narrowed = memory.take(numbers)
    return Places(inputs, second, outputs, weights, scales, workspace, narrowed, memory.end)


def gathers(layer: Dense) -> bool:
    """Whether conv2d() copies windows into rows."""
    if isinstance(layer, Depthwise) or layer.kind == "sums":
        return False
    is_one = layer.window.kernel == (1, 1) and layer.window.stride == 1 and not any(layer.window.pads)
    return not is_one or layer.input.pixel_bytes % 4 != 0


def gathered_pitch(layer: Dense) -> int:
    row = weight_row_bytes(layer) * layer.input.format.bits // layer.weight_bits
    words = -(-row // 4)
    rest = words % 16
    return 4 * (words - rest + (4 if rest <= 4 else 12 if rest <= 12 else 20))


def candidates(layer: Layer) -> Iterator[tuple[int, int]]:
    """Rows and channels of a tile: all rows; channels in steps that keep pixels whole bytes."""
    most = layer.output.stored_channels
    step = 8 if layer.output.format.bits == 2 or layer.input.format.bits == 2 else 4
    widths = [c for c in range(step, most, step) if c % 8 == 0 or c == step] + [most]
    if layer.kind == "sums":
        yield from ((1, width) for width in widths)
        return
    for rows in range(1, layer.output.height + 1):
        for width in widths:
            yield rows, width


def largest_transfer(layer: Layer, rows: int, channels: int) -> int:
    tensor, output = layer.input, layer.output
    in_channels = channels if is_channelwise(layer) else tensor.stored_channels
    widest = max(each.format.bits for each in layer.inputs)
    moved = [
        input_rows(layer, rows) * tensor.width * in_channels * widest // 8,
        rows * output.width * channels * output.format.bits // 8,
    ]
    if isinstance(layer, Dense):
        moved.append(channels * weight_row_bytes(layer))
    return max(moved)


def tile(layer: Layer, target: Target) -> Tiling:
    """The cheapest tiling. Raises Unsupported when not even the smallest one fits."""
    best: Tiling | None = None
    least = 0
    for rows, channels in candidates(layer):
        places = places_of(layer, rows, channels, target)
        least = min(least or places.end, places.end)
        if places.end > target.l1_bytes or largest_transfer(layer, rows, channels) > MAX_DMA_BYTES:
            continue
        tiling = Tiling(layer, rows, channels, places)
        predicted = cost.predict(layer, shape_of(tiling), target.isa, target.cores)
        if best is None or predicted.cycles < best.predicted.cycles:
            best = Tiling(layer, rows, channels, places, predicted)
    if best is None:
        raise Unsupported(
            layer.name,
            layer.kind,
            f"its smallest tile (one row, {min(c for _, c in candidates(layer))} channels) needs {least:,} bytes of "
            f"L1, {max(0, least - target.l1_bytes):,} more than the {target.l1_bytes:,} there are",
            "a larger TCDM (--l1-bytes, --set soc.cluster.tcdm.size_bytes), or narrower tensors",
        )
    return best


def shape_of(tiling: Tiling) -> cost.TileShape:
    layer = tiling.layer
    is_all = is_channelwise(layer)
    return cost.TileShape(
        rows=tiling.rows,
        channels=tiling.channels,
        row_tiles=tiling.row_tiles,
        channel_tiles=tiling.channel_tiles,
        input_rows=input_rows(layer, tiling.rows),
        input_channels=tiling.channels if is_all else layer.input.stored_channels,
        weight_bytes=weight_row_bytes(layer) if isinstance(layer, Dense) else 0,
        gathers=isinstance(layer, Dense) and gathers(layer),
    )
