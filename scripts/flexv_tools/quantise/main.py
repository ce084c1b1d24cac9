# SPDX-License-Identifier: Apache-2.0
"""Quantise a float ONNX network after its training, for scripts/deploy.

    scripts/quantise MODEL.onnx OUT.onnx --samples X.npy [--weights 4] [--activations 8]

X.npy: float32 [samples, channels, height, width], some tens that are like what the network will see. Steps of
activations have the least square error over them; weights have a step for each channel and, below 8 bits, are
chosen by GPTQ; biases take up the mean error that is left. Prints how far each layer's results are from the float
network's (ratio of signal to error, dB) and writes a QCDQ file. Exit status: 0, 2 for what is not supported."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from flexv_tools.arrays import read_array
from flexv_tools.errors import Failure, require_other_file
from flexv_tools.quantise.walk import Row, Widths, quantise

BITS = (2, 4, 8)


def read_samples(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    samples = read_array(path)
    if samples.dtype.kind not in "fiu" or samples.ndim not in (2, 4) or not len(samples):
        raise Failure(f"{path}: has the shape {samples.shape}; expected numbers [samples, channels, height, width]")
    if not np.all(np.isfinite(samples)):
        raise Failure(f"{path}: numbers that are not finite")
    return np.asarray(samples, np.float32)


def text_of(rows: list[Row]) -> str:
    lines = [f"{'layer':32} {'operator':8} {'bits':>4} {'weights dB':>10} {'results dB':>10}"]
    for row in rows:
        lines.append(f"{row.layer[:32]:32} {row.operator:8} {row.bits:4} {row.weight_db:10.1f} {row.output_db:10.1f}")
    return "\n".join(lines)


def run(options: argparse.Namespace) -> int:
    import onnx  # type: ignore[import]

    require_other_file(options.out, options.model, options.samples)
    widths = Widths(options.activations, options.weights, options.edges, options.depthwise, options.method)
    samples = read_samples(options.samples)
    model, walk = quantise(options.model, samples, widths)
    onnx.save(model, str(options.out))
    ratio, same = walk.agreement()
    print(text_of(walk.report))
    print(f"{options.out}: outputs {ratio:.1f} dB, {100 * same:.1f} % of {len(samples)} samples have the same largest output")
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/quantise", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path, metavar="MODEL.onnx")
    parser.add_argument("out", type=Path, metavar="OUT.onnx")
    parser.add_argument("--samples", type=Path, required=True, metavar="X.npy")
    parser.add_argument("--activations", type=int, choices=BITS, default=8)
    parser.add_argument("--weights", type=int, choices=BITS, default=8)
    parser.add_argument("--edges", type=int, choices=BITS, default=8, help="weights of the first and last layer")
    parser.add_argument("--depthwise", type=int, choices=BITS, default=8, help="weights of depthwise layers")
    parser.add_argument("--method", choices=("gptq", "nearest"), default="gptq", help="for weights of less than 8 bits")
    options = parser.parse_args(arguments)
    try:
        return run(options)
    except (Failure, OSError) as error:
        print(f"quantise: error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
