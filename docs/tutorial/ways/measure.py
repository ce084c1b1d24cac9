#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Timing and speed of one peripheral, an alarm, that is added in four ways: measure.py PREFIX FOLDER [--loads N] [--rounds N].

PREFIX has an installed flexv with its firmware runtime; FOLDER is where the programs are built. Prints the tables of
docs/tutorial/peripheral.md. Exit status 1 where an interrupt comes later than the quantum allows.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
QUANTA = (1, 16, 256, 1000)  # cycles
CYCLE_NS = 2
TURN_CYCLES = 16  # in which a core that looks has looked again
PATIENCE_SECONDS = 10
WINDOW = ["0x20000000", "4 KiB"]
MODULE, PLUGIN, REMOTE, RTL = WAYS = ("a module, own main", "a plug-in", "another process, Python", "RTL by Verilator")


@dataclass
class Measured:
    numbers: list[int]  # what the firmware has printed
    seconds: float  # of the processor, all processes together


def processor_seconds() -> float:
    """Of everything that has been run."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Bench:
    def __init__(self, prefix: Path, folder: Path) -> None:
        self.prefix, self.folder = prefix.resolve(), folder.resolve()

    def build(self, loads: int, rounds: int) -> None:
        toolchain = self.prefix / "share/flexv_firmware/toolchain.cmake"
        self.make(HERE / "firmware", "firmware", "--toolchain", str(toolchain), f"-DLOADS={loads}", f"-DROUNDS={rounds}")
        self.make(HERE, "ways", f"-DCMAKE_PREFIX_PATH={self.prefix}", "-DCMAKE_BUILD_TYPE=Release")

    def make(self, source: Path, name: str, *options: str) -> None:
        build = str(self.folder / name)
        for command in (["cmake", "-S", str(source), "-B", build, "-G", "Ninja", *options], ["cmake", "--build", build]):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                sys.exit(done.stdout + done.stderr)

    def run(self, way: str, firmware: str, quantum: int) -> Measured:
        image = self.folder / "firmware" / f"{firmware}.elf"
        before = processor_seconds()
        if way in (MODULE, RTL):
            command = [str(self.folder / "ways/ways"), "rtl" if way == RTL else "module", str(quantum), str(image)]
            quiet = os.environ | {"SYSTEMC_DISABLE_COPYRIGHT_MESSAGE": "1"}
            done = subprocess.run([*command, "--quiet"], stdout=subprocess.PIPE, text=True, check=True, env=quiet)
        else:
            done = self.run_program(way, quantum, ["run", str(image), "--quiet"])
        return Measured([int(word) for word in done.stdout.split()], processor_seconds() - before)

    def run_program(self, way: str, quantum: int, arguments: list[str]) -> subprocess.CompletedProcess[str]:
        settings = [f"clock.mhz={1000 // CYCLE_NS}", f"simulation.quantum_cycles={quantum}"]
        peer = None
        if way == PLUGIN:
            device = {"plugin": str(self.folder / "ways/libalarm.so"), "type": "alarm", "window": WINDOW, "irq": "line12"}
            settings.append(f"soc.plugins={json.dumps([device])}")
        else:
            socket = f"unix:{self.folder / 'alarm.socket'}"
            remote = {"name": "alarm", "socket": socket, "window": WINDOW, "irq": ["line12"], "quantum_ns": CYCLE_NS * quantum}
            settings.append(f"soc.remotes={json.dumps([remote])}")
            modules = self.prefix / "lib/python3/dist-packages"
            peer = subprocess.Popen([sys.executable, "-B", HERE / "alarm.py", socket],
                                    env=os.environ | {"PYTHONPATH": str(modules)})  # fmt: skip
        for setting in settings:
            arguments += ["--set", setting]
        try:
            return subprocess.run([self.prefix / "bin/flexv-vp", *arguments], stdout=subprocess.PIPE, text=True, check=True)
        finally:
            if peer:
                try:
                    peer.wait(PATIENCE_SECONDS)
                except subprocess.TimeoutExpired:  # nobody has come
                    peer.kill()


def print_loads(bench: Bench, loads: int) -> None:
    print("| the peripheral is | a load takes, cycles | thousand loads a second of the host |\n| --- | --- | --- |")
    for way in WAYS:
        measured = bench.run(way, "loads", QUANTA[-1])
        least, most = measured.numbers
        cycles = str(least) if least == most else f"{least} to {most}"
        seconds = measured.seconds - bench.run(way, "start", QUANTA[-1]).seconds
        print(f"| {way} | {cycles} | {loads / max(seconds, 1e-6) / 1e3:.3g} |", flush=True)


def print_alarms(bench: Bench) -> bool:
    """Returns whether all of them came as early as they must."""
    print("| the peripheral is | quantum, cycles | late by at most, cycles: the core looks | it sleeps |\n| --- | --- | --- | --- |")
    holds = True
    for way in WAYS:
        exact: dict[str, list[int]] = {}
        for quantum in QUANTA:
            late = []
            for firmware in ("computing", "sleeping"):
                seen = bench.run(way, firmware, quantum).numbers
                pairs = zip(seen, exact.setdefault(firmware, seen))
                late.append(max(max(now - at_best for now, at_best in pairs), 0))
            allowed = quantum * (2 if way == REMOTE else 1) + TURN_CYCLES
            holds = holds and max(late) < allowed
            print(f"| {way} | {quantum} | {late[0]} | {late[1]} |", flush=True)
    return holds


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split(":", maxsplit=1)[0])
    parser.add_argument("prefix", type=Path, metavar="PREFIX", help="where flexv is installed")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="for what is built")
    parser.add_argument("--loads", type=int, default=20000, help="whose speed is measured")
    parser.add_argument("--rounds", type=int, default=50, help="alarms a row")
    options = parser.parse_args()
    bench = Bench(options.prefix, options.folder)
    bench.build(options.loads, options.rounds)
    print_loads(bench, options.loads)
    return 0 if print_alarms(bench) else 1


if __name__ == "__main__":
    sys.exit(main())
