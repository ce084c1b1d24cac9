# SPDX-License-Identifier: Apache-2.0
"""Deploy a quantised ONNX network: firmware that computes it on the cluster, bit by bit as the evaluator.

    scripts/deploy MODEL.onnx --out FOLDER                        sources, firmware and plan
    scripts/deploy MODEL.onnx --out FOLDER --run [--input X.npy]  and runs it, compares, measures
    ... --input X.npy --labels Y.npy [--samples N]                and says how many are classified as they should be

X.npy: float32 [samples, ...] in the layout of the file's input; without it one sample of random numbers. Writes
FOLDER/src, firmware.elf, plan.json; with --run also output.npy, golden.npy, report.json (of the first sample),
layers.csv and index.html. docs/tutorial/deploy.md shows it step by step.
Exit status: 0; 1 when a result differs from the evaluator's, 2 for a network that is not supported or a mistake in
the call, 130 when interrupted.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from flexv_tools import simulator
from flexv_tools.arrays import read_array
from flexv_tools.deploy import accuracy, build, cost, evaluator, execute, external_plan, importer, integerise, page, planner, prefetch, report, results, settings, tiler
from flexv_tools.deploy.graph import Floats, Ints, Network, Unsupported, json_of
from flexv_tools.deploy.planner import Plan
from flexv_tools.deploy.tiler import Target, Tiling
from flexv_tools.deploy.values import Imported
from flexv_tools.errors import Failure

DEFAULT_L2_BYTES = 0x190000
PROBE_L2_BYTES = 64 << 20  # more than any program takes
SCHEDULE_BYTES = 24 * 1024  # for the tables of blocks and pieces
MOST_L2_BYTES = 32 << 20  # of the platform
MOST_LAYERS = 2047
INTERRUPTED = 130  # as a shell says it
ISAS = ("flexv", "xpulpnn", "xpulpv2")


@dataclass
class Deployment:
    network: Network
    imported: Imported
    tilings: list[Tiling]
    plan: Plan
    target: Target
    l2_bytes: int


def prepare(options: argparse.Namespace) -> Deployment:
    """Everything that is decided before the firmware is built."""
    imported = importer.load(options.model)
    network = integerise.integerise(imported, options.bias)
    if len(network.layers) > MOST_LAYERS:
        raise Failure(f"{options.model}: {len(network.layers):,} layers; expected at most {MOST_LAYERS:,}, a region of the report each")
    l1_bytes = settings.chosen_l1_bytes(options.l1_bytes, Target.l1_bytes, options.set, options.cores, len(network.layers))
    target = Target(options.isa, options.cores, l1_bytes, settings.external_of(options.set) if options.l3 else None)
    if target.external is None:
        tilings = prefetch.chosen(tiler.options_of_all(network.layers, target), target)
        plan = planner.plan(network, tilings, options.l2_bytes)
    else:
        known: tiler.Tiled = {}
        program = code_bytes(network, target, tiler.tile_all(network.layers, target, known=known), options.out)
        tilings, plan = external_plan.plan_external(network, target, options.l2_bytes, program, known)
    return Deployment(network, imported, tilings, plan, target, options.l2_bytes)


def code_bytes(network: Network, target: Target, tilings: list[Tiling], out: Path) -> int:
    """What the program takes of L2: it is linked once with all data outside. What is compiled for that is not compiled again."""
    sample = np.zeros(network.input.shape, np.int64)
    outside = planner.all_outside(network, tilings)
    build.write_sources(out / "src", network, tilings, outside, target, PROBE_L2_BYTES, sample)
    elfs = build.build((out / "src").resolve(), (out / "build").resolve())
    return max(build.program_bytes(elf) for elf in elfs) + SCHEDULE_BYTES


def plan_json(deployment: Deployment) -> dict[str, Any]:
    """plan.json: tiles, places, predicted cycles."""
    network, plan = deployment.network, deployment.plan
    layers = []
    for tiling in deployment.tilings:
        predicted = tiling.predicted
        layers.append(
            json_of(tiling.layer)
            | {
                "tile": {"rows": tiling.rows, "channels": tiling.channels, "inputs": tiling.inputs, "count": tiling.count,
                         "first_rows": tiling.row_spans[0].count, "first_channels": tiling.channel_spans[0].count},
                "l1": asdict(tiling.places),
                "predicted_cycles": round(predicted.cycles),
                "is_prefetched": tiling.links.is_prefetched,
                "is_input_kept": tiling.links.is_input_kept,
                "is_input_ahead": tiling.links.is_input_ahead,
                "is_second_ahead": tiling.links.is_second_ahead,
                "is_result_awaited": tiling.links.is_result_awaited,
                "predicted_dma_cycles": round(predicted.dma_cycles),
                "dma_bytes": predicted.dma_bytes,
            }
        )
    return {
        "network": network.name,
        "isa": deployment.target.isa,
        "bias": network.bias,
        "macs": network.macs,
        "l1_bytes": deployment.target.l1_bytes,
        "l2_bytes": deployment.l2_bytes,
        "weight_bytes": plan.weight_bytes,
        "activation_bytes": plan.activation_bytes,
        "predicted_cycles": round(sum(tiling.predicted.cycles for tiling in deployment.tilings)),
        "external": external_json(plan),
        "input": {"tensor": str(network.input), "scale": float(network.input.scale), "zero": network.input.zero},
        "output": {"tensor": str(network.output), "shape": list(network.output_shape)},
        "layers": layers,
        "tensors": [
            {
                "name": life.tensor.name,
                "bytes": life.tensor.size_bytes,
                "memory": "external" if plan.is_external(life.tensor) else "l2",
                "address": plan.place_of(life.tensor),
                "first_layer": life.begin + 1,
                "last_layer": min(life.end + 1, len(network.layers)),
            }
            for life in plan.lives
        ],
        "notes": network.notes,
    }


def external_json(plan: Plan) -> dict[str, Any] | None:
    """What lies outside of the chip, and when which piece of the weights comes."""
    done = plan.schedule
    if done is None:
        return None
    return {
        "kept_bytes": done.kept_bytes,
        "streamed_bytes": done.streamed_bytes,
        "direct_bytes": done.direct_bytes,
        "activation_bytes": plan.external_bytes,
        "predicted_stalls": round(sum(done.stalls)),
        "pieces": [asdict(piece) for piece in done.pieces],
    }


# --- samples


def read_samples(path: Path | None, network: Network) -> list[Ints]:
    """Quantised samples. Without a file one of random codes, always the same."""
    tensor = network.input
    if path is None:
        codes = np.random.default_rng(1).integers(tensor.range[0], tensor.range[1] + 1, tensor.shape)
        codes[..., tensor.channels :] = 0
        return [codes]
    values = read_array(path)
    if values.dtype.kind not in "fiu" or values.ndim < 1:
        raise Failure(f"{path}: expected numbers, float32 [samples, ...]")
    if not values.size or not np.all(np.isfinite(values)):
        raise Failure(f"{path}: {'numbers that are not finite' if values.size else 'no samples'}; expected finite numbers, one sample or more")
    return [evaluator.quantise_input(network, sample) for sample in shaped(path, values.astype(np.float64), network)]


def shaped(path: Path, values: Floats, network: Network) -> list[Floats]:
    """Samples as [height][width][channels]."""
    tensor = network.input
    wanted = (tensor.channels, tensor.height, tensor.width)
    if network.has_last_channels:
        wanted = (tensor.height, tensor.width, tensor.channels)
        if values.shape[1:] == wanted or values.shape == wanted:
            return list(values.reshape(-1, *wanted))
        raise Failure(f"{path}: has the shape {values.shape}; expected [samples, {', '.join(map(str, wanted))}]")
    if values.shape[1:] == wanted:
        return [sample.transpose(1, 2, 0) for sample in values]
    if values.shape[1:] == (tensor.channels,) and wanted[1:] == (1, 1):
        return [sample.reshape(1, 1, -1) for sample in values]
    if values.shape == wanted:
        return [values.transpose(1, 2, 0)]
    raise Failure(f"{path}: has the shape {values.shape}; expected [samples, {', '.join(map(str, wanted))}]")


def outputs_of(network: Network, stored: list[Ints]) -> npt.NDArray[np.float32]:
    """Dequantised outputs in the shape of the file's, float32 [samples, ...]."""
    outputs: npt.NDArray[np.float32] = np.stack([evaluator.output_of(network, each) for each in stored]).astype(np.float32)
    return outputs


