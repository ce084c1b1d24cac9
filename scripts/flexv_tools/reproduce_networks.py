# SPDX-License-Identifier: Apache-2.0
"""The published networks end to end, by scripts/deploy: throughput of three instruction sets, energy a frame.

Weights are synthetic (`scripts/example_network`), which neither cycles nor the number of operations depend on."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from flexv_tools.deploy import build, examples, execute, main, report
from flexv_tools.errors import Failure


@dataclass(frozen=True)
class Published:
    """Valente et al. 2024 (Shaheen), table VI, which attributes MAC/cycle to Nadalini et al. 2023."""

    name: str  # of scripts/example_network
    title: str
    bits: tuple[int, int]
    mac_per_cycle: dict[str, float]  # empty: not published
    millijoules: float | None  # of a frame on Shaheen at 0.8 V, 500 MHz


NETWORKS = (
    Published("mobilenet_8b", "MobileNetV1 0.75 224, 8b", (8, 8), {"xpulpv2": 5.6, "xpulpnn": 6.0, "flexv": 6.0}, 8.55),
    Published("mobilenet_8b4b", "MobileNetV1 0.75 224, 8b4b", (8, 4), {"xpulpv2": 3.2, "xpulpnn": 2.7, "flexv": 5.8}, 8.83),
    Published("resnet20_small_4b2b", "ResNet-20, halved maps, 4b2b", (4, 2), {"xpulpv2": 4.8, "xpulpnn": 4.4, "flexv": 11.2},
              0.15),
    Published("resnet20_4b2b", "ResNet-20, 4b2b", (4, 2), {}, None),
)  # fmt: skip
L2_BYTES = 4 << 20  # all weights; Shaheen has 1 MiB and brings them in from outside
# Limits of what external memory of 0.4 byte a cycle may cost, percent: this project's, by L2 bytes.
EXTERNAL_LIMITS = {0x180000: 1.0, 0x100000: 8.0}
POINT = ("--energy-profile", "shaheen", "--vdd", "0.8", "--mhz", "500")


@dataclass(frozen=True)
class Result:
    macs: int
    cycles: int
    millijoules: float
    layers: int = 0
    unlike: tuple[str, ...] = ()  # layers that take other cycles than predicted, with by how much
    hidden: float = 1.0  # share of the transfers, of layers whose work takes longer

    @property
    def mac_per_cycle(self) -> float:
        return self.macs / self.cycles


def measure(program: Path, network: Published, isa: str, external_l2_bytes: int | None = None) -> Result:
    """One sample; every tensor must equal the evaluator's. With an L2 of `external_l2_bytes` weights lie in external memory."""
    import onnx  # type: ignore[import]

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        onnx.save(examples.NETWORKS[network.name](network.name), str(folder / "net.onnx"))
        call = [str(folder / "net.onnx"), "--out", str(folder), "--isa", isa, "--l2-bytes", str(external_l2_bytes or L2_BYTES)]
        options = main.read_arguments(call + (["--l3"] if external_l2_bytes else []))
        deployment = main.prepare(options)
        sample = main.read_samples(None, deployment.network)[0]
        build.write_sources(folder / "src", deployment.network, deployment.tilings, deployment.plan, deployment.target,
                            options.l2_bytes, sample)  # fmt: skip
        elfs = build.build(folder / "src", folder / "build")
        platform = execute.Platform(program, (*main.platform_arguments(deployment, options), *POINT))
        run = execute.run_sample(platform, elfs, deployment.network, sample)
        if run.differences:
            raise Failure(f"{network.name} by {isa}: {run.differences[0]}")
        rows = report.rows_of(deployment.tilings, run, isa)
    unlike = tuple(f"{row.layer} {row.deviation_percent:+.1f} %" for row in rows if not report.is_as_predicted(row))
    return Result(deployment.network.macs, sum(row.cycles for row in rows), sum(row.energy_uj for row in rows) / 1000, len(rows),
                  unlike, report.hidden_share(rows))  # fmt: skip
