# SPDX-License-Identifier: Apache-2.0
"""Which rows and channels of a layer are computed at a time, so that everything fits the TCDM.

A tile has rows and channels of the output, and for dense layers a part of the input channels; results of parts are sums
of 32 bits. All tilings are enumerated, but those that cannot win; the cheapest by the cost model wins. Operands
and results lie twice, because the DMA moves the next and the last tile while the cores compute one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from flexv_tools.deploy import cost, settings, work
from flexv_tools.deploy.graph import Add, Average, Dense, Depthwise, Layer, Maximum, Tensor, Unsupported

MAX_DMA_BYTES = 65535
ALIGNMENT = 16  # of places in the TCDM: a row of banks
SKEW_BYTES = 8  # weights start two words behind the activations' bank (sw/kernels/matmul.h)
FIRST_ROWS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)  # that are tried for a smaller first tile
FIRST_CHANNELS = (1, 2, 4, 6, 8, 12, 16, 24, 32)  # in steps of channels
COPIED_LINES = 12  # most lines of a depthwise layer from one copy of their inputs
COPIES = 4  # of L1, a quarter: most that copies of inputs take where fewer would do


@dataclass(frozen=True)
class Target:
    """What a network is tiled for."""

    isa: str = "flexv"
    cores: int = 8
    l1_bytes: int = 104 * 1024  # of the TCDM; the rest are stacks and the runtime's own data
    external: cost.External | None = None  # memory outside of the chip


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
    sums: tuple[int, int] = (0, 0)
    end: int = 0
    group: int = 1  # of what a core copies at a time: pixels of a convolution, lines of a depthwise layer
    sizes: dict[str, int] = field(default_factory=dict, compare=False)  # bytes of each, up to where the next one may begin


@dataclass(frozen=True)
class Tiling:
    layer: Layer
    rows: int  # of the output
    channels: int
    inputs: int  # channels of the input; of layers whose channels stand alone: `channels`
    places: Places
    first_rows: int = 0  # of the first tile, which may be smaller, because all wait for its operands; 0: as the others
    first_channels: int = 0
    external: frozenset[Tensor] = frozenset()  # of its tensors, those outside of the chip
    predicted: cost.Prediction = field(default_factory=cost.Prediction)
    links: cost.Links = cost.Links()
    l1_bytes: int = 0  # that it may use when it is moved; 0: all

    @property
    def row_spans(self) -> tuple[cost.Span, ...]:
        return spans(self.layer.output.height, self.rows, self.first_rows)

    @property
    def channel_spans(self) -> tuple[cost.Span, ...]:
        return spans(self.layer.output.stored_channels, self.channels, self.first_channels)

    @property
    def row_tiles(self) -> int:
        return len(self.row_spans)

    @property
    def channel_tiles(self) -> int:
        return len(self.channel_spans)

    @property
    def input_parts(self) -> int:
        return -(-self.layer.input.stored_channels // self.inputs) if not is_channelwise(self.layer) else 1

    @property
    def count(self) -> int:
        return self.row_tiles * self.channel_tiles * self.input_parts


@lru_cache(maxsize=65536)
def spans(size: int, step: int, first: int = 0) -> tuple[cost.Span, ...]:
    """`size` in steps, the first of which may be smaller."""
    begins = [0, *range(first or step, size, step)]
    return tuple(cost.Span(begin, end - begin) for begin, end in zip(begins, [*begins[1:], size]))


def is_channelwise(layer: Layer) -> bool:
    return isinstance(layer, (Depthwise, Average, Maximum, Add))


def weight_row_bytes(layer: Dense, inputs: int = 0) -> int:
    """A row of weights in L2, of a part of the input channels: as conv2d_weight_bytes() for dense layers."""
    _, kernel_height, kernel_width, channels = layer.weights.shape
    depth = kernel_height * kernel_width * (min(inputs, channels) or channels)
    if isinstance(layer, Depthwise):
        return -(-depth * layer.weight_bits // 8)
    if layer.kind == "sums":
        return -(-depth * layer.weight_bits // 32) * 4
    narrow = min(layer.input.format.bits, layer.weight_bits)
    least = 2 if layer.input.format.bits == layer.weight_bits else 1
    return max(-(-depth * narrow // 32), least) * 4 * layer.weight_bits // narrow


def weight_pitch(layer: Dense, inputs: int = 0) -> int:
    """And from row to row in the TCDM: as matmul_pitch() for dense layers."""
    row = weight_row_bytes(layer, inputs)
    if isinstance(layer, Depthwise) or layer.kind == "sums":
        return row
    words = -(-row // 4)
    rest = words % 16
    return 4 * (words - rest + (4 if rest <= 4 else 12 if rest <= 12 else 20))


def input_rows(layer: Layer, rows: int) -> int:
    """Most rows of the input that `rows` rows of the output need."""
    return min((rows - 1) * layer.window.strides[0] + layer.window.kernel[0], layer.input.height)


class Allocator:
    def __init__(self) -> None:
        self.end = 0
        self.sizes: dict[str, int] = {}

    def take(self, name: str, count: int, offset: int = 0) -> int:
        """`count` bytes that begin `offset` behind a row of banks."""
        place = self.end + offset
        self.end = -(-(place + count) // ALIGNMENT) * ALIGNMENT
        self.sizes[name] = self.end - place
        return place

    def twice(self, name: str, count: int, offset: int = 0) -> tuple[int, int]:
        return self.take(name, count, offset), self.take(name, count, offset)


def places_of(layer: Layer, rows: int, channels: int, inputs: int, target: Target) -> Places:
    memory = Allocator()
    output, tensor = layer.output, layer.input
    in_channels = inputs
    in_pixels = input_rows(layer, rows) * tensor.width
    slack = 32  # two rows behind activations, a word behind each are read and ignored
    operands = memory.twice("input", in_pixels * in_channels * tensor.format.bits // 8 + slack)
    second = (0, 0)
    if isinstance(layer, Add):
        second = memory.twice("second", in_pixels * in_channels * layer.inputs[1].format.bits // 8)
    numbers = rows * output.width * channels
    outputs = memory.twice("output", numbers * output.format.bits // 8)
    weights = scales = sums = (0, 0)
    workspace = narrowed = 0
    group = 1
    if isinstance(layer, Dense):
        is_divided = not is_channelwise(layer) and inputs < tensor.stored_channels
        is_single = channels >= output.stored_channels
        pitch = weight_pitch(layer, inputs)
        first = memory.take("weights", channels * pitch + 32, SKEW_BYTES)
        second_half = is_divided or not is_single
        weights = (first, memory.take("weights", channels * pitch + 32, SKEW_BYTES) if second_half else first)
        place = memory.take("scales", 8 * channels + 8)
        scales = (place, place if is_single else memory.take("scales", 8 * channels + 8))
        if isinstance(layer, Depthwise) and not layer.is_3x3:
            group = copied_lines(layer, rows, target)
            workspace = memory.take("workspace", target.cores * copied_bytes(layer, group))
        if gathers(layer, inputs):
            pitch = gathered_pitch(layer, inputs)
            group = work.gathered_group(rows * output.width, target.cores)
            if target.cores * group * pitch > target.l1_bytes // COPIES:
                group = work.GROUP_PIXELS
            workspace = memory.take("workspace", target.cores * group * pitch + 64)
        if is_divided and layer.kind == "convolution":
            sums = memory.twice("sums", 4 * numbers)
        elif layer.is_narrowed:
            narrowed = memory.take("bytes", numbers)
    return Places(operands, second, outputs, weights, scales, workspace, narrowed, sums, memory.end, group, memory.sizes)


def copied_bytes(layer: Depthwise, lines: int) -> int:
    """What a core needs for `lines` lines of a layer: as own_bytes() of sw/kernels/depthwise.c."""
    window, width = layer.window, layer.output.width
    row_words = -(-window.kernel[1] // 4)
    words = -(-row_words * window.kernel[0] // 2) * 2
    rows = (lines - 1) * window.strides[0] + window.kernel[0] + row_words * window.kernel[0] % 2
    read = (width - 1) * window.strides[1] + 4 * row_words
    skew = -window.pads[1] % 4
    pitch = -(-(skew + max(read, window.pads[1] + layer.input.width)) // 4) * 4 + 4
    is_narrow = layer.output.format.bits != 8 and not layer.is_narrowed
    return 16 * words + 4 * rows * pitch + 16 + pitch + (4 * lines * width if is_narrow else 0)


def copied_lines(layer: Depthwise, rows: int, target: Target) -> int:
    """Lines that a core computes from one copy of their inputs: some, where copies are not large."""
    for lines in range(min(COPIED_LINES, rows), 1, -1):
        if target.cores * copied_bytes(layer, lines) <= target.l1_bytes // COPIES:
            return lines
    return 1


def gathers(layer: Dense, inputs: int) -> bool:
    """Whether conv2d() copies windows into rows."""
    if isinstance(layer, Depthwise) or layer.kind == "sums":
        return False
    is_one = layer.window.kernel == (1, 1) and layer.window.strides == (1, 1) and not any(layer.window.pads)
    return not is_one or inputs * layer.input.format.bits % 32 != 0


def gathered_pitch(layer: Dense, inputs: int) -> int:
    row = weight_row_bytes(layer, inputs) * layer.input.format.bits // layer.weight_bits
    words = -(-row // 4)
    rest = words % 16
    return 4 * (words - rest + (4 if rest <= 4 else 12 if rest <= 12 else 20))


def parts_of(tiling: Tiling) -> list[int]:
    """Input channels of each part in which weights lie; one for layers whose channels stand alone."""
    assert isinstance(tiling.layer, Dense)
    most = tiling.layer.weights.shape[3]
    step = most if is_channelwise(tiling.layer) else tiling.inputs
    return [min(step, most - first) for first in range(0, most, step)]


def weights_at(tiling: Tiling) -> int:
    """Where the weights of a layer lie behind its scales, a bias and a multiplier a channel."""
    assert isinstance(tiling.layer, Dense)
    return 8 * int(tiling.layer.weights.shape[0])


def weight_bytes(tiling: Tiling) -> int:
    """What a layer's scales and weights take in L2."""
    if not isinstance(tiling.layer, Dense):
        return 0
    rows = sum(weight_row_bytes(tiling.layer, inputs) for inputs in parts_of(tiling))
    return -(-(weights_at(tiling) + tiling.layer.weights.shape[0] * rows) // 16) * 16


def widths_of(layer: Layer) -> list[int]:
    """Channels of a tile: steps that keep pixels whole bytes."""
    most = layer.output.stored_channels
    step = 8 if layer.output.format.bits == 2 or layer.input.format.bits == 2 else 4
    return [c for c in range(step, most, step) if c % 8 == 0 or c == step] + [most]


def inputs_of(layer: Layer) -> list[int]:
    """Input channels of a tile, most first: all, or equal parts of whole words, at last of a byte."""
    most = layer.input.stored_channels
    if is_channelwise(layer):
        return [most]
    word = 32 // layer.input.format.bits
    parts = {min(most, -(-most // (word * count)) * word) for count in range(1, -(-most // word) + 1)}
    return sorted({most, *parts, 4}, reverse=True)


def largest_transfer(layer: Layer, rows: int, channels: int, inputs: int) -> int:
    tensor, output = layer.input, layer.output
    widest = max(each.format.bits for each in layer.inputs)
    moved = [
        input_rows(layer, rows) * tensor.width * inputs * widest // 8,
        rows * output.width * channels * output.format.bits // 8,
    ]
    if isinstance(layer, Dense):
        moved.append(channels * weight_row_bytes(layer, inputs))
    return max(moved)


def fitting(layer: Layer, target: Target, external: frozenset[Tensor] = frozenset()) -> Iterator[Tiling]:
    """All tilings of equal tiles that fit, without a prediction. More rows need more memory."""
    heights = [1] if layer.kind == "sums" else range(1, layer.output.height + 1)
    for inputs in inputs_of(layer):
        for channels in widths_of(layer):
            taken = channels if is_channelwise(layer) else inputs
            for rows in heights:
                places = places_of(layer, rows, channels, taken, target)
                if places.end > target.l1_bytes or largest_transfer(layer, rows, channels, taken) > MAX_DMA_BYTES:
                    break
                yield Tiling(layer, rows, channels, taken, places, external=external)


def variants(tiling: Tiling) -> Iterator[Tiling]:
    """The same with smaller first tiles."""
    most = tiling.layer.output.stored_channels
    step = widths_of(tiling.layer)[0]
    heights = [rows for rows in FIRST_ROWS if rows < tiling.rows]
    widths = [step * count for count in FIRST_CHANNELS if step * count < tiling.channels < most]
    for first_rows in (0, *heights):
        for first_channels in (0, *widths):
            yield replace(tiling, first_rows=first_rows, first_channels=first_channels)


Known = dict[tuple[int, ...], float]


def model_of(tiling: Tiling, target: Target, known: Known | None = None) -> cost.Model:
    return cost.Model(tiling.layer, shape_of(tiling), target.isa, target.cores, target.external, known, tiling.links)


def bound(tiling: Tiling, target: Target, known: Known) -> float:
    """Neither a tiling nor its variants, which have more tiles, are faster: its work, divided evenly."""
    key = (tiling.inputs,)
    if key not in known:
        known[key] = cost.least_work(tiling.layer, shape_of(tiling), target.isa, target.cores)
    table = cost.prices()[class_of_tiling(tiling)]
    return table["layer"] + tiling.count * table["tile"] + known[key]


def class_of_tiling(tiling: Tiling) -> str:
    layer = tiling.layer
    return work.class_of(layer, isinstance(layer, Dense) and gathers(layer, tiling.inputs))


def better(tiling: Tiling, target: Target, best: Tiling | None, known: Known) -> Tiling | None:
    """A tiling with its prediction, if that is less than the best one's."""
    model = model_of(tiling, target, known)
    if best is not None and model.bound() >= best.predicted.cycles:
        return None
    found = replace(tiling, predicted=model.predict())
    return found if best is None or found.predicted.cycles < best.predicted.cycles else None


# What may be spared of a layer by its neighbours, and the share of L1 that it takes: a smaller one leaves room to theirs.
HIDDEN = cost.Links(is_input_ahead=True, is_second_ahead=True, is_prefetched=True)
MODES = (
    (cost.Links(), 1.0), (HIDDEN, 1.0), (replace(HIDDEN, is_result_awaited=False), 1.0), (HIDDEN, 0.75),
    (replace(HIDDEN, is_result_awaited=False), 0.75), (replace(HIDDEN, is_result_awaited=False), 0.9),
)  # fmt: skip


def tile(layer: Layer, target: Target, external: frozenset[Tensor] = frozenset()) -> Tiling:
    """The cheapest tiling of a layer alone. Raises Unsupported when not even the smallest one fits."""
    return options(layer, target, external, MODES[:1])[0]


def options(
    layer: Layer, target: Target, external: frozenset[Tensor] = frozenset(), modes: tuple[tuple[cost.Links, float], ...] = MODES
) -> list[Tiling]:
    """The cheapest tilings, alone and with what neighbours may spare, and a single tile where that fits; each once, all with what they
    cost alone."""
    known: Known = {}
    candidates = [(bound(each, target, known), number, each) for number, each in enumerate(fitting(layer, target, external))]
    candidates.sort(key=lambda each: each[:2])
    found: list[Tiling] = []
    for links, share in modes:
        small = (replace(each, links=links) for _, _, each in candidates if each.places.end <= share * target.l1_bytes)
        best = cheapest(small, target, known)
        if best is None and not found:
            raise too_large(layer, target)
        if best is not None and not any(are_alike(best, each) for each in found):
            best = replace(best, links=cost.Links())
            found.append(replace(best, predicted=model_of(best, target, known).predict()))
    single = whole(layer, target, external) if len(modes) > 1 else None
    return found if single is None or any(are_alike(single, each) for each in found) else [*found, single]


def cheapest(candidates: Iterator[Tiling], target: Target, known: Known) -> Tiling | None:
    """Of candidates in the order of their bounds."""
    best: Tiling | None = None
    for candidate in candidates:
        if best is not None and bound(candidate, target, known) >= best.predicted.cycles:
            break
        for variant in variants(candidate):
            if best is None or bound(variant, target, known) < best.predicted.cycles:
                best = better(variant, target, best, known) or best
    return best


def are_alike(a: Tiling, b: Tiling) -> bool:
    return (a.row_spans, a.channel_spans, a.inputs) == (b.row_spans, b.channel_spans, b.inputs)


def whole(layer: Layer, target: Target, external: frozenset[Tensor] = frozenset()) -> Tiling | None:
    """The layer in a single tile, where that fits."""
    channels, inputs, rows = layer.output.stored_channels, layer.input.stored_channels, layer.output.height
    places = places_of(layer, rows, channels, inputs, target)
    if places.end > target.l1_bytes or largest_transfer(layer, rows, channels, inputs) > MAX_DMA_BYTES:
        return None
    tiling = Tiling(layer, rows, channels, inputs, places, external=external)
    return replace(tiling, predicted=model_of(tiling, target).predict())


Tiled = dict[tuple[object, ...], list[Tiling]]


def options_of_all(
    layers: list[Layer], target: Target, external: frozenset[Tensor] = frozenset(), known: Tiled | None = None,
    modes: tuple[tuple[cost.Links, float], ...] = MODES,
) -> list[list[Tiling]]:  # fmt: skip
    """Layers that are alike are tiled once; `known` has those of other calls."""
    known = {} if known is None else known
    found = []
    for layer in layers:
        own = frozenset(tensor for tensor in (*layer.inputs, layer.output) if whole_of(tensor) in external)
        key = (target, modes, *likeness(layer, own))
        if key not in known:
            known[key] = options(layer, target, own, modes)
        found.append([replace(each, layer=layer, external=own) for each in known[key]])
    return found


def tile_all(
    layers: list[Layer], target: Target, external: frozenset[Tensor] = frozenset(), known: Tiled | None = None
) -> list[Tiling]:
    """Each layer as it is cheapest alone."""
    return [each[0] for each in options_of_all(layers, target, external, known, MODES[:1])]


def whole_of(tensor: Tensor) -> Tensor:
    return tensor.whole or tensor


def likeness(layer: Layer, external: frozenset[Tensor]) -> tuple[object, ...]:
    """All that the cost of a layer depends on."""
    tensors = [(t.shape, t.format, whole_of(t).stored_channels, t in external) for t in (*layer.inputs, layer.output)]
    own: tuple[object, ...] = ()
    if isinstance(layer, Dense):
        own = (layer.weights.shape, layer.weight_bits, layer.is_narrowed, layer.bias)
    return (layer.kind, layer.window, tuple(tensors), own)


def too_large(layer: Layer, target: Target) -> Unsupported:
    channels, inputs = widths_of(layer)[0], inputs_of(layer)[-1]
    inputs = channels if is_channelwise(layer) else inputs
    needed = places_of(layer, 1, channels, inputs, target).end
    what = f"its smallest tile (one row, {channels} channels of the output, {inputs} of the input)"
    if needed <= target.l1_bytes:
        largest = largest_transfer(layer, 1, channels, inputs)
        return Unsupported(layer.name, layer.kind, f"{what} is one transfer of {largest:,} bytes",
                           f"transfers of at most {MAX_DMA_BYTES:,} bytes: narrower tensors")  # fmt: skip
    return Unsupported(
        layer.name,
        layer.kind,
        f"{what} needs {needed:,} bytes of L1, {needed - target.l1_bytes:,} more than the {target.l1_bytes:,} there are",
        settings.l1_advice(-(-needed // 1024) * 1024, target.cores) + "narrower tensors",
    )


def shape_of(tiling: Tiling) -> cost.Shape:
    layer = tiling.layer
    return cost.Shape(
        rows=tiling.row_spans,
        channels=tiling.channel_spans,
        inputs=tiling.inputs,
        input_parts=tiling.input_parts,
        weight_bytes=weight_row_bytes(layer, tiling.inputs) if isinstance(layer, Dense) else 0,
        gathers=isinstance(layer, Dense) and gathers(layer, tiling.inputs),
        group=tiling.places.group,
        is_input_external=tuple(tensor in tiling.external for tensor in layer.inputs),
        is_output_external=layer.output in tiling.external,
    )
