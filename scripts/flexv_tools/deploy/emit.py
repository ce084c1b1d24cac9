# SPDX-License-Identifier: Apache-2.0
"""C tables of a network for the runtime in sw/network, and its numbers as binary files."""

from __future__ import annotations

import numpy as np

from flexv_tools.deploy import prefetch
from flexv_tools.deploy.evaluator import packed
from flexv_tools.deploy.graph import Add, Average, Dense, Ints, Layer, Maximum, Network, Tensor
from flexv_tools.deploy.planner import Plan
from flexv_tools.deploy.tiler import Tiling, parts_of, weight_bytes, weight_pitch, weight_row_bytes, weights_at

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
    """network_tables.h: one row a layer; blocks and pieces of weights that come from external memory."""
    places, weights, extra = [], 0, stream_text(plan, len(tilings))
    for number, (tiling, following) in enumerate(zip(tilings, [*tilings[1:], None])):
        places.append(row(number, tiling, following, plan, weights))
        weights += weight_bytes(tiling)
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
        "extern uint8_t network_memory[], network_external[], network_weights[];\n"
        f"{extra}"
        "static const struct NetworkLayer network_layers[NETWORK_LAYERS] = {\n" + "".join(places) + "};\n"
    )


def stream_text(plan: Plan, layers: int) -> str:
    if plan.schedule is None:
        return ""
    text = ""
    for number in range(layers):
        blocks = plan.schedule.of_layer(number)
        if any(block.staged for block in blocks):
            each = ", ".join(f"{{network_memory + {block.place or 0}, {block.staged}}}" for block in blocks)
            text += f"static const struct NetworkBlock network_blocks_{number}[] = {{{each}}};\n"
    pieces = plan.schedule.pieces
    if pieces:
        each = ",\n".join(
            f"    {{network_weights + {piece.source}, network_memory + {piece.place}, {piece.via}, {piece.tile}, {piece.bytes}}}"
            for piece in pieces
        )
        text += f"#define NETWORK_PIECES {len(pieces)}\n"
        text += f"static const struct NetworkPiece network_pieces[NETWORK_PIECES] = {{\n{each},\n}};\n"
    return text


def c_text(name: str) -> str:
    """For a string of C: what a name may hold and a compiler not."""
    return "".join(c if c.isalnum() or c in " ._-/:+" else "_" for c in name)[:60]


def c_comment(name: str) -> str:
    return c_text(name).replace("*/", "")


def row(number: int, tiling: Tiling, following: Tiling | None, plan: Plan, weights: int) -> str:
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
        "stride_y": layer.window.strides[0],
        "stride_x": layer.window.strides[1],
        "pad_top": layer.window.pads[0],
        "pad_left": layer.window.pads[1],
        "pad_bottom": layer.window.pads[2],
        "pad_right": layer.window.pads[3],
        "tile_rows": tiling.rows,
        "tile_channels": tiling.channels,
        "first_rows": tiling.row_spans[0].count,
        "first_channels": tiling.channel_spans[0].count,
        "tile_inputs": tiling.inputs,
        "row_tiles": tiling.row_tiles,
        "input_parts": tiling.input_parts,
        "tiles": tiling.count,
        "is_prefetched": boolean(tiling.links.is_prefetched),
        "is_input_here": boolean(tiling.links.is_input_here),
        "is_second_here": boolean(tiling.links.is_second_ahead),
        "is_result_awaited": boolean(tiling.links.is_result_awaited),
        "ahead": ahead_text(following, plan),
        "places": "{" + f"{pair(p.input)}, {pair(p.second)}, {pair(p.output)}, {pair(p.weights)}, {pair(p.scales)}, "
        f"{p.workspace}, {p.bytes}, {pair(p.sums)}" + "}",
    } | own_fields(number, tiling, plan, weights)
    body = ", ".join(f".{name} = {value}" for name, value in fields.items())
    return f"    {{{body}}},  // {c_comment(layer.name)}\n"


def ahead_text(following: Tiling | None, plan: Plan) -> str:
    """Inputs of the next layer's first tile that come during the last one of this layer."""
    texts = ["{0}", "{0}"]
    if following is not None:
        links, first = following.links, prefetch.operand_region(following, 0)
        p = following.places
        for number, (is_ahead, place) in enumerate(((links.is_input_ahead, p.input[0]), (links.is_second_ahead, p.second[0]))):
            if is_ahead:
                tensor = following.layer.inputs[number]
                count = min(first.channels.count, tensor.stored_channels)
                texts[number] = (f"{{{address_of(tensor, plan)}, {place}, {first.rows.count * tensor.width}, "
                                 f"{count * tensor.format.bits // 8}, {(tensor.whole or tensor).pixel_bytes}}}")  # fmt: skip
    return "{" + ", ".join(texts) + "}"


