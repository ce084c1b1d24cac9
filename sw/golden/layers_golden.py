#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cases for the layers of sw/kernels with expected outputs, computed in plain integers.

Writes the C header that sw/apps/test_layers.c includes: a fixed part that walks all combinations of
widths, signs, odd sizes and extreme values, and random shapes from a seed, which is printed.
Uses no code of the firmware.
"""
from __future__ import annotations

import argparse
import itertools
import operator
import random
import sys
from dataclasses import dataclass, field
from pathlib import Path

WIDTHS = (8, 4, 2)
MATMUL, CONV, DEPTHWISE, AVERAGE, MAXIMUM, ADD = range(6)


@dataclass
class Case:
    """One layer; shapes as in the headers of sw/kernels. A MatMul has pixels in `height`."""

    kind: int
    a_bits: int
    w_bits: int
    o_bits: int
    a_signed: bool = False
    o_signed: bool = False
    height: int = 1
    width: int = 1
    in_channels: int = 4
    out_channels: int = 4
    kernel: tuple[int, int] = (1, 1)
    strides: tuple[int, int] = (1, 1)
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)  # top, left, bottom, right
    values: str = "random"  # or "max", "min"
    b_signed: bool = False
    shift: int = 24
    factors: tuple[int, int, int] = (1, 1, 0)
    extra_pitch: int = 0
    filling: int = 0  # of the padding
    blocks: dict[str, bytes] = field(default_factory=dict)

    @property
    def output_shape(self) -> tuple[int, int]:
        if self.kind == MATMUL:
            return self.height, 1
        top, left, bottom, right = self.pads
        return ((self.height + top + bottom - self.kernel[0]) // self.strides[0] + 1,
                (self.width + left + right - self.kernel[1]) // self.strides[1] + 1)


def bounds(bits: int, signed: bool) -> tuple[int, int]:
    return (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)


def clip(value: int, bits: int, signed: bool) -> int:
    low, high = bounds(bits, signed)
    return min(max(value, low), high)


def pack(values: list[int], bits: int, row_bytes: int = 0) -> bytes:
    """Packed from the low end; filled up with zeros to `row_bytes`."""
    mask = (1 << bits) - 1
    number = sum((value & mask) << (bits * i) for i, value in enumerate(values))
    return number.to_bytes(max((len(values) * bits + 7) // 8, row_bytes), "little")


def numbers(rng: random.Random, count: int, bits: int, signed: bool, kind: str) -> list[int]:
    low, high = bounds(bits, signed)
    if kind == "max":
        return [high] * count
    if kind == "min":
        return [low] * count
    return [rng.randint(low, high) for _ in range(count)]


def make_scales(rng: random.Random, case: Case, depth: int) -> list[tuple[int, int]]:
    """(bias, multiplier) that use the output's range and keep products within 32 bits."""
    typical = max(1, int(depth ** 0.5) << (case.a_bits + case.w_bits - 3))
    bias_limit = 2 * typical
    largest = (depth << (case.a_bits + case.w_bits - 1)) + bias_limit
    limit = (2**31 - 1) // largest
    wanted = (1 << (case.shift + case.o_bits - 1)) // typical
    high = max(1, min(limit, 2 * wanted))
    return [(rng.randint(-bias_limit, bias_limit), rng.randint(max(1, high // 4), high))
            for _ in range(case.out_channels)]


def requantise(case: Case, total: int, scale: tuple[int, int]) -> int:
    product = (total + scale[0]) * scale[1]
    assert -2**31 <= product < 2**31
    return clip(product >> case.shift, case.o_bits, case.o_signed)


def weight_row_bytes(case: Case, depth: int) -> int:
    """A row is filled up with zeros to whole steps: words of the narrower operand."""
    narrow = min(case.a_bits, case.w_bits)
    steps = max((depth * narrow + 31) // 32, 2 if case.a_bits == case.w_bits else 1)
    return steps * 4 * case.w_bits // narrow


def window(case: Case, pixels: list[list[int]], y: int, x: int) -> list[list[int] | None]:
    """Input pixels of the window of output pixel y, x; None outside the input."""
    result: list[list[int] | None] = []
    for row, column in itertools.product(range(case.kernel[0]), range(case.kernel[1])):
        in_y = y * case.strides[0] + row - case.pads[0]
        in_x = x * case.strides[1] + column - case.pads[1]
        inside = 0 <= in_y < case.height and 0 <= in_x < case.width
        result.append(pixels[in_y * case.width + in_x] if inside else None)
    return result


def scale_bytes(scales: list[tuple[int, int]]) -> bytes:
    return b"".join(n.to_bytes(4, "little", signed=True) for pair in scales for n in pair)


def output_rows(case: Case, rows: list[list[int]]) -> bytes:
    return b"".join(pack(row, case.o_bits) for row in rows)


def fill_product(case: Case, rng: random.Random) -> None:
    """MatMul and convolution."""
    taps = case.kernel[0] * case.kernel[1]
    depth = taps * case.in_channels
    weight_values = "max" if case.values == "min" and not case.a_signed else case.values
    pixels = [numbers(rng, case.in_channels, case.a_bits, case.a_signed, case.values)
              for _ in range(case.height * case.width)]
    weights = [numbers(rng, depth, case.w_bits, True, weight_values)
               for _ in range(case.out_channels)]
    scales = make_scales(rng, case, depth)
    zeros = [case.filling] * case.in_channels
    out_height, out_width = case.output_shape
    rows = []
    for y, x in itertools.product(range(out_height), range(out_width)):
        taps_of = [pixels[y]] if case.kind == MATMUL else window(case, pixels, y, x)
        flat = [value for tap in taps_of for value in tap or zeros]
        rows.append([requantise(case, sum(map(operator.mul, flat, row)), scale)
                     for row, scale in zip(weights, scales)])
    pixel_bytes = (case.in_channels * case.a_bits + 7) // 8
    if case.kind == MATMUL:
        pixel_bytes = (pixel_bytes + 3) // 4 * 4 + case.extra_pitch
    row_bytes = weight_row_bytes(case, depth) + case.extra_pitch
    case.blocks = {
        "input": b"".join(pack(pixel, case.a_bits, pixel_bytes) for pixel in pixels),
        "weights": b"".join(pack(row, case.w_bits, row_bytes) for row in weights),
        "scales": scale_bytes(scales), "output": output_rows(case, rows)}


def fill_depthwise(case: Case, rng: random.Random) -> None:
    taps = case.kernel[0] * case.kernel[1]
    pixels = [numbers(rng, case.in_channels, case.a_bits, case.a_signed, case.values)
              for _ in range(case.height * case.width)]
    weights = [numbers(rng, taps, case.w_bits, True, case.values) for _ in range(case.in_channels)]
    case.out_channels = case.in_channels
    scales = make_scales(rng, case, taps)
    zeros = [case.filling] * case.in_channels
    rows = []
    for y, x in itertools.product(*map(range, case.output_shape)):
        columns = zip(*(pixel or zeros for pixel in window(case, pixels, y, x)))
        rows.append([requantise(case, sum(map(operator.mul, column, row)), scale)
                     for column, row, scale in zip(columns, weights, scales)])
    case.blocks = {"input": b"".join(pack(pixel, case.a_bits) for pixel in pixels),
                   "weights": b"".join(pack(row, case.w_bits) for row in weights),
                   "scales": scale_bytes(scales), "output": output_rows(case, rows)}


def fill_pooling(case: Case, rng: random.Random) -> None:
    case.out_channels, case.o_bits, case.o_signed = case.in_channels, case.a_bits, case.a_signed
    pixels = [numbers(rng, case.in_channels, case.a_bits, case.a_signed, case.values)
              for _ in range(case.height * case.width)]
    case.shift = 16
    case.factors = ((1 << 16) // (case.kernel[0] * case.kernel[1]), 0, 0)
    rows = []
    for y, x in itertools.product(*map(range, case.output_shape)):
        inside = [pixel for pixel in window(case, pixels, y, x) if pixel is not None]
        columns = list(zip(*inside)) or [()] * case.in_channels
        if case.kind == MAXIMUM:
            low = bounds(case.a_bits, case.a_signed)[0]
            rows.append([max(column, default=low) for column in columns])
        else:
            rows.append([clip(sum(column) * case.factors[0] >> case.shift, case.o_bits,
                              case.o_signed) for column in columns])
    case.blocks = {"input": b"".join(pack(pixel, case.a_bits) for pixel in pixels),
                   "output": output_rows(case, rows)}


def fill_add(case: Case, rng: random.Random) -> None:
    """a has a_bits, b has w_bits."""
    count = case.height * case.in_channels
    case.out_channels = case.in_channels
    case.shift = rng.randint(8, 16)
    one = 1 << case.shift
    case.factors = (rng.randint(-one, one), rng.randint(1, one), rng.randint(-one, one))
    a = numbers(rng, count, case.a_bits, case.a_signed, case.values)
    b = numbers(rng, count, case.w_bits, case.b_signed, case.values)
    sums = [clip((x * case.factors[0] + y * case.factors[1] + case.factors[2]) >> case.shift,
                 case.o_bits, case.o_signed) for x, y in zip(a, b)]
    case.blocks = {"input": pack(a, case.a_bits), "weights": pack(b, case.w_bits),
                   "output": pack(sums, case.o_bits)}


FILL = {MATMUL: fill_product, CONV: fill_product, DEPTHWISE: fill_depthwise,
        AVERAGE: fill_pooling, MAXIMUM: fill_pooling, ADD: fill_add}


def shift_for(bits: int, rng: random.Random) -> int:
    return rng.randint(16, 20) if bits == 8 else 24


def matrix(rng: random.Random) -> list[Case]:
    """Every combination of widths and signs of a MatMul, and what is special about the rest."""
    cases = []
    sizes = itertools.cycle(
        [(9, 16, 8), (5, 40, 12), (4, 9, 4), (13, 33, 7), (1, 64, 5), (3, 17, 8)])
    values = itertools.cycle(["random", "random", "max", "random", "min"])
    for a, w, o, a_signed, o_signed in itertools.product(WIDTHS, WIDTHS, WIDTHS, (False, True),
                                                         (False, True)):
        pixels, depth, channels = next(sizes)
        cases.append(Case(MATMUL, a, w, o, a_signed, o_signed, height=pixels, in_channels=depth,
                          out_channels=channels, values=next(values), shift=shift_for(o, rng),
                          extra_pitch=4 * rng.randint(0, 2)))
    # Enough pixels for columns of blocks.
    sizes = itertools.cycle([(16, 20, 12), (20, 37, 8), (32, 16, 22), (48, 9, 4)])
    for a, w, o, a_signed, o_signed in itertools.product(WIDTHS, WIDTHS, (4, 2), (False, True),
                                                         (False, True)):
        pixels, depth, channels = next(sizes)
        cases.append(Case(MATMUL, a, w, o, a_signed, o_signed, height=pixels, in_channels=depth,
                          out_channels=channels, values=next(values), shift=shift_for(o, rng),
                          extra_pitch=4 * rng.randint(0, 2)))
    for a, w in itertools.product(WIDTHS, WIDTHS):
        cases.append(Case(CONV, a, w, a, height=5, width=6, in_channels=8, out_channels=8,
                          kernel=(3, 3), pads=(1, 1, 1, 1), shift=shift_for(a, rng)))
        cases.append(Case(DEPTHWISE, a, w, a, height=5, width=4, in_channels=8, kernel=(3, 3),
                          pads=(1, 1, 1, 1), strides=(1 + a // 8,) * 2, shift=shift_for(a, rng)))
        cases.append(Case(ADD, a, w, a, height=5, in_channels=8))
    # Every kernel of 3 x 3 depthwise layers, with odd and even lines, with and without padding.
    weights = itertools.cycle(WIDTHS)
    shapes = itertools.cycle([
        (4, 5, (1, 1, 1, 1)), (3, 3, (0, 0, 0, 0)), (6, 4, (0, 1, 1, 0)), (2, 6, (2, 0, 2, 1)),
        (7, 3, (1, 0, 0, 0)), (1, 4, (1, 1, 1, 1)), (5, 7, (0, 0, 1, 1))])
    for a, o, a_signed, o_signed, stride in itertools.product(WIDTHS, WIDTHS, (False, True),
                                                              (False, True), (1, 2)):
        height, width, pads = next(shapes)
        cases.append(Case(DEPTHWISE, a, next(weights), o, a_signed, o_signed, height=height,
                          width=width, in_channels=rng.choice((4, 8, 20)), kernel=(3, 3),
                          strides=(stride, stride), pads=pads, shift=shift_for(o, rng), values=next(values)))
    for a, signed in itertools.product(WIDTHS, (False, True)):
        for kind in (AVERAGE, MAXIMUM):
            cases.append(Case(kind, a, 8, a, signed, height=5, width=4, in_channels=8,
                              kernel=(3, 2), strides=(2, 2), pads=(1, 0, 0, 0)))
    cases += [
        Case(CONV, 8, 8, 8, True, height=7, width=7, in_channels=3, out_channels=8, kernel=(3, 3),
             strides=(2, 2), pads=(0, 0, 1, 1), shift=18),  # a first layer: bytes, not words
        Case(CONV, 8, 4, 8, height=4, width=4, in_channels=16, out_channels=10, shift=18),
        Case(CONV, 4, 2, 4, height=6, width=6, in_channels=16, out_channels=16, strides=(2, 2)),
        Case(CONV, 4, 2, 4, height=1, width=1, in_channels=64, out_channels=10),
        Case(CONV, 2, 2, 2, height=3, width=9, in_channels=16, out_channels=4, kernel=(1, 5),
             pads=(0, 2, 0, 2), values="max"),
        Case(CONV, 8, 2, 4, height=2, width=2, in_channels=4, out_channels=20, kernel=(2, 2),
             pads=(1, 1, 0, 0)),
        Case(DEPTHWISE, 8, 8, 8, height=7, width=7, in_channels=4, kernel=(7, 7), shift=20),
        Case(CONV, 8, 8, 8, height=5, width=9, in_channels=4, out_channels=8, kernel=(3, 3), strides=(1, 2), pads=(1, 1, 1, 1),
             shift=18, filling=113),
    ]
    # Other kernels of depthwise layers: in registers and larger ones, padded by zeros and by other numbers.
    kernels = itertools.cycle([(5, 5), (7, 7), (3, 3), (1, 9), (9, 9), (5, 3), (2, 8), (9, 1)])
    strides = itertools.cycle([(1, 1), (2, 2), (1, 1), (2, 1), (3, 3)])
    for a, o, a_signed in itertools.product(WIDTHS, WIDTHS, (False, True)):
        kernel = next(kernels)
        pads = (kernel[0] // 2, kernel[1] // 2) * 2
        low, high = bounds(a, a_signed)
        cases.append(Case(DEPTHWISE, a, next(weights), o, a_signed, height=rng.randint(1, 9), width=rng.randint(1, 13),
                          in_channels=rng.choice((4, 8, 12)), kernel=kernel, strides=next(strides), pads=pads,
                          shift=shift_for(o, rng), values=next(values), filling=rng.choice((0, low, high))))
    return cases


def random_case(rng: random.Random) -> Case:
    kind = rng.choice((MATMUL, MATMUL, CONV, CONV, CONV, DEPTHWISE, AVERAGE, MAXIMUM, ADD))
    a, w, o = (rng.choice(WIDTHS) for _ in range(3))
    case = Case(kind, a, w, o, rng.random() < .3, rng.random() < .3, shift=shift_for(o, rng),
                values=rng.choice(("random", "random", "max", "min")), b_signed=rng.random() < .3)
    if kind == MATMUL:
        case.height = rng.choice((rng.randint(1, 18), 4 * rng.randint(4, 12)))
        case.in_channels = rng.randint(1, 70)
        case.out_channels, case.extra_pitch = rng.randint(1, 14), 4 * rng.randint(0, 3)
        return case
    quantum = 8 // a if kind == CONV else 4
    case.in_channels = quantum * rng.randint(1, 24 // quantum)
    case.height = rng.randint(1, 8)
    if kind == ADD:
        case.in_channels = 4 * rng.randint(1, 20)
        return case
    case.width, case.out_channels = rng.randint(1, 8), rng.randint(1, 14)
    most = 9 if kind == DEPTHWISE else 4
    case.kernel = (rng.randint(1, most), rng.randint(1, most))
    case.strides = (rng.randint(1, 3),) * 2 if rng.random() < .6 else (rng.randint(1, 3), rng.randint(1, 3))
    if kind == DEPTHWISE and rng.random() < .6:
        case.kernel, case.width = (3, 3), rng.randint(1, 14)
    case.pads = tuple(rng.randint(0, size - 1) for size in case.kernel * 2)  # type: ignore
    if kind in (CONV, DEPTHWISE) and any(case.pads) and rng.random() < .3:
        case.filling = rng.randint(*bounds(case.a_bits, case.a_signed))
    grow = [max(0, k - size - before - after) for k, size, before, after in
            zip(case.kernel, (case.height, case.width), case.pads[:2], case.pads[2:])]
    case.height, case.width = case.height + grow[0], case.width + grow[1]
    return case


def filling_word(case: Case) -> int:
    """As the headers want it: of the layer's numbers, for depthwise layers as bytes."""
    bits = 8 if case.kind == DEPTHWISE else case.a_bits
    number = case.filling & ((1 << bits) - 1)
    return sum(number << place for place in range(0, 32, bits))


def words_of(data: bytes) -> list[int]:
    data += bytes(-len(data) % 4)
    return [int.from_bytes(data[i:i + 4], "little") for i in range(0, len(data), 4)]


def make_header(cases: list[Case], seed: int) -> str:
    data: list[int] = []
    rows = []
    for case in cases:
        places = []
        for name in ("input", "weights", "scales", "output"):
            block = case.blocks.get(name, b"")
            places.append(f"{{{len(data)}, {len(block)}}}")
            data += words_of(block)
        numbers_of = [case.kind, case.a_bits, case.w_bits, case.o_bits, int(case.a_signed),
                      int(case.b_signed), int(case.o_signed), case.height, case.width,
                      case.in_channels, case.out_channels, *case.kernel, *case.strides, *case.pads,
                      case.shift, filling_word(case), *case.factors]
        rows.append("{" + ", ".join(map(str, numbers_of)) + ", {" + ", ".join(places) + "}},")
    lines = (", ".join(f"0x{word:08x}" for word in data[i:i + 8]) + ","
             for i in range(0, len(data), 8))
    return "\n".join(["// SPDX-License-Identifier: Apache-2.0",
                      f"// Made by sw/golden/layers_golden.py, seed {seed}; do not edit.",
                      f"enum {{ kSeed = {seed} }};",
                      f"static const uint32_t case_data[{len(data)}] = {{", *lines, "};",
                      "static const struct LayerCase cases[] = {", *rows, "};", ""])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1, help="of shapes and values (default: 1)")
    parser.add_argument("--random", type=int, default=40, help="random cases (default: 40)")
    parser.add_argument("--no-matrix", action="store_true", help="random cases only")
    parser.add_argument("output", type=Path, help="the header")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    cases = [] if options.no_matrix else matrix(rng)
    cases += [random_case(rng) for _ in range(options.random)]
    for case in cases:
        FILL[case.kind](case, rng)
    options.output.write_text(make_header(cases, options.seed), encoding="ascii")
    print(f"{options.output}: {len(cases)} cases, seed {options.seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
