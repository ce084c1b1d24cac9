# SPDX-License-Identifier: Apache-2.0
"""Every parameter of the configuration changes what it is about, and nothing else.

A row names a program, another value than the default, what of a run must change and what may change with it:
whatever is in neither must stay as it is. `flexv-vp config` says which parameters there are, so one without a row
fails the test.
"""

from __future__ import annotations

import functools
import json
import re
import subprocess
import sys
import tempfile
import threading
import unittest
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import runs

sys.path.insert(0, str(runs.ROOT / "scripts/python"))
from flexv_remote import Peer

PROGRAMS = runs.ROOT / "tests/firmware/programs"
WORK = ("dot_products", "mixed_dot_products", "mac_load_refills")  # others also print numbers
# What waits and overlaps differently when something takes another time.
TIMING = {"cycles", "cores", "icache", "tcdm", "dma", "event_unit", "bus", "regions", "energy"}
SIZE = {"sizes", "prices", "area", "energy", "regions"}


# --- what a run looks like, by aspect


def counters_of(report: dict[str, Any], pattern: str) -> dict[str, Any]:
    return {name: events for name, events in report["counters"].items() if re.fullmatch(pattern, name)}


def work_of(report: dict[str, Any]) -> dict[str, int]:
    """What the program asks for, whatever it costs."""
    cores = counters_of(report, r"cluster\.core\d+|fc").values()
    work = {event: sum(events.get(event, 0) for events in cores) for event in WORK}
    return work | {event: report["counters"]["cluster.dma"][event] for event in ("commands", "bytes_in", "bytes_out")}


def cores_of(report: dict[str, Any]) -> Any:
    return [{key: value for key, value in hart.items() if key != "energy_pj"} for hart in report["harts"]]


def energy_of(report: dict[str, Any]) -> Any:
    return {key: report["energy"][key] for key in ("total_pj", "components", "outside_components")}


ASPECTS: dict[str, Callable[[runs.Run], Any]] = {
    "result": lambda run: (run.status, run.report.get("result"), run.report.get("exit_code")),
    "output": lambda run: re.sub(r"[0-9.]+", "#", run.stdout),  # programs print what they have measured
    "work": lambda run: work_of(run.report),
    "cycles": lambda run: run.report["cycles"],
    "cores": lambda run: cores_of(run.report),
    "icache": lambda run: counters_of(run.report, r"cluster\.icache"),
    "tcdm": lambda run: counters_of(run.report, r"cluster\.tcdm"),
    "dma": lambda run: {k: v for k, v in counters_of(run.report, r"cluster\.dma")["cluster.dma"].items()
                        if k not in ("commands", "bytes_in", "bytes_out")},
    "event_unit": lambda run: counters_of(run.report, r"cluster\.event_unit"),
    "bus": lambda run: counters_of(run.report, r"bus|cluster\.bus|cluster\.window|cluster\.peripherals|l2"),
    "external_memory": lambda run: counters_of(run.report, r"external_memory"),
    "outside": lambda run: counters_of(run.report, r"outside\..*|cluster\.external_out_.*"),
    "soc": lambda run: counters_of(run.report, r"(?!cluster|outside|external_memory|l2|bus|fc\b|stdout).*"),
    "regions": lambda run: run.report["regions"],
    "sizes": lambda run: run.report["architecture"],
    "clock": lambda run: run.report["clock"],
    "energy": lambda run: energy_of(run.report),
    "prices": lambda run: [(item["symbol"], item["value"], item["scale"]) for item in run.report["energy"]["coefficients"]],
    "area": lambda run: run.report["area"],
}  # fmt: skip


# --- programs

