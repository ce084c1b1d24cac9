# SPDX-License-Identifier: Apache-2.0
"""Runs a random network on the platform: what its layers took, and what code their slowest core passed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flexv_tools.deploy import build, evaluator, execute, main, prefetch
from flexv_tools.deploy.execute import Costs
from flexv_tools.deploy.tiler import Tiling, class_of_tiling, shape_of
from flexv_tools.deploy.work import Cut, Work, both, tile_work, times

L1_BYTES = (0, 0, 24_000, 40_000)  # for tiles; 0: as many as there are
L2_BYTES = 4 << 20


@dataclass(frozen=True)
class Sample:
    """A layer: its class, its work with what surrounds it, cycles without waiting for the DMA."""

    kind: str
    work: Work
    cycles: float


def measure(program: Path, model: Any, seed: int) -> list[Sample]:
    """Of one network; instruction sets, sizes of tiles and places of biases take turns."""
    import onnx  # type: ignore[import]

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        onnx.save(model, str(folder / "net.onnx"))
        l1_bytes = L1_BYTES[seed // 3 % len(L1_BYTES)]
        call = [str(folder / "net.onnx"), "--out", name, "--l2-bytes", str(L2_BYTES), "--isa", main.ISAS[seed % 3]]
        call += ["--l1-bytes", str(l1_bytes)] if l1_bytes else []
        call += ["--bias", "product"] if seed % 7 == 0 else []
        options = main.read_arguments(call)
        deployment = main.prepare(options)
        sample = main.read_samples(None, deployment.network)[0]
        build.write_sources(folder / "src", deployment.network, deployment.tilings, deployment.plan, deployment.target,
                            options.l2_bytes, sample)  # fmt: skip
        elf, _ = build.build(folder / "src", folder / "build")
        platform = execute.Platform(program, main.platform_arguments(deployment, options))
        costs, report = execute.timed(platform, elf, evaluator.packed(sample, deployment.network.input.format.bits), folder)
    cycles = {region["id"]: region["cycles"] for region in report["regions"]}
    return samples_of(deployment.tilings, cycles, costs, deployment.target.isa, deployment.target.cores)


def samples_of(tilings: list[Tiling], cycles: dict[int, float], costs: list[Costs], isa: str, cores: int) -> list[Sample]:
    found = []
    for number, (before, tiling, following) in enumerate(zip([None, *tilings], tilings, [*tilings[1:], None]), 1):
        work = both(layer_work(tiling, isa, cores), prefetch.around_layer(before, tiling, following))
        found.append(Sample(class_of_tiling(tiling), work, cycles[number] - costs[number - 1].wait_cycles))
    return found


def layer_work(tiling: Tiling, isa: str, cores: int) -> Work:
    """Of all its tiles."""
    shape = shape_of(tiling)
    cuts = [Cut(rows.count, channels.count, shape.inputs, shape.input_parts, shape.gathers, shape.group)
            for channels in tiling.channel_spans for rows in tiling.row_spans]  # fmt: skip
    tiles = (times(tile_work(tiling.layer, cut, isa, cores), tiling.input_parts) for cut in cuts)
    return both({"layer": 1, "tile": tiling.count}, *tiles)
