# SPDX-License-Identifier: Apache-2.0
"""What clang and GNU as say, in words for the user: about lines of the source, and as errors where the core makes them such."""

from __future__ import annotations

import re


MESSAGE = re.compile(r": (remark|note|warning|error|fatal error): |^\d+ (warning|error)s? ")
COLOURS = re.compile("\x1b\\[[0-9;]*m")
NO_WARNINGS = frozenset(["-w", "-Wno-ignored-attributes", "-Wno-attributes", "-Wno-everything"])


def hides_handlers(words: list[str]) -> bool:
    """Whether options of clang switch off what refused_handler looks for."""
    return not NO_WARNINGS.isdisjoint(words)


def refused_handler(line: str) -> tuple[str, bool]:
    """A line of clang's, and whether it says that an interrupt handler is none; such a line is made an error."""
    plain = COLOURS.sub("", line)
    found = re.match(r"^(.*): warning: (.*'interrupt' attribute.*?)( \[-Wignored-attributes\])?$", plain.rstrip("\n"))
    if found is None:
        return line, False
    hint = "the core has machine mode alone: __attribute__((interrupt)) void NAME(void)"
    return f"{found[1]}: error: {found[2]}; {hint}\n", True


def without_repetitions(lines: list[str]) -> list[str]:
    """clang tells a remark again for every copy that it makes of a loop: once is enough, with the source lines below it."""
    kept: list[str] = []
    seen: set[str] = set()
    is_repeated = False
    for line in lines:
        plain = COLOURS.sub("", line)
        if MESSAGE.search(plain):
            is_repeated = ": remark: " in plain and line in seen
            seen.add(line)
        if not is_repeated:
            kept.append(line)
    return kept


def in_source(message: str, text: str, name: str, places: list[str]) -> str:
    """A message of the assembler with the user's line instead of that of our text."""
    found = re.match(rf"^{re.escape(text)}:(\d+): (.*)$", message, re.DOTALL)
    if found is None:
        return "" if message.startswith(f"{text}: Assembler messages") else message
    number = int(found[1]) - 1
    place = places[number] if number < len(places) else ""
    return f"{place or name}: {found[2].replace('Error:', 'error:')}"


def link_hint(said: str) -> str:
    """What to do about functions that nobody has, when the linker misses those of atomic operations."""
    if not re.search(r"undefined reference to `__(atomic|sync)_", said):
        return ""
    return "flexv-cc: hint: the core has no atomic operations; mutex_lock() and barrier() of flexv/team.h keep cores apart\n"
