# SPDX-License-Identifier: Apache-2.0
"""Random firmware in which cores interrupt each other, and everything else interrupts them.

Each core computes in loops of random length with interrupts on, and now and then triggers software events, writes the
interrupt mask of another core, starts a transfer of the DMA, takes the mutex, or divides. Both timers run. With a fabric
controller, that one computes, too, is interrupted by its own timer, by SoC events and by the cores, and raises
SoC events for the cluster. At the end every core has a count and a checksum of the interrupts it took, with the timer's
count as time.
"""

from __future__ import annotations

import random

CORES = 4
ROUNDS = 6
BARRIER_LINES = 7 << 16
GLOBAL_MASK = 0x0C  # IRQ_MASK of core 0 in the global view of the event unit

HEAD = f"""\
  .globl begin_signature, end_signature
  .equ begin_signature, 0x10000000
  .equ end_signature, begin_signature + 256 * {CORES}
""" + """\
  .equ EU, 0x10204000
  .equ GLOBAL, 0x10200800
  .equ DMA, 0x10204400
  .equ TIMER, 0x10200400
  .equ CONTROL, 0x10200000
  .equ TCDM, 0x10000000
  .equ ITC, 0x1a109800
  .equ EVENTS, 0x1a106000
  .equ FC_TIMER, 0x1a10b000
  .option norelax
.macro P_ELW rd, imm, rs1
  .insn i 0x03, 6, \\rd, \\rs1, \\imm
.endm
  .section .vectors, "ax"
  .option norvc
  .rept 32
  j handler
  .endr
  .text
  .globl _start
_start:
  csrr s7, mhartid
  andi s7, s7, 31
  li s0, EU
  li s1, TCDM
  slli s6, s7, 8
  add s6, s6, s1
  li s5, 0
  li s4, 0
"""

# s5 counts, s4 hashes: what interrupted, where, and when.
HANDLER = """\
handler:
  addi s5, s5, 1
  csrr s9, mcause
  xor s4, s4, s9
  csrr s9, mepc
  add s4, s4, s9
  slli s9, s4, 5
  add s4, s4, s9
  {time}
  mret
"""
CLUSTER_TIME = "li s9, TIMER\n  lw s9, 8(s9)\n  add s4, s4, s9"


def compute(rng: random.Random) -> list[str]:
    """A loop of plain instructions; nobody else sees any of it."""
    label = rng.randrange(1 << 30)
    body = [f"  addi t3, t3, {rng.randrange(100)}" for _ in range(rng.randrange(1, 12))]
    return [f"  li t0, {rng.choice((1, 5, 20, 60, 200))}", f"L{label}:", *body, "  addi t0, t0, -1", f"  bnez t0, L{label}"]


def divide(rng: random.Random) -> list[str]:
    return [f"  li t1, {rng.randrange(1, 1000)}", "  div t2, t1, x0", "  mulh t2, t2, t1"]


def trigger(rng: random.Random) -> list[str]:
    return [f"  li t1, {rng.randrange(1, 1 << CORES)}", f"  sw t1, {0x100 + 4 * rng.randrange(3)}(s0)"]


def mask_of_another(rng: random.Random) -> list[str]:
    lines = rng.choice((0, 1, 7, 7 | 3 << 8, 3 << 10 | 7, 3 << 10))
    register = GLOBAL_MASK + 0x40 * rng.randrange(CORES)
    return [f"  li t1, {lines}", f"  li t2, GLOBAL + {register}", "  sw t1, 0(t2)"]


def transfer(rng: random.Random) -> list[str]:
    """From the L2 into an own window of the TCDM, with event and interrupt."""
    size = 4 * rng.randrange(1, 40)
    command = size | 3 << 17 | rng.choice((1, 2, 3)) << 20
    label = rng.randrange(1 << 30)
    return [
        "  li t1, DMA",
        "  lw t2, 0(t1)",
        f"  li t4, {command}",
        "  sw t4, 0(t1)",
        "  addi t4, s6, 64",
        "  sw t4, 0(t1)",
        "  la t4, _start",
        "  sw t4, 0(t1)",
        *compute(rng),
        f"D{label}:",
        "  lw t4, 4(t1)",
        "  srl t4, t4, t2",
        "  andi t4, t4, 1",
        f"  bnez t4, D{label}",
        "  li t4, 1",
        "  sll t4, t4, t2",
        "  sw t4, 4(t1)",
    ]


def lock(rng: random.Random) -> list[str]:
    return [
        "  P_ELW t1, 0xc0, s0",
        "  lw t2, 0(s1)",
        *compute(rng),
        "  addi t2, t2, 1",
        "  sw t2, 0(s1)",
        "  sw t2, 0xc0(s0)",
    ]


def shared_words(rng: random.Random) -> list[str]:
    return [line for _ in range(rng.randrange(1, 6)) for line in (f"  lw t1, {4 * rng.randrange(16)}(s6)", "  add t3, t3, t1")]