ASSEMBLY = {
    "uart": """
  li t0, 0x1a102080
  li t1, 0x206
  sw t1, 0x24(t0)
  li t1, 0x1c010000
  sw t1, 0(t0)
  li t2, 1
  sw t2, 4(t0)
  li t2, 0x10
  sw t2, 8(t0)
1:
  lw t2, 8(t0)
  andi t2, t2, 0x10
  bnez t2, 1b
  lbu a0, 0(t1)
  END_WITH_A0
""",
    "fll": """
  li t0, 0x1a100020
  li t1, 0xc4001400
  sw t1, 4(t0)
  li t1, 200
1:
  addi t1, t1, -1
  bnez t1, 1b
  li a0, 0
  END_WITH_A0
""",
    # 1000 x how many of eight events are in the FIFO, and the first one
    "soc_events": """
  li t0, 0x1a106000
  li t1, 8
1:
  sw zero, 0x24(t0)
  addi t0, t0, 4
  addi t1, t1, -1
  bnez t1, 1b
  li t0, 0x1a106000
  li t1, 0xff
  sw t1, 0(t0)
  li t2, 200
1:
  addi t2, t2, -1
  bnez t2, 1b
  li t0, 0x10200f00
  li a0, 0
  lw t3, 0(t0)
  andi a1, t3, 0xff
2:
  bgez t3, 3f
  addi a0, a0, 1000
  lw t3, 0(t0)
  j 2b
3:
  add a0, a0, a1
  END_WITH_A0
""",
    "barrier": """
  li t0, EVENT_UNIT
  li t1, 5
  sw t1, 0x260(t0)
  lw a0, 0x260(t0)
  END_WITH_A0
""",
    "mutex": """
  li t0, EVENT_UNIT
  li t1, 1 << 17
  sw t1, 0(t0)
  P_ELW t2, 0xc4, t0
  li a0, 0
  END_WITH_A0
""",
    # The first word of two that were pushed
    "dispatch": """
  li t0, EVENT_UNIT
  li t1, 1 << 18
  sw t1, 0(t0)
  li t1, 1
  sw t1, 0x84(t0)
  li t1, 3
  sw t1, 0x80(t0)
  li t1, 4
  sw t1, 0x80(t0)
  P_ELW a0, 0x80, t0
  END_WITH_A0
""",
    "marker": """
  li t0, 0x1a10f000
  li t1, 'x'
  sw t1, 0(t0)
  li a0, 0
  END_WITH_A0
""",
    "quirk": """
  csrrwi x0, 0x7e0, 5
  csrrci x0, 0x7e0, 2
  csrrs a0, 0x7e0, x0
  END_WITH_A0
""",
    "counter": """
  csrrwi x0, 0x781, 5
  csrrs a0, 0x780, x0
  END_WITH_A0
""",
    "l2_loads": """
  li t0, 0x1c010000
  li t1, 100
1:
  lw t2, 0(t0)
  addi t1, t1, -1
  bnez t1, 1b
  li a0, 0
  END_WITH_A0
""",
    # Three identifiers allocated without freeing any: the sum of their numbers
    "dma_ids": """
  li s2, 0x10204400
  li s4, 0x10001000
  li s5, 0x1c010000
  li s3, 3
  li a0, 0
1:
  lw t1, 0(s2)
  add a0, a0, t1
  li t2, 2048 | 1 << 17 | 1 << 18
  sw t2, 0(s2)
  sw s4, 0(s2)
  sw s5, 0(s2)
  addi s3, s3, -1
  bnez s3, 1b
2:
  lw t2, 4(s2)
  andi t2, t2, 0xff
  bnez t2, 2b
  END_WITH_A0
""",
    # A far memory: 16 KiB to the TCDM
    "dma_long": """
  li s2, 0x10204400
  lw t1, 0(s2)
  li t2, 16384 | 1 << 17 | 1 << 18
  sw t2, 0(s2)
  li t2, 0x10001000
  sw t2, 0(s2)
  li t2, 0x1c010000
  sw t2, 0(s2)
2:
  lw t2, 4(s2)
  andi t2, t2, 0xff
  bnez t2, 2b
  li a0, 0
  END_WITH_A0
""",
}

FABRIC = {
    "fc_loads": """
  li t0, 0x10000000
  li t1, 100
1:
  lw t2, 0(t0)
  addi t1, t1, -1
  bnez t1, 1b
  li a0, 0
""",
    # Which of eight events found the FIFO full
    "fc_events": """
  li t0, 0x1a106000
  sw zero, 0x18(t0)
  li t1, 0xff
  sw t1, 0(t0)
  lw a0, 0x78(t0)
""",
    "fc_counter": """
  csrrwi x0, 0x781, 5
  csrrs a0, 0x780, x0
""",
    "fc_quirk": """
  csrrwi x0, 0x7e0, 5
  csrrci x0, 0x7e0, 2
  csrrs a0, 0x7e0, x0
""",
}
FABRIC_END = """
  li t0, CORE_STATUS
  li t1, 1 << 31
  or a0, a0, t1
  sw a0, 0(t0)
park:
  j park
"""


