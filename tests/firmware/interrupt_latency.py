#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures in traces how late interrupts reach a core that computes, and compares with the hardware.

Usage: interrupt_latency.py PROGRAM. Core 1 computes straight on with interrupts on; something raises its line at every phase
of its code. A software event stored by core 0 in cycle t enters the vector in t + 8 (docs/spec/state_machines.md 1.2: t + 2 + 6); what
else raises the line takes as many cycles whatever the other cores do meanwhile.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

COMPILER = "riscv64-unknown-elf-gcc"
VECTORS = 0x1C000000
PHASES = range(0, 40, 3)
SOFTWARE_EVENT = 8  # store to vector

SOURCE = """
  .equ EU, 0x10204000
  .equ GLOBAL, 0x10200800
  .equ TIMER, 0x10200400
  .option norelax
  .section .vectors, "ax"
  .option norvc
  .rept 32
  j handler
  .endr
  .text
  .globl _start
_start:
  csrr s7, mhartid
  li s0, EU
  li s1, 0x10000000
  beqz s7, raiser
  li t0, 1
  beq s7, t0, victim
  j others
handler:
  sw s0, 4(s1)
  mret
victim:
  li t0, {mask}
  sw t0, 0x0c(s0)
  csrsi mstatus, 8
  sw s0, 0(s1)
  .rept 3000
  addi t1, t1, 1
  .endr
stay:
  j stay
raiser:
  lw t0, 0(s1)
  beqz t0, raiser
  .rept 60 + {phase}
  nop
  .endr
{act}
wait:
  lw t0, 4(s1)
  beqz t0, wait
  li t0, 0x10200000
  sw x0, 0x100(t0)
  li t1, 1
  sw t1, 0(t0)
  j stay
others:
{others}
  j others
"""
QUIET = "  nop"
# Software events that nobody heeds, and a bank that the transfer does not touch.
BUSY = "  lw t0, 60(s1)\n  sw t0, 0x11c(s0)\n  addi t1, t1, 1"
EVENT = "  li t0, 2\n  sw t0, 0x10c(s0)"
MASK = """  li t0, 2
  sw t0, 0x10c(s0)
  .rept 20
  nop
  .endr
  li t1, GLOBAL + 0x40 + 0x0c
  li t0, 8
  sw t0, 0(t1)"""
TIMED = """  li t1, TIMER
  li t0, 100
  sw t0, 0x10(t1)
  li t0, 0x27
  sw t0, 0(t1)"""
TRANSFER = """  li t1, EU + 0x400
  lw t2, 0(t1)
  li t0, 32 | 3 << 17 | 1 << 20 | 1 << 22
  sw t0, 0(t1)
  addi t0, s1, 0x400
  sw t0, 0(t1)
  la t0, _start
  sw t0, 0(t1)"""
# what happens, the mask of core 1, the address of the store that begins it
SOURCES = {
    "software event": (EVENT, 1 << 3, 0x1020410C),
    "mask written by another core": (MASK, 0, 0x1020084C),
    "timer": (TIMED, 1 << 10, 0x10200400),
    "end of a transfer": (TRANSFER, 1 << 8, 0x10204400),
}


def trace(act: str, mask: int, phase: int, others: str, quantum: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        source, image, log = (Path(folder) / name for name in ("a.S", "a.elf", "a.log"))
        source.write_text(SOURCE.format(act=act, mask=mask, phase=phase, others=others))
        flags = ["-march=rv32imc_zicsr_zifencei", "-mabi=ilp32", "-nostdlib", "-nostartfiles", "-static"]
        link = ["-Wl,-Ttext=0x1c000080,--no-relax,--nmagic", f"-Wl,--section-start=.vectors={VECTORS:#x}"]
        subprocess.run([COMPILER, *flags, *link, "-o", str(image), str(source)], check=True)
        command = [str(PROGRAM), "run", str(image), "--quiet", "--trace", str(log), "--max-cycles", "20000"]
        settings = {
            "soc.cluster.core_count": 4,
            "soc.cluster.icache.is_ideal": "true",
            "simulation.quantum_cycles": quantum,
        }
        for key, value in settings.items():
            command += ["--set", f"{key}={value}"]
        subprocess.run(command, check=True, timeout=100)
        return log.read_text().splitlines()[1:]


def latency(source: str, phase: int, others: str, quantum: int = 1000) -> int:
    """From the last store of core 0 that begins it to the first instruction of the vector."""
    act, mask, address = SOURCES[source]
    begun = entered = None
    for line in trace(act, mask, phase, others, quantum):
        _, cycle, hart, pc = line.split()[:4]
        if hart == "0" and f"PA:{address:08x} store" in line:
            begun = int(cycle)
        if hart == "1" and entered is None and VECTORS < int(pc, 16) < VECTORS + 0x80:
            entered = int(cycle)
    if begun is None or entered is None:
        raise AssertionError(f"{source}: no interrupt")
    return entered - begun


class InterruptLatency(unittest.TestCase):
    def test_a_software_event_takes_the_cycles_of_the_rtl(self) -> None:
        for others in (QUIET, BUSY):
            for phase in PHASES:
                with self.subTest(phase=phase, others=others):
                    self.assertEqual(latency("software event", phase, others), SOFTWARE_EVENT)

    def test_the_latency_is_the_same_whoever_is_busy_and_whatever_the_quantum(self) -> None:
        for source in SOURCES:
            expected = latency(source, 0, QUIET)
            self.assertLess(expected, 160, source)
            for phase, others, quantum in ((1, BUSY, 1000), (2, QUIET, 1), (3, BUSY, 1), (5, QUIET, 100_000)):
                with self.subTest(source=source, phase=phase, others=others, quantum=quantum):
                    self.assertEqual(latency(source, phase, others, quantum), expected)


if __name__ == "__main__":
    PROGRAM = Path(sys.argv.pop(1))
    unittest.main(module="__main__", verbosity=2)
