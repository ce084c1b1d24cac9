# SPDX-License-Identifier: Apache-2.0
"""Every unmapped address faults and no mapped one does: a core loads words from edges and from random
places."""

from __future__ import annotations

import os
import random
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import runs

SEED = 20231124
RANDOM_LOADS = 160
PLACEHOLDER = (0xFEEDC0DE).to_bytes(4, "little")
FAULT = 102


@dataclass(frozen=True)
class Range:
    """Addresses that answer a load of any word; a core's view, docs/spec/cluster.md section 2."""

    name: str
    first: int
    size: int
    reads_anywhere: bool = True  # False: registers, some of which put the core to sleep or start things

    @property
    def end(self) -> int:
        return self.first + self.size


def cluster(base: int) -> tuple[Range, ...]:
    """The 4 MiB of the own cluster; behind the DMA's demux slot comes nothing that grants."""
    return (
        Range("TCDM, wraps", base, 0x100000),
        Range("test-and-set view", base + 0x100000, 0x100000),
        Range("cluster control", base + 0x200000, 0x400),
        Range("timer", base + 0x200400, 0x400, reads_anywhere=False),
        Range("event unit", base + 0x200800, 0x800, reads_anywhere=False),
        Range("accelerator, tied off", base + 0x201000, 0x400),
        Range("instruction cache control", base + 0x201400, 0x400, reads_anywhere=False),
        Range("DMA", base + 0x201800, 0x800, reads_anywhere=False),
        Range("HMR unit", base + 0x202000, 0x400, reads_anywhere=False),
        Range("event unit, demux", base + 0x204000, 0x400, reads_anywhere=False),
        Range("DMA, demux", base + 0x204400, 0x400, reads_anywhere=False),
    )


MAP = (
    *cluster(0),  # alias
    *cluster(0x10000000),
    Range("FLLs", 0x1A100000, 0x30),
    Range("GPIO, a placeholder", 0x1A101000, 0x1000),
    Range("uDMA, common registers and UART", 0x1A102000, 0x100),
    Range("rest of the uDMA, a placeholder", 0x1A102100, 0x1F00),
    Range("SoC control", 0x1A104000, 0x1000),
    Range("advanced timer, a placeholder", 0x1A105000, 0x1000),
    Range("SoC events", 0x1A106000, 0x1000),
    Range("power management, a placeholder", 0x1A107000, 0x1000),
    Range("clock and FC instruction cache, placeholders", 0x1A108000, 0x1000),
    Range("interrupt controller", 0x1A109800, 0x800),
    Range("FC timer", 0x1A10B000, 0x400),
    Range("FC accelerator, a placeholder", 0x1A10C000, 0x1000),
    Range("stdout", 0x1A10F000, 0x1000, reads_anywhere=False),
    Range("debug unit, a placeholder", 0x1A110000, 0x10000),
    Range("L2", 0x1C000000, 0x190000),
    Range("mock UART", 0x40000000, 0x1000, reads_anywhere=False),
)


def is_mapped(address: int) -> bool:
    return any(place.first <= address < place.end for place in MAP)


def may_be_probed(address: int) -> bool:
    """Where it is known what comes of a load."""
    for place in MAP:
        if place.first <= address < place.end:
            return place.reads_anywhere or address == place.first
    return True


def edges() -> list[int]:
    """Around both ends of each range, at the end of the address space, and in one bit's distance."""
    around = [0xFFFFFFFC, 0x80000000, 0x20000000, 0x1B000000, 0x1A109000, 0x10204800, 0x10400000]
    for place in MAP:
        around += [place.first - 4, place.first, place.end - 4, place.end]
    return sorted({address for address in around if 0 <= address < 1 << 32 and may_be_probed(address)})


def random_addresses(count: int) -> list[int]:
    """Half of them anywhere, half in and around what is mapped."""
    source = random.Random(SEED)
    found: list[int] = []
    while len(found) < count:
        address = source.randrange(0, 1 << 32, 4)
        if len(found) % 2:
            place = source.choice(MAP)
            address = place.first + source.randrange(-place.size, 2 * place.size, 4)
        if 0 <= address < 1 << 32 and may_be_probed(address):
            found.append(address)
    return found


class Probe:
    """probe.S with another address each time: one compilation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        image = folder / "probe.elf"
        runs.assemble(Path(__file__).with_name("probe.S"), image)
        self.template = image.read_bytes()
        assert self.template.count(PLACEHOLDER) == 1

    def load(self, address: int) -> runs.Run:
        image = self.folder / f"{address:08x}.elf"
        image.write_bytes(self.template.replace(PLACEHOLDER, address.to_bytes(4, "little")))
        return runs.simulate(image, {"soc.cluster.core_count": 1}, max_cycles=10_000)


def complaint(address: int, run: runs.Run) -> str:
    """What is wrong with the outcome of a load; empty when nothing is."""
    if is_mapped(address):
        return "" if run.status == 0 else f"{address:#010x} is mapped: status {run.status}, {run.stderr}"
    if run.status != FAULT:
        return f"{address:#010x} is not mapped: status {run.status}, {run.stderr}"
    if f"{address:#010x}" not in run.stderr:
        return f"{address:#010x} is not mapped and the message does not name it: {run.stderr}"
    return ""


@runs.needs_compiler
class AddressLaws(unittest.TestCase):
    def check(self, addresses: list[int]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            probe = Probe(Path(folder))
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                outcomes = list(pool.map(probe.load, addresses))
        complaints = map(complaint, addresses, outcomes)
        self.assertEqual([text for text in complaints if text], [], f"seed {SEED}")

    def test_edges_of_what_is_mapped(self) -> None:
        self.check(edges())

    def test_random_addresses(self) -> None:
        addresses = random_addresses(RANDOM_LOADS)
        mapped = sum(map(is_mapped, addresses))
        self.assertGreater(mapped, RANDOM_LOADS // 10)
        self.assertGreater(RANDOM_LOADS - mapped, RANDOM_LOADS // 10)
        self.check(addresses)


if __name__ == "__main__":
    runs.main()
