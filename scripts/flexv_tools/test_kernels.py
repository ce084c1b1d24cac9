# SPDX-License-Identifier: Apache-2.0
"""Run the layers of sw/kernels on random shapes, in all builds and with several numbers of cores.

Each seed makes new cases (sw/golden/layers_golden.py) with their expected outputs; a failure prints
the seed that repeats it. Needs build/release/flexv-vp and the cross compiler; scripts/test runs one
fixed seed, this is for more. Exit status: 0 all right, 1 a case differs, 2 nothing could be run.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import time
from pathlib import Path

from flexv_tools.commands import output_of
from flexv_tools.errors import Failure
from flexv_tools.simulator import PROGRAM, ROOT

BUILD = ROOT / "build/sw-seeds"
BUILDS = ("flexv", "xpulpnn", "xpulpv2")
TARGETS = [f"test_layers_{isa}.elf" for isa in BUILDS]


def build(seed: int, cases: int) -> None:
    arguments = f"--seed;{seed};--random;{cases};--no-matrix"
    configure: list[str | Path] = ["cmake", "-S", "sw", "-B", BUILD, "-G", "Ninja",
                 f"-DFLEXV_LAYER_CASES={arguments}"]
    compile_: list[str | Path] = ["ninja", "-C", BUILD, *TARGETS]
    for command in (configure, compile_):
        output_of(command)


def run(program: Path, isa: str, cores: int) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [program, "run", BUILD / f"test_layers_{isa}.elf", "--quiet",
               "--set", f"soc.cluster.core.isa={isa}", "--set", f"soc.cluster.core_count={cores}",
               "--max-cycles", "200000000"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def check_seed(program: Path, seed: int, cases: int, core_counts: list[int]) -> bool:
    build(seed, cases)
    right = True
    for isa in BUILDS:
        for cores in core_counts:
            done = run(program, isa, cores)
            passed = done.returncode == 0 and "PASS" in done.stdout
            verdict = "right" if passed else "WRONG"
            print(f"seed {seed}, {isa}, {cores} cores: {verdict}", flush=True)
            if not passed:
                print(done.stdout + done.stderr)
            right &= passed
    return right


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="how many (default: 5)")
    parser.add_argument("--first-seed", type=int, help="instead of a random one")
    parser.add_argument("--cases", type=int, default=150, help="a seed (default: 150)")
    parser.add_argument("--cores", default="8,1,5,16", help="numbers of cores (default: 8,1,5,16)")
    parser.add_argument("--program", type=Path, default=PROGRAM, help="flexv-vp to run")
    options = parser.parse_args()
    start = time.monotonic()
    first = options.first_seed if options.first_seed is not None else random.randrange(10**9)
    core_counts = [int(count) for count in options.cores.split(",")]
    right = True
    try:
        for seed in range(first, first + options.seeds):
            right &= check_seed(options.program, seed, options.cases, core_counts)
    except (Failure, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    runs = options.seeds * len(BUILDS) * len(core_counts)
    print(f"{runs} runs of {options.cases} cases in {time.monotonic() - start:.0f} s: "
          f"{'all right' if right else 'WRONG'}")
    return 0 if right else 1