def raise_to_fabric(rng: random.Random) -> list[str]:
    return [f"  li t1, {1 << rng.randrange(3)}", "  li t2, ITC", "  sw t1, 0x10(t2)"]


def soc_event(rng: random.Random) -> list[str]:
    return [f"  li t1, {1 << rng.randrange(8)}", "  li t2, EVENTS", "  sw t1, 0(t2)"]


def body(rng: random.Random, choices: list, count: int) -> list[str]:  # type: ignore[type-arg]
    return [line for _ in range(count) for line in rng.choice(choices)(rng)]


def core_program(rng: random.Random, with_fabric: bool) -> list[str]:
    choices = [compute, compute, compute, divide, trigger, trigger, mask_of_another, transfer, lock, shared_words]
    if with_fabric:
        choices += [raise_to_fabric, soc_event]
    lines = [f"  li t1, {rng.choice((7, 7 | 3 << 10, 0, 7 | 3 << 8 | 3 << 10))}", "  sw t1, 0x0c(s0)", "  csrsi mstatus, 8"]
    for _ in range(ROUNDS):
        lines += body(rng, choices, rng.randrange(2, 7)) + ["  P_ELW t1, 0x21c, s0"]
    return lines


def cluster_part(rng: random.Random, with_fabric: bool) -> str:
    everybody = (1 << CORES) - 1
    start = [
        f"  li t1, {BARRIER_LINES}",
        "  sw t1, 0(s0)",
        "  bnez s7, 2f",
        f"  li t1, {everybody}",
        "  sw t1, 0x200(s0)",
        "  sw t1, 0x20c(s0)",
        "  li t2, TIMER",
        f"  li t1, {rng.randrange(90, 400)}",
        "  sw t1, 0x10(t2)",
        f"  li t1, {rng.randrange(90, 400)}",
        "  sw t1, 0x14(t2)",
        "  li t1, 0x17",
        "  sw t1, 0(t2)",
        "  sw t1, 4(t2)",
        "2:lw t1, 0x20c(s0)",
        "  beqz t1, 2b",
        "  P_ELW t1, 0x21c, s0",
        "  la t1, table",
        "  slli t2, s7, 2",
        "  add t1, t1, t2",
        "  lw t1, 0(t1)",
        "  jr t1",
        "finish:",
        "  csrci mstatus, 8",
        "  sw s4, 0(s6)",
        "  sw s5, 4(s6)",
        "  P_ELW t1, 0x21c, s0",
        "  bnez s7, parked",
        "  li t2, CONTROL",
        "  sw x0, 0x100(t2)",
        "  li t1, 1",
        "  sw t1, 0(t2)",
        "parked:",
        "  j parked",
        "  .balign 4",
        "table:",
        *[f"  .word core{index}" for index in range(CORES)],
    ]
    for index in range(CORES):
        start += [f"core{index}:", *core_program(rng, with_fabric), "  j finish"]
    return "\n".join(start) + "\n"


def fabric_part(rng: random.Random) -> str:
    everybody = (1 << CORES) - 1
    lines = [
        "fabric:",
        "  la t1, _vectors",
        "  csrw mtvec, t1",
        "  li t2, EVENTS",
        "  li t1, 0",
        *[f"  sw t1, {4 + 4 * word}(t2)" for word in range(8)],
        *([f"  sw t1, {0x24 + 4 * word}(t2)" for word in range(8)] if rng.random() < 0.5 else []),
        "  li t2, ITC",
        f"  li t1, {rng.choice((7 | 1 << 26, 7 | 3 << 10 | 1 << 26, 7))}",
        "  sw t1, 4(t2)",
        "  li t2, FC_TIMER",
        f"  li t1, {rng.randrange(70, 300)}",
        "  sw t1, 0x10(t2)",
        "  li t1, 0x17",
        "  sw t1, 0(t2)",
        "  csrsi mstatus, 8",
        "  li t2, CONTROL",
        "  la t1, _start",
        *[f"  sw t1, {0x40 + 4 * index}(t2)" for index in range(CORES)],
        f"  li t1, {everybody}",
        "  sw t1, 8(t2)",
        "again:",
        *body(rng, [compute, compute, divide, soc_event, mask_of_another], 8),
        "  j again",
    ]
    return "\n".join(lines) + "\n"


def program(seed: int, with_fabric: bool) -> str:
    rng = random.Random(seed)
    text = HEAD.replace('.section .vectors, "ax"\n', '.section .vectors, "ax"\n_vectors:\n')
    if with_fabric:  # its hartid is 0x3e0
        text += "  csrr t0, mhartid\n  li t1, 0x3e0\n  beq t0, t1, fabric\n"
    text += cluster_part(rng, with_fabric)
    if with_fabric:
        text += fabric_part(rng)
    # The handler of the fabric controller must not touch the timer of a cluster that is not there yet.
    return text + HANDLER.format(time="" if with_fabric else CLUSTER_TIME)