@functools.cache
def scratch() -> Path:
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    return Path(folder.name)


@functools.cache
def image_of(name: str) -> Path:
    if name in runs.FIRMWARE:
        return runs.IMAGES / f"{name}.elf"
    image = scratch() / f"{name}.elf"
    source = PROGRAMS / f"{name}.S"
    if not source.exists():
        source = scratch() / f"{name}.S"
        body = f"  ONLY_CORE_0\n{ASSEMBLY[name]}" if name in ASSEMBLY else FABRIC[name] + FABRIC_END
        source.write_text(f'#include "bare_metal.inc"\n  .globl _start\n_start:\n{body}')
    runs.assemble(source, image, f"-I{PROGRAMS}")
    return image


# --- the table


@dataclass(frozen=True)
class Row:
    """`must` and `may` are aspects; of "sizes" exactly those in `sizes` change."""

    key: str
    value: object
    program: str
    must: set[str]
    may: set[str] = field(default_factory=set)
    sizes: set[str] = field(default_factory=set)
    base: dict[str, object] = field(default_factory=dict)  # for both runs


def size(key: str, value: object, program: str, name: str, must: set[str], may: set[str] = TIMING) -> Row:
    return Row(key, value, program, {"sizes", "area"} | must, may | SIZE, {name})


def timing(key: str, value: object, program: str, must: set[str] | None = None, **more: Any) -> Row:
    """Only time, and what waits and overlaps with it."""
    return Row(key, value, program, {"cycles", "energy"} | (must or set()), TIMING, **more)


CLUSTER, EVENTS, CACHE = "soc.cluster", "soc.cluster.event_unit", "soc.cluster.icache"
ENDS = {"simulation.max_cycles": 20_000}  # for programs that may wait for ever
FC = {"soc.boot": "fabric_controller"}
EXTERNAL = {"soc.external_memory.size_bytes": 1 << 20}
WINDOW = '[{"name": "own", "base": %d, "size_bytes": 1024}]'
COUNTED_AHEAD = {"cores", "energy", "regions", "icache"}  # up to the end of the run, by harts that still compute
HARTS = {"output", "result", "soc", "work", "prices"}

