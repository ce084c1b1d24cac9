# SPDX-License-Identifier: Apache-2.0
"""What the slowest core does for a tile: how often it passes each piece of the kernels' code, as sw/kernels divides the work. What a
passage takes stands in cost.py."""

from __future__ import annotations

from dataclasses import dataclass

from flexv_tools.deploy.graph import Add, Average, Dense, Depthwise, Layer

Work = dict[str, float]  # passages of pieces of code, by name
GROUP_PIXELS = 8  # that are gathered at a time; twice as many where the cores share them as evenly
COPIED_MOST_WORDS = 14  # of taps that fit the registers
COPIED_MOST_ROW_WORDS = 2
ADD_RUN_QUADS = 16  # that are widened, added and packed at a time
SUM_ROWS = 4  # channels of a last layer that share the loads of the input


@dataclass(frozen=True)
class Cut:
    """A tile: rows x channels of the result, of all input channels or of some at a time."""

    rows: int
    channels: int
    inputs: int
    input_parts: int
    gathers: bool
    group: int  # pixels that are gathered at a time, lines of a depthwise layer


def class_of(layer: Layer, gathers: bool) -> str:
    """Layers whose code is alike."""
    if isinstance(layer, Depthwise):
        return "depthwise" if layer.is_3x3 else "depthwise, copied"
    if isinstance(layer, Dense) and layer.kind == "convolution":
        return "gathered" if gathers else "pointwise"
    return {"sums": "sums", "add": "addition"}.get(layer.kind, "pooling")


