# SPDX-License-Identifier: Apache-2.0
"""Runs a network's firmware on the simulator and compares it with the evaluator, tensor by tensor."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from flexv_tools import simulator
from flexv_tools.deploy import build, evaluator
from flexv_tools.deploy.graph import Ints, Network, Tensor
from flexv_tools.errors import Failure

LAYER_LINE = re.compile(r"layer (\d+): ([0-9a-f]{8}) ([0-9a-f]{8})")
COST_LINE = re.compile(r"cost (\d+): (\d+) bytes, (\d+) cycles, (\d+) for pieces")


@dataclass(frozen=True)
class Costs:
    """Of the DMA in one layer."""

    dma_bytes: int
    wait_cycles: int
    external_wait_cycles: int = 0  # for weights that come from external memory ahead of time


@dataclass
class Run:
    output: Ints
    report: dict[str, Any]
    costs: list[Costs]
    differences: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Platform:
    program: Path
    arguments: tuple[str, ...]


def run_sample(platform: Platform, elfs: tuple[Path, Path], network: Network, sample: Ints) -> Run:
    """One sample on both programs: the measured one, and the one that sums up every layer."""
    values = evaluator.run(network, sample)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = evaluator.packed(sample, network.input.format.bits)
        stdout, report = call(platform, elfs[0], data, folder)
        words = (folder / "signature").read_text().split()
        checks, _ = call(platform, elfs[1], data, folder)
    output = output_of(network.output, words)
    run = Run(output, report, costs_of(stdout))
    run.differences = compare(network, values, output, checks)
    return run


def timed(platform: Platform, elf: Path, data: bytes, folder: Path) -> tuple[list[Costs], dict[str, Any]]:
    """What a run costs, without a comparison."""
    stdout, report = call(platform, elf, data, folder)
    return costs_of(stdout), report


def costs_of(stdout: str) -> list[Costs]:
    return [Costs(int(m[2]), int(m[3]), int(m[4])) for m in COST_LINE.finditer(stdout)]


def call(platform: Platform, elf: Path, data: bytes, folder: Path) -> tuple[str, dict[str, Any]]:
    image, report = folder / "image.elf", folder / "report.json"
    build.with_input(elf, data, image)
    command = [str(platform.program), "run", str(image), "--quiet", "--report", str(report)]
    command += ["--signature", str(folder / "signature"), *platform.arguments]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode != 0:
        said = (done.stdout[-500:] + done.stderr[-1500:]).strip()
        raise Failure(f"{' '.join(command)}: exit status {done.returncode}\n{said}")
    return done.stdout, simulator.load_report(report)


def output_of(tensor: Tensor, words: list[str]) -> Ints:
    data = b"".join(int(word, 16).to_bytes(4, "little") for word in words)
    return evaluator.unpacked(data[: tensor.size_bytes], tensor)


def compare(network: Network, values: dict[Tensor, Ints], output: Ints, checks: str) -> list[str]:
    """What differs: layers by their sums, the output by its numbers. Empty when all is equal."""
    found = {int(m[1]): (int(m[2], 16), int(m[3], 16)) for m in LAYER_LINE.finditer(checks)}
    differences = []
    for number, layer in enumerate(network.layers, 1):
        expected = evaluator.checksum(values[layer.output], layer.output.format.bits)
        if found.get(number) != expected:
            differences.append(
                f"layer {number} {layer.name} ({layer.kind}, {layer.output}): its sums on the platform are "
                f"{found.get(number)}, of the evaluator {expected}"
            )
    wanted = values[network.output][..., : network.output.channels]
    wrong = int(np.count_nonzero(output[..., : network.output.channels] != wanted))
    if wrong:
        differences.append(f"output: {wrong} of {wanted.size} numbers differ from the evaluator's")
    return differences
