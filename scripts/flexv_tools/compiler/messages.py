# SPDX-License-Identifier: Apache-2.0
"""What clang and GNU as say, in words for the user: about lines of the source, and as errors where the core makes them such."""

from __future__ import annotations

import re


def refused_handler(line: str) -> tuple[str, bool]:
    """A line of clang's, and whether it says that an interrupt handler is none; such a line is made an error."""
    plain = re.sub("\x1b\\[[0-9;]*m", "", line)
    found = re.match(r"^(.*): warning: (.*'interrupt' attribute.*?)( \[-Wignored-attributes\])?$", plain.rstrip("\n"))
    if found is None:
        return line, False
    hint = "the core has machine mode alone: __attribute__((interrupt)) void NAME(void)"
    return f"{found[1]}: error: {found[2]}; {hint}\n", True


def in_source(message: str, text: str, name: str, places: list[str]) -> str:
    """A message of the assembler with the user's line instead of that of our text."""
    found = re.match(rf"^{re.escape(text)}:(\d+): (.*)$", message, re.DOTALL)
    if found is None:
        return "" if message.startswith(f"{text}: Assembler messages") else message
    number = int(found[1]) - 1
    place = places[number] if number < len(places) else ""
    return f"{place or name}: {found[2].replace('Error:', 'error:')}"