def boolean(value: bool) -> str:
    return str(value).lower()


def own_fields(number: int, tiling: Tiling, plan: Plan, weights: int) -> dict[str, object]:
    layer, p = tiling.layer, tiling.places
    if isinstance(layer, Dense):
        fields: dict[str, object] = {
            "weights": f"network_weights + {weights + weights_at(tiling)}",
            "scales": f"(const struct ChannelScale*)(const void*)({scales_text(number, plan, weights)})",
            "weight_bits": layer.weight_bits,
            "shift": layer.shift,
            "weight_bytes": weight_row_bytes(layer, tiling.inputs),
            "last_weight_bytes": weight_row_bytes(layer, parts_of(tiling)[-1]),
            "weight_pitch": weight_pitch(layer, tiling.inputs),
            "filling": layer.filling,
            "group": p.group,
        }
        if plan.schedule is not None and any(block.staged for block in plan.schedule.of_layer(number)):
            fields["blocks"] = f"network_blocks_{number}"
        is_divided = tiling.input_parts > 1
        if layer.multipliers is not None and (layer.output.format.bits == 8 or layer.is_narrowed or is_divided):
            fields |= {"low": layer.low, "high": layer.high, "is_narrowed": boolean(layer.is_narrowed)}
        return fields
    if isinstance(layer, Average):
        return {"factor_a": layer.multiplier, "bias": layer.bias, "shift": layer.shift}
    if isinstance(layer, Add):
        a, b = layer.factors
        return {"factor_a": a, "factor_b": b, "bias": layer.bias, "shift": layer.shift}
    assert isinstance(layer, Maximum)
    return {}


def scales_text(number: int, plan: Plan, weights: int) -> str:
    block = plan.schedule.scales_of(number) if plan.schedule is not None else None
    return f"network_weights + {weights}" if block is None or not block.staged else f"network_memory + {block.place}"


def pair(values: tuple[int, int]) -> str:
    return f"{{{values[0]}, {values[1]}}}"


def tensor_text(tensor: Tensor, plan: Plan) -> str:
    pitch = (tensor.whole or tensor).pixel_bytes
    signed = boolean(tensor.format.signed)
    return f"{{{address_of(tensor, plan)}, {pitch}, {tensor.format.bits}, {signed}}}"


def address_of(tensor: Tensor, plan: Plan) -> str:
    return f"{'network_external' if plan.is_external(tensor) else 'network_memory'} + {plan.place_of(tensor)}"


# --- numbers


def weight_data(tiling: Tiling) -> bytes:
    """A bias and a multiplier for each channel, then weights, part by part, rows filled up with zeros."""
    layer = tiling.layer
    if not isinstance(layer, Dense):
        return b""
    multipliers = np.ones_like(layer.biases) if layer.multipliers is None else layer.multipliers
    scales: bytes = np.stack([layer.biases, multipliers], axis=1).astype("<i4").tobytes()
    return scales + weight_rows(layer, parts_of(tiling))


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
    """network_data.S: weights beside the program, or in external memory; memory for activations, in which the input lies
    and the output is found by the simulator's --signature."""
    output = network.output
    size = -(-(output.whole or output).size_bytes // 4) * 4
    weights = ".rodata.network, \"a\"" if plan.schedule is None else ".external, \"aw\""
    return f"""{LICENCE}// Made by scripts/deploy; do not edit.
    .section {weights}
    .balign 16
    .globl  network_weights
network_weights:
    .incbin "weights.bin"

    .section .external, "aw"
    .balign 16
    .globl  network_external
network_external:
    .incbin "external.bin"

    .section .data.network, "aw"
    .balign 16
    .globl  network_memory, network_input, begin_signature, end_signature
network_memory:
    .incbin "memory.bin"
    .set    network_input, {address_of(network.input, plan)}
    .set    begin_signature, {address_of(output, plan)}
    .set    end_signature, begin_signature + {size}
"""


def memory_of(network: Network, plan: Plan, sample: Ints, weights: bytes) -> tuple[bytes, bytes]:
    """L2 before the run: the input in its place, weights that stay there; and what lies in external memory behind the
    weights."""
    memory = bytearray(-(-plan.l2_bytes // 16) * 16 + 16)
    external = bytearray(-(-plan.external_bytes // 16) * 16)
    data = packed(sample, network.input.format.bits)
    place = plan.place_of(network.input)
    target = external if plan.is_external(network.input) else memory
    target[place : place + len(data)] = data
    for block in plan.schedule.blocks if plan.schedule is not None else []:
        if block.is_kept and block.place is not None:
            memory[block.place : block.place + block.come] = weights[block.source : block.source + block.come]
    return bytes(memory), bytes(external)
