#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random firmware against all peripherals: every core stores random values of every width to random places of the
register map, loads, sleeps, and switches interrupts on and off, while timers, DMA, UART and the other cores raise
them at whatever cycle comes. Refused accesses are answered and the firmware goes on. The platform must neither
break (103, a sanitizer's word, a hang) nor give two results for one program. The configurations that the program ships
take turns; where a fabric controller boots, it starts the cluster and then does as the cores do.

    peripherals.py PROGRAM [--runs 30] [--seed 1] [--first 0]     the same numbers make the same firmware, for one configuration
    peripherals.py PROGRAM --seconds 600 --seed 7                 as many as the time allows
    peripherals.py PROGRAM --keep FOLDER                          leaves the images of failures there
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/program"))
import images  # noqa: E402

CONFIGURATIONS = sorted(path.stem for path in (ROOT / "platform/data/config").glob("*.json"))
PATIENCE = 120.0  # seconds
CYCLES = 20_000
CORES = 8
OPERATIONS = 250  # of a core, again and again

# First address and bytes of what firmware may touch; source: docs/reference/registers.md, platform/system/memory_map.hpp.
PLACES = [
    (0x10200000, 0x400, 8),  # cluster control
    (0x10200400, 0x400, 20),  # timer
    (0x10200800, 0x800, 20),  # event unit
    (0x10201000, 0x400, 1),  # accelerators: a hole
    (0x10201400, 0x400, 5),  # instruction cache
    (0x10201800, 0x800, 15),  # DMA
    (0x10202000, 0x400, 2),  # HMR
    (0x10204000, 0x400, 25),  # event unit, the core's own port
    (0x10204400, 0x400, 20),  # DMA, the core's own port
    (0x10000000, 0x20000, 10),  # TCDM
    (0x10100000, 0x20000, 3),  # TCDM, test and set
    (0x1A100000, 0x40, 3),  # FLLs
    (0x1A101000, 0x1000, 1),  # GPIO
    (0x1A102000, 0x100, 10),  # uDMA and its UART
    (0x1A104000, 0x200, 4),  # SoC control
    (0x1A105000, 0x1000, 1),  # advanced timer
    (0x1A106000, 0x200, 8),  # SoC events
    (0x1A109800, 0x100, 6),  # interrupt controller
    (0x1A10B000, 0x40, 6),  # timer of the fabric controller
    (0x1A10F000, 0x200, 2),  # stdout
    (0x1C010000, 0x10000, 8),  # L2
    (0x00000000, 0x400000, 2),  # the cluster's alias
    (0x20000000, 0x10000000, 1),  # nothing
]
ENDS = (0x10200000, 0x1A1040A0)  # a store here ends the run
CSRS = (0x300, 0x304, 0x305, 0x340, 0x341, 0x342, 0x343, 0x7C0, 0x7C1, 0x7C2, 0x010, 0x014, 0xCC0, 0xCC1, 0xF14)
VALUES = (0, 1, 2, 0x10, 0x80, 0xFF, 0x400, 0x800, 0xC00, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x10000000, 0x1C010000)
SCRATCH = 31  # of the handler alone
FABRIC_HARTID = 0x3E0
VECTORS = 32

MRET, WFI = 0x30200073, 0x10500073


def csr(kind: int, rd: int, number: int, source: int) -> int:
    """csrrw 1, csrrs 2, csrrc 3; with an immediate 5, 6, 7"""
    return number << 20 | source << 15 | kind << 12 | rd << 7 | 0x73


def handler() -> list[int]:
    """Goes on behind an instruction that traps, and with the one that an interrupt came before."""
    return [
        csr(2, SCRATCH, 0x342, 0),
        SCRATCH << 15 | 4 << 12 | 0x63 | 8 << 8,  # bltz: an interrupt; over the four words below
        csr(2, SCRATCH, 0x341, 0),
        images.addi(SCRATCH, SCRATCH, 4),
        csr(1, 0, 0x341, SCRATCH),
        MRET,
    ]


def store(kind: int, source: int, base: int) -> int:
    return source << 20 | base << 15 | kind << 12 | 0x23


def load(kind: int, rd: int, base: int) -> int:
    return base << 15 | kind << 12 | rd << 7 | 0x03


class Writer:
    """One random firmware."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.is_calm = chance.random() < 0.5  # words at aligned places: gets further into the blocks

    def value(self) -> int:
        kind = self.chance.random()
        if kind < 0.3:
            return self.chance.choice(VALUES)
        if kind < 0.5:
            return 1 << self.chance.randrange(32)
        if kind < 0.7:
            return self.chance.randrange(4096)
        return self.chance.getrandbits(32)

    def address(self) -> int:
        first, size, _ = self.chance.choices(PLACES, [weight for _, _, weight in PLACES])[0]
        address = first + self.chance.randrange(size)
        if self.is_calm or self.chance.random() < 0.8:
            address &= ~3
        return address + 4 if address in ENDS and self.chance.random() < 0.98 else address

    def access(self) -> list[int]:
        words = [*images.load(5, self.address()), *images.load(6, self.value())]
        width = 2 if self.is_calm else self.chance.choice([0, 1, 2, 2, 2])
        if self.chance.random() < 0.65:
            return [*words, store(width, 6, 5)]
        return [*words, load(self.chance.choice([width, width, 4 if width == 0 else width]), 7, 5)]

    def operation(self) -> list[int]:
        kind = self.chance.random()
        if kind < 0.75:
            return self.access()
        if kind < 0.80:  # a sleeping read of the event unit
            offset = self.chance.choice([0x38, 0x3C, 0x40, 0x80, 0xC0, 0x100, 4 * self.chance.randrange(256)])
            return [*images.load(5, images.EVENT_UNIT + offset), images.sleep_for_event(7, 0, 5)]
        if kind < 0.88:  # interrupts on or off
            return [csr(self.chance.choice([6, 6, 7]), 0, 0x300, 8)]
        if kind < 0.92:
            return [*images.load(5, self.value()), csr(self.chance.choice([1, 2, 3]), 6, self.chance.choice(CSRS), 5)]
        if kind < 0.93:
            return [WFI]
        return [images.addi(8, 8, 1)] * self.chance.randrange(1, 40)  # time passes

    def core(self) -> list[int]:
        words: list[int] = []
        for _ in range(OPERATIONS):
            words += self.operation()
        return words

    def fabric(self) -> list[int]:
        """What the fabric controller does first: the cluster's cores start as it did."""
        words = [*images.load(5, images.BASE), csr(1, 0, 0x305, 5)]  # mtvec
        for core in range(CORES):
            words += images.store(images.CONTROL + 0x40 + 4 * core, images.ENTRY)
        return [*words, *images.store(images.CONTROL + 8, (1 << CORES) - 1)]

    def image(self) -> images.Image:
        vectors_and_room = VECTORS
        fabric = self.fabric()
        dispatch = [images.read_csr(6, images.MHARTID), images.addi(7, 6, -FABRIC_HARTID)]
        dispatch += [images.branch_not_zero(7, 4 * (len(fabric) + 1)), *fabric]
        dispatch.append(6 << 15 | 7 << 12 | 6 << 7 | 31 << 20 | 0x13)  # andi: the core's number
        blocks = [self.core() for _ in range(CORES)]
        start = vectors_and_room + len(dispatch) + 3 * CORES + 1
        body: list[int] = []
        for index, block in enumerate(blocks):
            here = vectors_and_room + len(dispatch) + 2  # of the jump
            target = start + len(body)
            dispatch += [
                images.addi(7, 6, -index),
                images.branch_not_zero(7, 8),
                images.jump(4 * (target - here)),
            ]
            body += [*block, images.jump(-4 * len(block))]
        dispatch.append(images.jump(0))  # harts beyond the blocks
        code = [0] * vectors_and_room + dispatch + body
        at_handler = len(code)
        code += handler()
        for vector in range(VECTORS):
            code[vector] = images.jump(4 * (at_handler - vector))
        return images.Image(code, [(b"fuzz", VECTORS, at_handler - VECTORS), (b"handler", at_handler, 6)], base=images.BASE)


@dataclass
class Result:
    status: int
    errors: str
    report: str
    output: bytes


def simulate(program: str, folder: Path, configuration: str, settings: list[str]) -> Result:
    options = ["--config", configuration, *(word for setting in settings for word in ("--set", setting))]
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    command = [program, "run", str(folder / "fuzz.elf"), "--max-cycles", str(CYCLES), "--quiet", *options]
    done = subprocess.run([*command, "--report", str(report)], capture_output=True, timeout=PATIENCE, check=False)
    values = json.loads(report.read_text()) if report.exists() else {}
    values.pop("host", None)
    return Result(done.returncode, done.stderr.decode(errors="replace"), json.dumps(values), done.stdout)


def faults_of(program: str, seed: int, number: int, folder: Path) -> str:
    """What is wrong with the runs of one firmware; empty for nothing."""
    chance = random.Random(f"{seed}:{number}")
    Writer(chance).image().write(str(folder / "fuzz.elf"))
    configuration = CONFIGURATIONS[number % len(CONFIGURATIONS)]
    settings = ["soc.bus_errors=respond"] if chance.random() < 0.9 else []
    if chance.random() < 0.2:
        settings.append(f"soc.cluster.core_count={chance.choice([1, 3, 16])}")
    first: Result | None = None
    for quantum in (1000, chance.choice([1, 7, 100_000])):
        try:
            result = simulate(program, folder, configuration, [*settings, f"simulation.quantum_cycles={quantum}"])
        except subprocess.TimeoutExpired:
            return f"{configuration}, {settings}: hangs with a quantum of {quantum}"
        if result.status not in {*range(100), 102, 104, 105}:
            return f"{configuration}, {settings}: status {result.status}\n{result.errors[-3000:]}"
        if first and (first.status, first.report, first.output) != (result.status, result.report, result.output):
            return f"{configuration}, {settings}: a quantum of 1000 and one of {quantum} give two results"
        first = result
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first firmware")
    parser.add_argument("--seconds", type=float, default=0.0, help="go on for so long, whatever --runs says")
    parser.add_argument("--keep", type=Path, help="folder for the images of failures")
    options = parser.parse_args()
    end = time.monotonic() + options.seconds
    number, failed = options.first, 0
    with tempfile.TemporaryDirectory(prefix="flexv-fuzz-") as scratch:
        while time.monotonic() < end if options.seconds else number < options.first + options.runs:
            fault = faults_of(options.program, options.seed, number, Path(scratch))
            if fault:
                failed += 1
                print(f"firmware {number} of seed {options.seed}: {fault}", file=sys.stderr)
                if options.keep:
                    options.keep.mkdir(parents=True, exist_ok=True)
                    (Path(scratch) / "fuzz.elf").rename(options.keep / f"{options.seed}_{number}.elf")
            number += 1
    print(f"{number - options.first} firmwares with seed {options.seed}, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
