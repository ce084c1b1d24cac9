# SPDX-License-Identifier: Apache-2.0
"""Interrupt handlers keep the hardware loops of what they interrupt: one that sets up a loop, or calls a function, which may, saves
the six loop registers first and restores them before it returns. The core has machine mode alone: other kinds of handlers are refused."""

from __future__ import annotations

from flexv_tools.compiler.assembly import Kind, Line, SourceError, directive, hardware_loops_of, instruction

LOOP_REGISTERS = (0x7C0, 0x7C1, 0x7C2, 0x7C4, 0x7C5, 0x7C6)
FRAME_BYTES = 32
SCRATCH_SLOT = f"{FRAME_BYTES - 4}(sp)"


OTHER_RETURNS = {"sret": "supervisor", "uret": "user"}


def check(lines: list[Line]) -> None:
    """Raises SourceError for a handler of a mode that the core does not have."""
    for line in lines:
        if line.kind is Kind.INSTRUCTION and line.name in OTHER_RETURNS:
            place = next((other.place for other in lines if other.place), "")
            raise SourceError(
                place,
                f"an interrupt handler of {OTHER_RETURNS[line.name]} mode: the core has machine mode alone; "
                'write __attribute__((interrupt)) or interrupt("machine")',
            )


def needs_saving(lines: list[Line]) -> bool:
    returns = any(line.kind is Kind.INSTRUCTION and line.name == "mret" for line in lines)
    return returns and any(
        hardware_loops_of(line) or line.name in ("call", "jalr", "jal") or line.kind is Kind.INLINE for line in lines
    )


def save() -> list[Line]:
    result = [
        instruction("addi", "sp", "sp", str(-FRAME_BYTES)),
        directive(f".cfi_adjust_cfa_offset {FRAME_BYTES}"),
        instruction("sw", "t0", SCRATCH_SLOT),
    ]
    for slot, number in enumerate(LOOP_REGISTERS):
        result += [instruction("csrr", "t0", hex(number)), instruction("sw", "t0", f"{4 * slot}(sp)")]
    return [*result, instruction("lw", "t0", SCRATCH_SLOT)]


def restore() -> list[Line]:
    result = [instruction("sw", "t0", SCRATCH_SLOT)]
    for slot, number in enumerate(LOOP_REGISTERS):
        result += [instruction("lw", "t0", f"{4 * slot}(sp)"), instruction("csrw", hex(number), "t0")]
    return [*result, instruction("lw", "t0", SCRATCH_SLOT), instruction("addi", "sp", "sp", str(FRAME_BYTES))]


def keep_loops(lines: list[Line]) -> list[Line]:
    """`lines` of one function, its first one the label."""
    if not needs_saving(lines):
        return lines
    result: list[Line] = []
    is_entered = False
    for line in lines:
        if not is_entered and line.kind in (Kind.INSTRUCTION, Kind.INLINE):
            result += save()
            is_entered = True
        if line.kind is Kind.INSTRUCTION and line.name == "mret":
            result += restore()
        result.append(line)
    return result