ROWS = (
    Row("soc.boot", "fabric_controller", "hello", {"cores", "sizes", "area"}, TIMING | SIZE | HARTS, {"fabric_controller.isa"}),
    Row("soc.clusters", 2, "l2_loads", {"sizes", "area", "cores", "energy"}, {"regions"}, {"clusters"}),
    Row(f"{CLUSTER}.core_count", 4, "hello", {"cores", "output", "sizes", "area"}, TIMING | SIZE | HARTS, {"cores"}),
    size(f"{CLUSTER}.core.isa", "xpulpnn", "hello", "core.isa", {"prices", "energy"}, set()),
    Row(f"{CLUSTER}.core.quirks", True, "quirk", {"result"}),
    Row(f"{CLUSTER}.core.single_performance_counter", True, "counter", {"result"}),
    size(f"{CLUSTER}.tcdm.size_bytes", 262144, "l2_loads", "tcdm.bytes", {"prices", "energy"}, set()),
    size(f"{CLUSTER}.tcdm.bank_count", 32, "matmul", "tcdm.banks", {"tcdm", "cycles", "prices"}),
    timing(f"{CLUSTER}.tcdm.bus_latency_cycles", 9, "fc_loads", base=FC),
    Row(f"{CACHE}.is_ideal", True, "parallel", {"cycles", "icache"}, TIMING),
    size(f"{CACHE}.l1_bytes", 1024, "matmul", "icache.l1_bytes", {"icache", "cycles", "prices"}),
    size(f"{CACHE}.l1_ways", 2, "matmul", "icache.l1_ways", {"icache", "cycles", "prices"}),
    size(f"{CACHE}.l15_bytes", 2048, "matmul", "icache.l15_bytes", {"icache", "cycles", "prices"}),
    size(f"{CACHE}.l15_banks", 4, "matmul", "icache.l15_banks", {"icache", "cycles", "prices"}),
    Row(f"{CACHE}.l15_ways", 2, "matmul", {"icache", "cycles", "prices", "sizes"}, TIMING | SIZE, {"icache.l15_ways"}),
    timing(f"{CACHE}.memory_latency_cycles", 40, "matmul"),
    timing(f"{CACHE}.is_enabled_at_reset", True, "l2_loads", {"icache"}),
    timing(f"{CACHE}.prefetches_at_reset", True, "matmul", {"icache"}),
    Row(f"{EVENTS}.barrier_count", 2, "barrier", {"sizes", "area", "result"}, SIZE | TIMING, {"event_unit.barriers"}),
    Row(f"{EVENTS}.mutex_count", 2, "mutex", {"sizes", "area", "result"}, SIZE | TIMING, {"event_unit.mutexes"}),
    Row(f"{EVENTS}.dispatch_depth", 1, "dispatch", {"result"}, TIMING, base=ENDS),
    Row(f"{EVENTS}.soc_event_depth", 2, "soc_events", {"result"}, TIMING),
    timing(f"{EVENTS}.barrier_cycles", 20, "parallel"),
    timing(f"{EVENTS}.mutex_cycles", 20, "parallel"),
    timing(f"{EVENTS}.dispatch_cycles", 20, "dispatch"),
    timing(f"{EVENTS}.software_event_cycles", 20, "parallel"),
    Row(f"{CLUSTER}.dma.channel_count", 2, "dma_ids", {"result", "work"}, TIMING, base=ENDS),
    timing(f"{CLUSTER}.dma.outstanding_bursts", 1, "dma_long"),
    size(f"{CLUSTER}.dma.bus_bytes", 4, "dma_long", "dma.tcdm_ports", {"cycles", "prices", "energy"}),
    timing(f"{CLUSTER}.bus.latency_cycles", 20, "l2_loads"),
    timing(f"{CLUSTER}.peripherals.bridge_cycles", 20, "l2_loads"),
    Row(f"{CLUSTER}.marker.enabled", True, "marker", {"output"}, TIMING | {"soc"}),
    Row(f"{CLUSTER}.external_out", WINDOW % 0x1020_2400, "parallel", {"outside"}, COUNTED_AHEAD),
    Row("soc.fabric_controller.core.isa", "xpulpv2", "fc_loads", {"sizes", "area", "prices"}, SIZE, {"fabric_controller.isa"}, FC),
    Row("soc.fabric_controller.core.quirks", True, "fc_quirk", {"result"}, base=FC),
    Row("soc.fabric_controller.core.single_performance_counter", True, "fc_counter", {"result"}, base=FC),
    timing("soc.fabric_controller.bus_cycles", 30, "fc_loads", base=FC),
    Row("soc.interrupt_controller.event_depth", 2, "fc_events", {"result"}, {"soc"}, base=FC),
    Row("soc.events.first_software_event", 48, "soc_events", {"result"}),
    Row("soc.uart.input", "UART", "uart", {"result"}, TIMING | {"soc"}, base=ENDS),
    timing("soc.bus.latency_cycles", 20, "l2_loads"),
    Row("soc.l2.size_bytes", 2 << 20, "l2_loads", {"sizes", "area", "prices"}, {"energy"}, {"l2.bytes"}),
    timing("soc.l2.latency_cycles", 30, "l2_loads"),
    Row("soc.l2.bytes_per_cycle", 4, "dma_long", {"cycles", "sizes", "prices"}, TIMING | SIZE, {"l2.bytes_per_cycle"}),
    Row("soc.external_memory.base", 0x9000_0000, "external_memory", {"result"}, TIMING | {"external_memory", "work"}, base=EXTERNAL),
    Row("soc.external_memory.size_bytes", 1 << 20, "external_memory", {"result"}, TIMING | {"external_memory", "work", "soc", "prices"}),
    timing("soc.external_memory.bytes_per_cycle", 4, "external_memory", {"external_memory"}, base=EXTERNAL),
    timing("soc.external_memory.latency_cycles", 90, "external_memory", {"external_memory"}, base=EXTERNAL),
    timing("soc.external_memory.burst_bytes", 16, "external_memory", {"external_memory"}, base=EXTERNAL),
    Row("soc.external_out", WINDOW % 0x2000_0000, "parallel", {"outside"}, COUNTED_AHEAD),
    Row("soc.plugins", "PLUGIN", "parallel", {"outside", "prices"}, COUNTED_AHEAD),
    Row("soc.remotes", "REMOTE", "parallel", {"outside"}, COUNTED_AHEAD),
    Row("soc.bus_errors", "respond", "unmapped_load", {"result"}, TIMING, base=ENDS),
    Row("clock.mhz", 300, "matmul", {"clock", "energy"}, {"regions"}),
    Row("clock.soc_mhz", 200, "matmul", {"cycles", "energy"}, TIMING),
    Row("clock.follows_fll", False, "fll", {"clock", "energy"}, TIMING),
    Row("clock.vdd", 0.7, "matmul", {"clock", "energy"}, {"regions"}),
    Row("simulation.quantum_cycles", 17, "matmul", set()),
    Row("simulation.run_ahead_cycles", 1, "matmul", set(), COUNTED_AHEAD),
    Row("simulation.max_cycles", 1000, "l2_loads", {"result"}, TIMING),
    Row("simulation.translate", "off", "matmul", set()),
    Row("energy.profile", "shaheen", "matmul", {"energy", "area", "prices"}, {"regions"}),
)  # fmt: skip