# --- the job


def run_all(deployment: Deployment, elfs: tuple[Path, Path], options: argparse.Namespace) -> tuple[int, list[report.Row]]:
    network, out = deployment.network, options.out
    samples = read_samples(options.input, network)[: options.samples]
    platform = execute.Platform(options.program, platform_arguments(deployment, options))
    runs = []
    for number, sample in enumerate(samples, 1):
        runs.append(execute.run_sample(platform, elfs, network, sample))
        for difference in runs[-1].differences:
            print(f"sample {number}: {difference}", file=sys.stderr)
    golden = [evaluator.run(network, sample)[network.output] for sample in samples]
    np.save(out / "output.npy", outputs_of(network, [run.output for run in runs]))
    np.save(out / "golden.npy", outputs_of(network, golden))
    (out / "report.json").write_text(json.dumps(runs[0].report, indent=2) + "\n")
    rows = report.rows_of(deployment.tilings, runs[0], deployment.target.isa)
    (out / "layers.csv").write_text(report.csv_text(rows))
    (out / "index.html").write_text(
        page.page(network, deployment.plan, deployment.tilings, rows, runs[0], deployment.target.isa, deployment.target.l1_bytes)
    )
    print(report.summary(network, rows, runs[0], len(samples)))
    if deployment.plan.schedule is not None:
        waited = sum(each.external_wait_cycles for each in runs[0].costs)
        print(f"{page.memory_text(deployment.plan)} Waited for what came ahead of time: {waited:,} cycles.")
    if options.labels is not None:
        print(f"platform: {accuracy.said(outputs_of(network, [run.output for run in runs]), options.labels)}")
    return int(any(run.differences for run in runs)), rows


