#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs and expected output of the matmul demo, computed without any code of the firmware.

Writes the C header that sw/apps/matmul.c includes. The numbers come from a 32-bit xorshift
generator with a fixed seed, so the header is the same on every machine; --check compares it with
the file.
"""
from __future__ import annotations

import argparse
import operator
import sys
from pathlib import Path

SEED = 0x2545F491
PIXELS, CHANNELS, DEPTH, SHIFT = 192, 128, 288, 20
HEADER = Path(__file__).resolve().parent.parent / "apps" / "matmul_data.h"


class Random:
    """Marsaglia's xorshift32 (13, 17, 5)."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def below(self, limit: int) -> int:
        state = self.state
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        self.state = state
        return (state >> 8) % limit


def requantise(total: int, multiplier: int, bias: int, shift: int) -> int:
    """((total + bias) * multiplier) >> shift, clipped to 8 bits without sign."""
    product = (total + bias) * multiplier
    if not -2**31 <= product < 2**31:
        raise ValueError(f"{product} does not fit 32 bits")
    return min(max(product >> shift, 0), 255)


def matmul(activations: list[list[int]], weights: list[list[int]],
           scales: list[tuple[int, int]], shift: int) -> list[list[int]]:
    """output[pixel][channel] of 8-bit activations and 4-bit weights."""
    return [[requantise(sum(map(operator.mul, row, column)), multiplier, bias, shift)
             for column, (multiplier, bias) in zip(weights, scales)] for row in activations]


def words(data: bytes) -> list[int]:
    """Little-endian 32-bit words."""
    return [int.from_bytes(data[i:i + 4], "little") for i in range(0, len(data), 4)]


def pack_nibbles(values: list[int]) -> bytes:
    """Two signed 4-bit numbers a byte, the first one in the low half."""
    return bytes((low & 15) | (high & 15) << 4 for low, high in zip(values[::2], values[1::2]))


def array(name: str, shape: str, data: bytes) -> str:
    values = [f"0x{word:08x}" for word in words(data)]
    lines = (", ".join(values[i:i + 8]) + "," for i in range(0, len(values), 8))
    start = f"// {shape}\nstatic const uint32_t {name}[{len(values)}] = {{\n"
    return start + "\n".join(lines) + "\n};\n"


def make_header() -> str:
    random = Random(SEED)
    activations = [[random.below(256) for _ in range(DEPTH)] for _ in range(PIXELS)]
    weights = [[random.below(16) - 8 for _ in range(DEPTH)] for _ in range(CHANNELS)]
    multipliers = [5120 + random.below(5760) for _ in range(CHANNELS)]
    # Weights average -1/2: the bias moves the middle of the sums to about 128.
    middle = -DEPTH * 255 // 4
    scales = [(m, ((100 + random.below(56)) << SHIFT) // m - middle) for m in multipliers]
    output = matmul(activations, weights, scales, SHIFT)
    pairs = b"".join(n.to_bytes(4, "little", signed=True) for m, bias in scales for n in (bias, m))
    parts = [
        "// SPDX-License-Identifier: Apache-2.0",
        f"// Made by sw/golden/matmul_golden.py, seed 0x{SEED:08X}; do not edit.",
        "#ifndef FLEXV_MATMUL_DATA_H", "#define FLEXV_MATMUL_DATA_H", "", "#include <stdint.h>", "",
        f"enum {{ kPixels = {PIXELS}, kChannels = {CHANNELS}, kDepth = {DEPTH} }};",
        f"enum {{ kShift = {SHIFT} }};",
        "", "// Little-endian words.",
        array("matmul_activations", "[kPixels][kDepth], 8 bits each",
              b"".join(map(bytes, activations))),
        array("matmul_weights", "[kChannels][kDepth], 4 bits each, low half first",
              b"".join(map(pack_nibbles, weights))),
        array("matmul_scales", "[kChannels]{bias, multiplier}", pairs),
        array("matmul_expected", "[kPixels][kChannels], 8 bits each", b"".join(map(bytes, output))),
        "#endif", ""]
    return "\n".join(parts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the file, write nothing")
    parser.add_argument("--output", type=Path, default=HEADER, help="the header (default: sw/apps)")
    arguments = parser.parse_args()
    text = make_header()
    if not arguments.check:
        arguments.output.write_text(text, encoding="ascii")
        return 0
    if arguments.output.read_text(encoding="ascii") == text:
        return 0
    print(f"{arguments.output}: differs from what matmul_golden.py makes", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
