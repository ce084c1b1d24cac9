# SPDX-License-Identifier: Apache-2.0
"""Which instances of the kernels a network needs: masks of sw/kernels/selection.h. All instances would take more of
L2 than the rest of the program."""

from __future__ import annotations

from flexv_tools.deploy.graph import Dense, Depthwise
from flexv_tools.deploy.tiler import Tiling

WIDTHS = {2: 0, 4: 1, 8: 2, 32: 3}


def selection(tilings: list[Tiling]) -> dict[str, int]:
    masks = dict.fromkeys(
        ("KERNELS_PRODUCTS", "KERNELS_SIGNS", "KERNELS_RESULTS", "KERNELS_DEPTHWISE", "KERNELS_DEPTHWISE_RESULTS"), 0
    )
    for tiling in tilings:
        layer = tiling.layer
        if not isinstance(layer, Dense) or layer.kind == "sums":
            continue
        form, output = layer.input.format, layer.output.format
        width = WIDTHS[8 if layer.is_narrowed else output.bits]
        if isinstance(layer, Depthwise):
            if not layer.is_3x3:
                continue
            masks["KERNELS_DEPTHWISE"] |= 1 << 3 * form.signed + WIDTHS[form.bits]
            masks["KERNELS_DEPTHWISE_RESULTS"] |= 1 << width
            continue
        if tiling.input_parts > 1:
            width = WIDTHS[32]
        masks["KERNELS_PRODUCTS"] |= 1 << 3 * WIDTHS[form.bits] + WIDTHS[layer.weight_bits]
        masks["KERNELS_SIGNS"] |= 1 << int(form.signed)
        masks["KERNELS_RESULTS"] |= 1 << 4 * output.signed + width
    return masks
