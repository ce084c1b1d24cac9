# SPDX-License-Identifier: Apache-2.0
"""C tables of a network for the runtime in sw/network, and its numbers as binary files."""

from __future__ import annotations

import numpy as np

from flexv_tools.deploy.evaluator import packed
from flexv_tools.deploy.graph import Add, Average, Dense, Ints, Layer, Maximum, Network, Tensor
from flexv_tools.deploy.planner import Plan
from flexv_tools.deploy.tiler import Tiling, parts_of, scales_at, weight_pitch, weight_row_bytes

KINDS = {
    "convolution": "kNetworkConvolution",
    "depthwise": "kNetworkDepthwise",
    "sums": "kNetworkSums",
    "average": "kNetworkAverage",
    "maximum": "kNetworkMaximum",
    "add": "kNetworkAdd",
}
LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"


def tables(network: Network, tilings: list[Tiling], plan: Plan, l1_bytes: int) -> str:
    """network_tables.h: one row a layer."""
    places, weights = [], 0
    for tiling in tilings:
        places.append(row(tiling, plan, weights))
        weights += -(-len(weight_data(tiling)) // 16) * 16
    numbers = " ".join(f"X({number})" for number in range(1, len(tilings) + 1))
    regions = "\n".join(
        f'FLEXV_REGION({number}, "{c_text(tiling.layer.name)}");' for number, tiling in enumerate(tilings, 1)
    )
    return (
        f"{LICENCE}// {c_comment(network.name)}, made by scripts/deploy; do not edit.\n"
        f"{regions}\n"
        f"#define NETWORK_LAYERS {len(tilings)}\n"
        f"#define NETWORK_L1_BYTES {l1_bytes}\n"
        f"#define NETWORK_FOR_EACH_LAYER(X) {numbers}\n"
        "extern uint8_t network_memory[], network_weights[];\n"
        "static const struct NetworkLayer network_layers[NETWORK_LAYERS] = {\n" + "".join(places) + "};\n"
    )


def c_text(name: str) -> str:
    """For a string of C: what a name may hold and a compiler not."""
    return "".join(c if c.isalnum() or c in " ._-/:+" else "_" for c in name)[:60]


def c_comment(name: str) -> str:
    return c_text(name).replace("*/", "")


def row(tiling: Tiling, plan: Plan, weights: int) -> str:
    layer, p = tiling.layer, tiling.places
    fields = {
        "kind": KINDS[layer.kind],
        "input": tensor_text(layer.input, plan),
        "second": tensor_text(layer.inputs[1], plan) if isinstance(layer, Add) else "{0}",
        "output": tensor_text(layer.output, plan),
        "height": layer.input.height,
        "width": layer.input.width,
        "channels": layer.input.stored_channels,
        "out_height": layer.output.height,
        "out_width": layer.output.width,
        "out_channels": layer.output.stored_channels,
        "kernel_height": layer.window.kernel[0],
        "kernel_width": layer.window.kernel[1],
        "stride": layer.window.stride,
        "pad_top": layer.window.pads[0],
        "pad_left": layer.window.pads[1],
        "pad_bottom": layer.window.pads[2],
        "pad_right": layer.window.pads[3],
        "tile_rows": tiling.rows,
        "tile_channels": tiling.channels,
        "tile_inputs": tiling.inputs,
        "row_tiles": tiling.row_tiles,
        "input_parts": tiling.input_parts,
        "tiles": tiling.count,
        "is_prefetched": str(tiling.is_prefetched).lower(),
        "places": "{" + f"{pair(p.input)}, {pair(p.second)}, {pair(p.output)}, {pair(p.weights)}, {pair(p.scales)}, "
        f"{p.workspace}, {p.bytes}, {pair(p.sums)}" + "}",
    } | own_fields(tiling, weights)
    body = ", ".join(f".{name} = {value}" for name, value in fields.items())
    return f"    {{{body}}},  // {c_comment(layer.name)}\n"


def own_fields(tiling: Tiling, weights: int) -> dict[str, object]:
    layer = tiling.layer
    if isinstance(layer, Dense):
        fields: dict[str, object] = {
            "weights": f"network_weights + {weights}",
            "scales": f"(const struct ChannelScale*)(const void*)(network_weights + {weights + scales_at(tiling)})",
            "weight_bits": layer.weight_bits,
            "shift": layer.shift,
            "weight_bytes": weight_row_bytes(layer, tiling.inputs),
            "last_weight_bytes": weight_row_bytes(layer, parts_of(tiling)[-1]),
            "weight_pitch": weight_pitch(layer, tiling.inputs),
        }
        is_divided = tiling.input_parts > 1
        if layer.multipliers is not None and (layer.output.format.bits == 8 or layer.is_narrowed or is_divided):
            fields |= {"low": layer.low, "high": layer.high, "is_narrowed": str(layer.is_narrowed).lower()}
        return fields
    if isinstance(layer, Average):
        return {"factor_a": layer.multiplier, "bias": layer.bias, "shift": layer.shift}
    if isinstance(layer, Add):
        a, b = layer.factors
        return {"factor_a": a, "factor_b": b, "bias": layer.bias, "shift": layer.shift}
    assert isinstance(layer, Maximum)
    return {}


def pair(values: tuple[int, int]) -> str:
    return f"{{{values[0]}, {values[1]}}}"


def tensor_text(tensor: Tensor, plan: Plan) -> str:
    pitch = (tensor.whole or tensor).pixel_bytes
    signed = str(tensor.format.signed).lower()
    return f"{{network_memory + {plan.place_of(tensor)}, {pitch}, {tensor.format.bits}, {signed}}}"


# --- numbers


def weight_data(tiling: Tiling) -> bytes:
    """Weights, part by part, rows filled up with zeros, then a bias and a multiplier for each channel."""
    layer = tiling.layer
    if not isinstance(layer, Dense):
        return b""
    rows = weight_rows(layer, parts_of(tiling))
    multipliers = np.ones_like(layer.biases) if layer.multipliers is None else layer.multipliers
    scales: bytes = np.stack([layer.biases, multipliers], axis=1).astype("<i4").tobytes()
    return rows + bytes(scales_at(tiling) - len(rows)) + scales


def weight_rows(layer: Dense, parts: list[int]) -> bytes:
    data, first = b"", 0
    for inputs in parts:
        flat: Ints = layer.weights[..., first : first + inputs].reshape(layer.weights.shape[0], -1)
        each = weight_row_bytes(layer, inputs) * 8 // layer.weight_bits
        padded = np.zeros((flat.shape[0], each), np.int64)
        padded[:, : flat.shape[1]] = flat
        data += packed(padded, layer.weight_bits)
        first += inputs
    return data


def weights_of(tilings: list[Tiling]) -> bytes:
    data = b"".join(part + bytes(-len(part) % 16) for part in (weight_data(tiling) for tiling in tilings))
    return data or bytes(16)


def assembly(network: Network, plan: Plan) -> str:
    """network_data.S: weights beside the program; memory for activations, in which the input lies and the
    output is found by the simulator's --signature."""
    output = network.output
    begin = plan.place_of(output)
    size = -(-(output.whole or output).size_bytes // 4) * 4
    return f"""{LICENCE}// Made by scripts/deploy; do not edit.
    .section .rodata.network, "a"
    .balign 16
    .globl  network_weights
network_weights:
    .incbin "weights.bin"

    .section .data.network, "aw"
    .balign 16
    .globl  network_memory, network_input, begin_signature, end_signature
network_memory:
    .incbin "memory.bin"
    .set    network_input, network_memory + {plan.place_of(network.input)}
    .set    begin_signature, network_memory + {begin}
    .set    end_signature, network_memory + {begin + size}
"""


def memory_of(network: Network, plan: Plan, sample: Ints) -> bytes:
    """Activations before the run: the input in its place."""
    memory = bytearray(-(-plan.activation_bytes // 16) * 16 + 16)
    data = packed(sample, network.input.format.bits)
    place = plan.place_of(network.input)
    memory[place : place + len(data)] = data
    return bytes(memory)

