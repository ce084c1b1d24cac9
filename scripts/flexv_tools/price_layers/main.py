# SPDX-License-Identifier: Apache-2.0
"""Measure what layers take, for the predictions of scripts/deploy: random networks run on the platform, and prices of pieces of the
kernels' code are fitted to them (scripts/flexv_tools/deploy/prices.json).

    scripts/price_layers                         measures, fits, writes prices.json: an hour of processor time
    scripts/price_layers --samples FILE.json     keeps what was measured, or fits to what FILE has without measuring
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from flexv_tools import simulator
from flexv_tools.deploy import cost
from flexv_tools.deploy.graph import Unsupported
from flexv_tools.errors import Failure
from flexv_tools.price_layers import fit, networks
from flexv_tools.price_layers.measure import Sample, measure

NETWORKS = 130
OTHERS = ((networks.residual_network, 5), (networks.wide_network, 8))  # and one of each of these for so many of them
FIRST_SEED = 10_000  # far from those of the tests


Job = tuple[Callable[[int], Any], int]  # what makes a network, seed


def measured(program: Path, job: Job) -> list[Sample]:
    make, seed = job
    try:
        return measure(program, make(seed), seed)
    except Unsupported as error:  # a tile that fits no small L1, a network without layers
        print(f"seed {seed}: {error}", file=sys.stderr)
        return []


def survey(program: Path, count: int, processes: int) -> list[Sample]:
    found: list[Sample] = []
    jobs: list[Job] = [(networks.network, FIRST_SEED + number) for number in range(count)]
    jobs += [(make, FIRST_SEED + number) for make, each in OTHERS for number in range(count // each)]
    with ProcessPoolExecutor(processes) as pool:
        for number, samples in enumerate(pool.map(partial(measured, program), jobs), 1):
            found += samples
            print(f"\r{number} of {len(jobs)} networks, {len(found)} layers", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


def samples_for(options: argparse.Namespace) -> list[Sample]:
    if options.samples is not None and options.samples.is_file():
        return [Sample(**each) for each in json.loads(options.samples.read_text())]
    if not options.program.is_file():
        raise Failure(f"{options.program}: not found; scripts/demo builds it")
    found = survey(options.program, options.networks, options.jobs)
    if options.samples is not None:
        options.samples.write_text(json.dumps([asdict(each) for each in found]) + "\n")
    return found


def summary(prices: cost.Prices, samples: list[Sample]) -> dict[str, Any]:
    """How well prices explain what was measured, class by class."""
    found = {}
    for kind in prices:
        errors = [abs(fit.error_of(prices, each)) for each in samples if each.kind == kind]
        within = sum(error <= 0.05 for error in errors) / len(errors)
        found[kind] = {"layers": len(errors), "within_5_percent": round(within, 3), "largest_error": round(max(errors), 3)}
    return found


def read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/price_layers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--networks", type=int, default=NETWORKS, metavar="N", help="random networks (default %(default)s)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="at once (default %(default)s)")
    parser.add_argument("--samples", type=Path, metavar="FILE.json", help="what was measured: read if it is there, else written")
    parser.add_argument("--out", type=Path, default=cost.PRICES, metavar="FILE.json", help="prices (default: those that deploy uses)")
    parser.add_argument("--program", type=Path, default=simulator.PROGRAM, help="the simulator")
    options = parser.parse_args(arguments)
    if options.networks < 1 or options.jobs < 1:
        parser.error("--networks and --jobs must be positive")
    return options


def main(arguments: list[str] | None = None) -> int:
    try:
        options = read_arguments(arguments)
        samples = samples_for(options)
        prices = fit.fitted(samples)
        seen = summary(prices, samples)
        options.out.write_text(json.dumps({"measured": seen, "cycles": prices}, indent=1) + "\n")
    except (Failure, OSError, ValueError) as error:
        print(f"price_layers: error: {error}", file=sys.stderr)
        return 2
    for kind, each in seen.items():
        print(f"{kind:20} {each['layers']:5} layers, {100 * each['within_5_percent']:5.1f} % within 5 %, "
              f"at most {100 * each['largest_error']:.1f} %")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