def spread(count: int, cores: int) -> int:
    return -(-count // cores)


def times(work: Work, count: float) -> Work:
    return {name: each * count for name, each in work.items()}


def both(*works: Work) -> Work:
    total: Work = {}
    for work in works:
        for name, count in work.items():
            total[name] = total.get(name, 0.0) + count
    return total


def tile_work(layer: Layer, cut: Cut, isa: str, cores: int) -> Work:
    if isinstance(layer, Depthwise):
        work = depthwise_3x3(layer, cut, cores) if layer.is_3x3 else depthwise_copied(layer, cut, cores)
        return both(work, narrowed(layer, cut, cores))
    if isinstance(layer, Dense):
        return last_sums(layer, cut, cores) if layer.kind == "sums" else convolution(layer, cut, isa, cores)
    return addition(layer, cut, cores) if isinstance(layer, Add) else pooling(layer, cut, cores)


def pixels_of(layer: Layer, cut: Cut) -> int:
    return cut.rows * layer.output.width


# --- dense layers (conv2d.c, matmul.c)


def convolution(layer: Dense, cut: Cut, isa: str, cores: int) -> Work:
    work = gathered(layer, cut, isa, cores) if cut.gathers else pointwise(layer, cut, isa, cores)
    if cut.input_parts == 1:
        return both(work, narrowed(layer, cut, cores))
    quads = spread(pixels_of(layer, cut) * cut.channels // 4, cores) / cut.input_parts
    return both(work, {"quad of sums started": quads, f"quad of sums to {layer.output.format.bits} bits": quads, "part of sums": 1})


def narrowed(layer: Dense, cut: Cut, cores: int) -> Work:
    """Bytes that a kernel has written, packed."""
    if not layer.is_narrowed:
        return {}
    return {"narrowing": 1, "quad narrowed": spread(pixels_of(layer, cut) * cut.channels // 4, cores)}


def gathered(layer: Dense, cut: Cut, isa: str, cores: int) -> Work:
    """Groups of pixels are collected and multiplied; with fewer groups than cores each is divided by channels."""
    pixels = pixels_of(layer, cut)
    groups = spread(pixels, cut.group)
    parts = cores // groups if groups < cores else 1
    size, quads = min(pixels, cut.group), spread(cut.channels // 4, parts)
    unit = both({"group": 1, "group divided": int(parts > 1)}, collected(layer, cut, size), product(layer, cut, isa, size, quads))
    return both(times(unit, spread(groups * parts, cores)), {"busy": min(1.0, groups * parts / cores)})


def gathered_group(pixels: int, cores: int) -> int:
    """Pixels of a group: many, if the slowest core has no more of them then."""
    few, many = GROUP_PIXELS, 2 * GROUP_PIXELS
    return many if spread(spread(pixels, many), cores) * many <= spread(spread(pixels, few), cores) * few else few


def collected(layer: Dense, cut: Cut, pixels: int) -> Work:
    """Windows of some pixels copied into rows, line by line."""
    height, width = layer.window.kernel
    pixel_bytes = cut.inputs * layer.input.format.bits // 8
    down, across = inside(layer, 0), inside(layer, 1)
    kind, each = ("words", width * pixel_bytes // 4) if pixel_bytes % 4 == 0 else ("bytes", width * pixel_bytes)
    lines = pixels * height
    return {
        "window": pixels,
        f"line of {kind}": lines * down.part * across.whole,
        f"line of {kind} over an edge": lines * down.part * (1 - across.whole),
        f"line of {kind} outside": lines * (1 - down.part),
        f"{kind} copied": lines * each,
    }


@dataclass(frozen=True)
class Inside:
    whole: float  # share of the windows that lie inside of the input with all their rows, or columns
    part: float  # share of these rows, or columns


def inside(layer: Layer, axis: int) -> Inside:
    size, outputs = ((layer.input.height, layer.output.height), (layer.input.width, layer.output.width))[axis]
    kernel, before, stride = layer.window.kernel[axis], layer.window.pads[axis], layer.window.strides[axis]
    counts = [max(0, min(i * stride - before + kernel, size) - max(i * stride - before, 0)) for i in range(outputs)]
    return Inside(counts.count(kernel) / outputs, sum(counts) / kernel / outputs)


@dataclass(frozen=True)
class Blocks:
    """How a library divides a product: pixels of a block, and lines of how many blocks."""

    pixels: int
    lines: int
    each: int
    in_columns: bool


def blocks_of(isa: str, activation_bits: int, weight_bits: int, pixels: int, quads: int, pitch: int) -> Blocks:
    """As choose_rows() and matmul() do. With fewer pixels than a block has each one fills a block alone."""
    is_equal = activation_bits == weight_bits
    most = (4 if pixels >= 4 else 2) if isa == "flexv" else 4 if isa == "xpulpnn" and is_equal else 2
    if isa == "flexv" and pixels % 4 == 0 and pixels >= 16 and pitch % 64 != 0:
        return Blocks(most, quads, pixels // 4, True)
    return Blocks(most, spread(pixels, most) if pixels >= most else pixels, quads, False)


def product(layer: Dense, cut: Cut, isa: str, pixels: int, quads: int) -> Work:
    """Of gathered pixels, whose rows begin in different banks, by one core."""
    found = blocks_of(isa, layer.input.format.bits, layer.weight_bits, pixels, quads, 4)
    calls = pixels if pixels < found.pixels else 1 if found.in_columns or pixels % found.pixels == 0 else 2
    return both(of_blocks(layer, cut, isa, found, found.lines * found.each, 0), {"line of blocks": found.lines, "run of blocks": calls})


def pointwise(layer: Dense, cut: Cut, isa: str, cores: int) -> Work:
    """Whole lines where they divide evenly, else runs of blocks: the end of a line, lines, the beginning of one."""
    pixels, quads, pitch = pixels_of(layer, cut), cut.channels // 4, cut.inputs * layer.input.format.bits // 8
    found = blocks_of(isa, layer.input.format.bits, layer.weight_bits, pixels, quads, pitch)
    if pixels < found.pixels:
        each = spread(quads, cores)
        return both(of_blocks(layer, cut, isa, found, each * pixels, pitch), {"run of blocks": pixels})
    if found.lines % cores == 0:
        lines = found.lines // cores
        return both(of_blocks(layer, cut, isa, found, lines * found.each, pitch), {"line of blocks": lines, "run of blocks": 1})
    total = found.lines * found.each
    runs, lines = most_runs(total, found.each, cores)
    work: Work = {"line of blocks": lines, "run of blocks": runs, "uneven product": 1, "busy": min(1.0, total / cores)}
    return both(of_blocks(layer, cut, isa, found, spread(total, cores), pitch), work)


def most_runs(total: int, each: int, cores: int) -> tuple[int, int]:
    """Most runs of a core, and the lines in them, where `total` pieces in lines of `each` are divided: the end of a line, whole lines, the
    beginning of one."""
    part, rest = divmod(total, cores)
    most, lines = 0, 0
    for core in range(cores):
        begin = core * part + min(core, rest)
        end = begin + part + (core < rest)
        if begin == end:
            continue
        first, last = -(-begin // each), end // each
        runs = 1 if first > last else (begin % each != 0) + (first < last) + (end % each != 0)
        most, lines = max(most, runs), max(lines, -(-end // each) - begin // each)
    return most, lines


def of_blocks(layer: Dense, cut: Cut, isa: str, found: Blocks, count: int, pitch: int) -> Work:
    """Blocks: what surrounds them by the width of their results, and steps over the depth, a word of the narrower operand each. Pixels
    that are not gathered may begin in one bank all."""
    a, w = layer.input.format.bits, layer.weight_bits
    bits = 32 if cut.input_parts > 1 else 8 if layer.is_narrowed else layer.output.format.bits
    depth = layer.window.kernel[0] * layer.window.kernel[1] * cut.inputs
    steps = max(spread(depth * min(a, w), 32), 2 if a == w else 1)
    if isa == "flexv":
        ratio = max(a, w) // min(a, w)
        family, step = f"{found.pixels}", f"{found.pixels} {ratio}"
        block = f"{found.pixels} {ratio}{' in columns' if found.in_columns else ''}"
    elif isa == "xpulpnn" and a == w:
        family, step, block = "nn", "nn", "nn"
    else:
        sign = "s" if layer.input.format.signed and a < 8 else ""
        family, step, block = "unpacked", f"unpacked {sign}{a}x{w}", f"unpacked {a}x{w}"
    place = "product" if layer.bias == "product" and bits != 32 else "sum"
    work: Work = {f"block {block}": count, f"block {family} to {bits} bits": count, f"step {step}": count * steps}
    work |= {f"code of block {block}": 1, f"code of blocks {family} to {bits} bits": 1}
    if place == "product":
        work[f"bias behind a product {family}"] = count
    if pitch % 64 == 0 and pitch and isa == "flexv":
        work[f"step in one bank {max(a, w) // min(a, w)}"] = count * steps
    return work


def last_sums(layer: Dense, cut: Cut, cores: int) -> Work:
    """Four channels at a time (sw/network/sums.c)."""
    form, w = layer.input.format, layer.weight_bits
    groups = spread(spread(cut.channels, cores), SUM_ROWS)
    steps = groups * (layer.input.height * layer.input.width * cut.inputs // 4)
    work: Work = {"group of sums": groups}
    if form.bits == 8 and w in (8, 4):
        return work | {f"step of sums of 8x{w} bits": steps}
    sign = " with sign" if form.signed else ""
    return work | {"narrow sums": 1, f"step of sums from {form.bits} bits{sign}": steps, f"step of sums by {w} bits": steps}


# --- depthwise layers (depthwise_3x3.c, depthwise.c)


def depthwise_3x3(layer: Depthwise, cut: Cut, cores: int) -> Work:
    """Lines of two channels, or of four that share a byte, in equal runs."""
    form, bits = layer.input.format, 8 if layer.is_narrowed else layer.output.format.bits
    pairs = 2 if form.bits == 2 or bits == 2 else 1  # in a line
    lines = spread(cut.channels // (2 * pairs) * cut.rows, cores)
    calls, groups = most_runs(cut.channels // (2 * pairs) * cut.rows, cut.rows, cores)
    full = inside(layer, 0).whole * layer.output.height
    edges = (layer.output.height - full) / spread(layer.output.height, cut.rows)  # lines of a tile that make runs of their own
    work: Work = {
        "depthwise call": calls,
        "depthwise pair": groups * pairs,
        "depthwise run": groups * pairs * (1 + edges),
        "depthwise line": lines * pairs,
        f"depthwise output, stride {layer.window.strides[0]}, from {form.bits} bits": lines * pairs * layer.output.width,
        f"depthwise output to {bits} bits": lines * pairs * layer.output.width,
    }
    if form.signed:
        work["depthwise output with sign"] = lines * pairs * layer.output.width
    if layer.weight_bits != 8:
        work["depthwise pair widened"] = groups * pairs
    return work


def depthwise_copied(layer: Depthwise, cut: Cut, cores: int) -> Work:
    """Copies of the inputs of some lines of four channels, then these channels one by one."""
    (height, width), out_width = layer.window.kernel, layer.output.width
    row_words = spread(width, 4)
    words = 2 * spread(height * row_words, 2)
    is_small = row_words <= COPIED_MOST_ROW_WORDS and words <= COPIED_MOST_WORDS
    lines = spread(cut.channels // 4 * cut.rows, cores)
    at_once = min(cut.group, cut.rows)
    _, groups = most_runs(cut.channels // 4 * cut.rows, cut.rows, cores)
    copies = max(groups, spread(lines, at_once))
    rows = copies * ((lines / copies - 1) * layer.window.strides[0] + height)
    down = inside(layer, 0)
    work: Work = {
        "copy": copies,
        "row copied": rows * down.part,
        f"quad copied from {layer.input.format.bits} bits": rows * down.part * spread(layer.input.width, 4),
        "word filled": rows * (1 - down.part) * (layer.input.width + width),
        "line of a channel": 4 * lines,
        "word of taps loaded": 4 * copies * words,
        f"output of a channel, {'stride 1' if layer.window.strides[1] == 1 else 'larger stride'}": 4 * lines * out_width,
        f"word of taps, {'in registers' if is_small else 'any'}": 4 * lines * out_width * words,
        f"channel of taps of {'bytes' if layer.weight_bits == 8 else 'less'}": 4 * groups,
        f"tap of {'bytes' if layer.weight_bits == 8 else 'less'}": 4 * groups * height * (row_words if layer.weight_bits == 8 else width),
    }
    if not layer.is_narrowed and layer.output.format.bits != 8:
        work["quad packed"] = lines * out_width
    return work


# --- pooling and addition (pooling.c, residual_add.c)


def pooling(layer: Layer, cut: Cut, cores: int) -> Work:
    """Four channels of a pixel at a time."""
    form, quads = layer.input.format, cut.channels // 4
    count = spread(pixels_of(layer, cut) * quads, cores)
    down, across = inside(layer, 0).part * layer.window.kernel[0], inside(layer, 1).part * layer.window.kernel[1]
    kind = "average" if isinstance(layer, Average) else "maximum"
    tap = f"tap of {kind} of {form.bits} bits" + (" with sign" if form.signed and form.bits < 8 else "")
    return {
        "pixel pooled": count / quads + (count % quads != 0),
        f"quad of {kind} to {layer.output.format.bits} bits": count,
        f"row of taps of {kind}": count * down,
        tap: count * down * across,
    }


def addition(layer: Add, cut: Cut, cores: int) -> Work:
    """Words where all widths are the same and results have no sign, else runs of quads by way of bytes."""
    a, b, out = (tensor.format for tensor in (*layer.inputs, layer.output))
    count = pixels_of(layer, cut) * cut.channels
    if a.bits == b.bits == out.bits != 2 and not out.signed and count * a.bits % 32 == 0:
        return {"code for words": 1, f"word added of {a.bits} bits": spread(count * a.bits // 32, cores)}
    quads = spread(count // 4, cores)
    widened = [f"quad widened from {form.bits} bits" + (" with sign" if form.signed and form.bits < 8 else "") for form in (a, b)]
    runs: Work = {"code for runs": 1, "run added": spread(quads, ADD_RUN_QUADS)}
    one, other = ({name: float(quads)} for name in widened)
    return both(runs, {"quad added": quads, f"quad of a sum to {out.bits} bits": quads}, one, other)