def keys_of_platform() -> list[str]:
    text = subprocess.run([str(runs.PROGRAM), "config"], capture_output=True, text=True, check=True).stdout
    value = json.loads("\n".join(line for line in text.splitlines() if not line.lstrip().startswith("//")))

    def walk(path: str, node: Any) -> list[str]:
        if not isinstance(node, dict):
            return [path]
        return [key for name, member in node.items() for key in walk(f"{path}.{name}" if path else name, member)]

    return walk("", value)


@functools.cache
def run_before(program: str, base: tuple[tuple[str, object], ...]) -> runs.Run:
    return runs.simulate(image_of(program), dict(base))


def stood_for_by(value: object) -> object:
    """Of values that stand for something to make first."""
    window = [0x2000_0000, 4096]
    if value == "UART":
        (scratch() / "input.txt").write_text("A")
        return scratch() / "input.txt"
    if value == "PLUGIN":
        library = runs.PROGRAM.parent / "tests" / "plugin" / "libplugin_probe.so"
        return json.dumps([{"plugin": str(library), "type": "probe", "window": window}])
    if value == "REMOTE":
        address = f"unix:{scratch()}/remote"
        threading.Thread(target=Peer(address).serve, daemon=True).start()
        return json.dumps([{"name": "far", "socket": address, "window": window}])
    return value


def changes(row: Row) -> tuple[set[str], set[str]]:
    """Aspects that differ between the run with the default and that with the value; sizes that do."""
    value = stood_for_by(row.value)
    before = run_before(row.program, tuple(row.base.items()))
    after = runs.simulate(image_of(row.program), row.base | {row.key: json.dumps(value) if isinstance(value, bool) else value})
    for run in (before, after):
        if not run.report:
            raise AssertionError(f"{row.key}: no report\n{run.stderr}")
    differing = {name for name, look in ASPECTS.items() if look(before) != look(after)}
    one, other = before.report["architecture"], after.report["architecture"]
    return differing, {name for name in one | other if one.get(name) != other.get(name)}


@runs.needs_compiler
class ParameterEffects(unittest.TestCase):
    def test_every_parameter_has_a_row(self) -> None:
        self.assertEqual([row.key for row in ROWS], keys_of_platform())

    def test_aspects_of_the_table_exist(self) -> None:
        for row in ROWS:
            self.assertLessEqual(row.must | row.may, ASPECTS.keys(), row.key)

    def test_a_parameter_changes_what_it_is_about_and_nothing_else(self) -> None:
        for row in ROWS:
            with self.subTest(parameter=row.key, value=row.value, program=row.program):
                differing, sizes = changes(row)
                self.assertEqual(sorted(row.must - differing), [], "should have changed")
                self.assertEqual(sorted(differing - row.must - row.may), [], "should not have changed")
                self.assertEqual(sorted(sizes), sorted(row.sizes), "of the architecture")


if __name__ == "__main__":
    runs.main()
