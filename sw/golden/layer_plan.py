#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The convolution layers of MobileNetV1 0.75/224 and ResNet-20 with a tiling for the TCDM.

Writes the C header that sw/apps/bench_layers.c includes, or the list as JSON. Layers that occur
several times stand once, with their number. Shapes: Howard 2017 (MobileNetV1), He 2016 (ResNet-20 with
projection shortcuts); precisions as published for the 8b, 8b4b and 4b2b networks.
"""
from __future__ import annotations

import argparse
import itertools
import json
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path

TCDM_BYTES = 104 * 1024  # of 128 KiB; the rest are stacks and small data
CORES = 8
MAX_CORES = 16  # that the workspace serves


@dataclass(frozen=True)
class Layer:
    """A convolution with square input and kernel; depthwise where groups = channels."""

    network: str
    name: str
    size: int
    in_channels: int
    out_channels: int
    kernel: int
    stride: int
    a_bits: int
    w_bits: int
    depthwise: bool = False
    count: int = 1
    o_bits: int = 8
    tile_rows: int = 0  # output rows and channels of a tile
    tile_channels: int = 0

    @property
    def out_size(self) -> int:
        return (self.size + self.stride - 1) // self.stride  # padding keeps the size at stride 1

    @property
    def pads(self) -> tuple[int, int]:
        """Before and after; an odd rest goes behind."""
        total = max(0, (self.out_size - 1) * self.stride + self.kernel - self.size)
        return total // 2, total - total // 2

    @property
    def macs(self) -> int:
        inputs = 1 if self.depthwise else self.in_channels
        return self.out_size ** 2 * self.out_channels * self.kernel ** 2 * inputs


def mobilenet(network: str, pointwise_bits: int) -> list[Layer]:
    channels = [24, 48, 96, 96, 192, 192, 384, 384, 384, 384, 384, 384, 768, 768]
    strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]
    layers = [Layer(network, "conv1", 224, 3, 24, 3, 2, 8, 8)]
    size = 112
    for index, stride in enumerate(strides):
        before, after = channels[index], channels[index + 1]
        layers.append(Layer(network, f"dw{index + 1}", size, before, before, 3, stride, 8, 8, True))
        size //= stride
        layers.append(Layer(network, f"pw{index + 1}", size, before, after, 1, 1, 8,
                            pointwise_bits))
    return layers + [Layer(network, "fc", 1, 768, 1000, 1, 1, 8, 8)]


def resnet20(network: str) -> list[Layer]:
    layers = [Layer(network, "conv1", 32, 3, 16, 3, 1, 8, 8, o_bits=4)]
    before, size = 16, 32
    for stage, after in enumerate((16, 32, 64), start=1):
        stride = 1 if stage == 1 else 2
        body = Layer(network, f"stage{stage}.0.conv1", size, before, after, 3, stride, 4, 2,
                     o_bits=4)
        layers.append(body)
        if stride == 2:
            layers.append(replace(body, name=f"stage{stage}.0.shortcut", kernel=1))
        size //= stride
        layers += [replace(body, name=f"stage{stage}.conv", size=size, in_channels=after, stride=1)
                   for _ in range(5)]
        before = after
    return layers


def merged(layers: list[Layer]) -> list[Layer]:
    """Equal shapes once, under the first name."""
    result: dict[tuple, Layer] = {}
    for layer in layers:
        shape = tuple(asdict(replace(layer, name="", count=1)).values())
        first = result.get(shape)
        result[shape] = replace(first, count=first.count + 1) if first else layer
    return list(result.values())


def pitch(row_bytes: int) -> int:
    """As matmul_pitch(): 4 or 12 words modulo 16."""
    words = (row_bytes + 3) // 4
    rest = words % 16
    return 4 * (words - rest + (4 if rest <= 4 else 12 if rest <= 12 else 20))


def weight_bytes(layer: Layer) -> int:
    """As matmul_weight_bytes()."""
    narrow = min(layer.a_bits, layer.w_bits)
    depth = layer.kernel ** 2 * layer.in_channels
    steps = max((depth * narrow + 31) // 32, 2 if layer.a_bits == layer.w_bits else 1)
    return steps * 4 * layer.w_bits // narrow


def tile_bytes(layer: Layer, rows: int, channels: int) -> int:
    """TCDM of a tiling: inputs, outputs and weights twice, scales and gathered rows once."""
    in_rows = min((rows - 1) * layer.stride + layer.kernel, layer.size)
    inputs = in_rows * layer.size * layer.in_channels * layer.a_bits // 8
    outputs = rows * layer.out_size * channels * layer.o_bits // 8
    if layer.depthwise:
        return 2 * (inputs + outputs) + channels * (8 + layer.kernel ** 2) + 256
    row = weight_bytes(layer)
    gathered = MAX_CORES * 8 * pitch(row * layer.a_bits // layer.w_bits)
    workspace = 0 if layer.kernel == layer.stride == 1 else gathered
    return 2 * (inputs + outputs + channels * pitch(row)) + 8 * channels + workspace + 512


def use_of_cores(layer: Layer, rows: int) -> float:
    """Share of the cores that have a group of four pixels in each round."""
    groups = -(-rows * layer.out_size // 4)
    return groups / (-(-groups // CORES) * CORES)


def tiled(layer: Layer) -> Layer:
    """The tiling that needs fewest tiles among those that keep the cores busy."""
    all_channels = layer.out_channels
    widths = [all_channels] if layer.depthwise else [
        c for c in range(4, all_channels + 1, 4) if c == all_channels or c % 8 == 0]
    best = None
    for rows, channels in itertools.product(range(1, layer.out_size + 1), widths):
        if tile_bytes(layer, rows, channels) > TCDM_BYTES:
            continue
        tiles = -(-layer.out_size // rows) * -(-all_channels // channels)
        cost = tiles / use_of_cores(layer, rows) ** 4
        if best is None or cost < best[0]:
            best = (cost, rows, channels)
    if best is None:
        raise ValueError(f"{layer.network} {layer.name}: not even one row fits the TCDM")
    return replace(layer, tile_rows=best[1], tile_channels=best[2])


def plan() -> list[Layer]:
    light = [layer for layer in merged(mobilenet("mobilenet_8b4b", 4)) if layer.w_bits == 4]
    layers = merged(mobilenet("mobilenet_8b", 8)) + light + merged(resnet20("resnet20_4b2b"))
    return [tiled(layer) for layer in layers]


def make_header(layers: list[Layer]) -> str:
    lines = ["// SPDX-License-Identifier: Apache-2.0",
             "// Made by sw/golden/layer_plan.py; do not edit."]
    lines += [f'FLEXV_REGION({number}, "{layer.network} {layer.name}");'
              for number, layer in enumerate(layers, start=1)]
    lines += ["static const struct LayerPlan plans[] = {"]
    for layer in layers:
        before, after = layer.pads
        numbers = (layer.size, layer.in_channels, layer.out_channels, layer.out_size, layer.kernel,
                   layer.stride, before, after, layer.a_bits, layer.w_bits, layer.o_bits,
                   int(layer.depthwise), layer.tile_rows, layer.tile_channels)
        lines.append("{" + ", ".join(map(str, numbers)) + "},")
    numbers = " ".join(f"X({number})" for number in range(1, len(layers) + 1))
    return "\n".join([*lines, "};", f"#define FOR_EACH_LAYER(X) {numbers}", ""])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the list instead")
    parser.add_argument("output", type=Path, nargs="?", help="the header")
    options = parser.parse_args()
    layers = plan()
    if options.json:
        print(json.dumps([{**asdict(layer), "macs": layer.macs} for layer in layers], indent=1))
    if options.output:
        options.output.write_text(make_header(layers), encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