def platform_arguments(deployment: Deployment, options: argparse.Namespace) -> tuple[str, ...]:
    arguments = [f"soc.l2.size_bytes={deployment.l2_bytes}", f"soc.cluster.core.isa={deployment.target.isa}"]
    if deployment.plan.schedule is not None:
        arguments.append(f"{settings.EXTERNAL}.size_bytes={build.external_bytes(deployment.plan)}")
    arguments += [f"soc.cluster.core_count={deployment.target.cores}", *options.set]
    return tuple(part for setting in arguments for part in ("--set", setting))


def deploy_all(options: argparse.Namespace) -> int:
    """By each instruction set, in a folder of its own, and a page that puts them side by side."""
    if options.isa != "all":
        return deploy(options)[0]
    found, status = {}, 0
    results.prepare(options.out, options.model, options.input, options.labels)
    for isa in ISAS:
        print(f"{isa}:")
        own = argparse.Namespace(**{**vars(options), "isa": isa, "out": options.out / isa})
        failed, found[isa] = deploy(own)
        status = max(status, failed)
    if options.run:
        (options.out / "index.html").write_text(page.comparison(options.model.stem, found))
    return status


def deploy(options: argparse.Namespace) -> tuple[int, list[report.Row]]:
    if options.run and not options.program.is_file():
        raise Failure(f"{options.program}: not found; scripts/demo builds it")
    settings.check_settings(options.set)
    results.prepare(options.out, options.model, options.input, options.labels)
    deployment = prepare(options)
    samples = read_samples(options.input, deployment.network)
    sample = samples[0]
    if options.labels is not None:
        accuracy.read_labels(options.labels, len(samples), math.prod(deployment.network.output_shape))
    source = options.out / "src"
    build.write_sources(
        source, deployment.network, deployment.tilings, deployment.plan, deployment.target, options.l2_bytes, sample
    )  # fmt: skip
    (options.out / "plan.json").write_text(json.dumps(plan_json(deployment), indent=2) + "\n")
    elfs = build.build(source.resolve(), (options.out / "build").resolve())
    (options.out / "firmware.elf").write_bytes(elfs[0].read_bytes())
    for note in deployment.network.notes:
        print(f"note: {note}", file=sys.stderr)
    if options.labels is not None:
        print(accuracy.of_evaluators(deployment.imported, deployment.network, samples, options.labels))
    return run_all(deployment, elfs, options) if options.run else (0, [])


def read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/deploy", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path, metavar="MODEL.onnx")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where everything goes")
    parser.add_argument("--isa", choices=(*ISAS, "all"), default="flexv", help="kernels of this instruction set; all: side by "
                        "side, in a folder each")  # fmt: skip
    parser.add_argument("--bias", choices=("sum", "product"), default="sum", help="where dense layers add it: to sums, or "
                        "to products, which is more exact and costs some cycles")  # fmt: skip
    parser.add_argument("--input", type=Path, metavar="X.npy", help="samples to run")
    parser.add_argument("--labels", type=Path, metavar="Y.npy", help="the samples' classes, whole numbers [samples]")
    parser.add_argument("--samples", type=int, metavar="N", help="run the first N samples only (default: all)")
    parser.add_argument("--run", action="store_true", help="run, compare and measure")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="parameter of the platform")
    parser.add_argument("--cores", type=int, default=8, metavar="N", help="cores of the cluster (default 8)")
    parser.add_argument("--l1-bytes", type=int, metavar="N", help="of the TCDM, for tiles (default "
                        f"{Target.l1_bytes}, or what stacks leave)")  # fmt: skip
    parser.add_argument("--l2-bytes", type=int, default=DEFAULT_L2_BYTES, metavar="N", help="of the platform's L2")
    parser.add_argument("--l3", action="store_true", help="weights, and activations for which L2 is too small, lie in external "
                        "memory (soc.external_memory.*) and are brought in while layers are computed")  # fmt: skip
    parser.add_argument("--program", type=Path, default=simulator.PROGRAM, help="the simulator")
    options = parser.parse_args(arguments)
    if options.samples is not None and options.samples < 1:
        parser.error("--samples must be positive")
    if options.labels is not None and options.input is None:
        parser.error("--labels are those of --input")
    if not 1 <= options.cores <= 16:
        parser.error("--cores must be 1..16")
    if options.l1_bytes is not None and options.l1_bytes < settings.LEAST_L1_BYTES:
        parser.error(f"--l1-bytes must be at least {settings.LEAST_L1_BYTES}")
    if not 65536 <= options.l2_bytes <= MOST_L2_BYTES or options.l2_bytes % 4096:
        parser.error(f"--l2-bytes must be 65536 to {MOST_L2_BYTES} and a multiple of 4096")
    return options


def main(arguments: list[str] | None = None) -> int:
    try:
        return deploy_all(read_arguments(arguments))
    except (Failure, Unsupported, OSError) as error:
        print(f"deploy: error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("deploy: interrupted", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
