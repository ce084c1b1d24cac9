# SPDX-License-Identifier: Apache-2.0
"""The reference page of the library's public interface, from the comments of its headers.

What a `///` comment says belongs to the declaration below it, or left of it (`///<`); a `//` line that ends with a colon
inside of a class is a heading. Only what is public is shown.
Exit status: 0, or 1 when --check finds that the page says something else.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flexv_tools.simulator import ROOT

HEADERS = ROOT / "platform/api/flexv"
PAGE = ROOT / "docs/reference/api.md"
CLASS = re.compile(r"^(template <[^>]*> )?(class|struct|enum class) (\w+)")
NAMESPACE = re.compile(r"^namespace (flexv(::\w+)?) \{")
NO_INTERFACE = re.compile(r"= delete;|^~|^friend |^namespace ")
FIRST = ("flexv.hpp",)  # the others follow in the order of their names


@dataclass
class Entry:
    declaration: str
    text: list[str] = field(default_factory=list)
    heading: str = ""  # above it
    members: list[Entry] = field(default_factory=list)


class Reader:
    """Declarations of one header, from the first line on."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.position = 0

    def introduction(self) -> list[str]:
        """The comment that the file opens with, behind the line of the licence."""
        text = []
        for line in self.lines[1:]:
            if not line.startswith("//"):
                break
            text.append(line.removeprefix("//").removeprefix(" "))
        return text

    def namespace(self) -> tuple[str, list[Entry]]:
        """The name of the header's namespace, and what it holds."""
        while not (found := NAMESPACE.match(self.lines[self.position])):
            self.position += 1
        self.position += 1
        return found[1], list(self.entries("}", is_public=True))

    def entries(self, end: str, is_public: bool) -> Iterator[Entry]:
        """Up to the line that begins with `end`."""
        text: list[str] = []
        heading = ""
        while not (line := self.lines[self.position].strip()).startswith(end):
            if line in ("public:", "private:", "protected:"):
                is_public = line == "public:"
            elif line.startswith("/// "):
                text.append(line.removeprefix("/// "))
            elif line.startswith("// "):
                heading = line.removeprefix("// ") if line.endswith(":") else heading
            elif line:
                entry = self.entry(text)
                text = []
                if is_public and not NO_INTERFACE.search(entry.declaration):
                    entry.heading, heading = heading, ""
                    yield entry
                continue
            self.position += 1
        self.position += 1

    def entry(self, text: list[str]) -> Entry:
        """One declaration, its members included; a body of code is left out."""
        words = []
        while True:
            code, _, behind = self.lines[self.position].partition("///<")
            text += [behind.strip()] if behind else []
            code = code.split("//")[0].strip()
            words.append(code)
            self.position += 1
            if code.endswith((";", "{", "}")):
                break
        declaration = " ".join(words)
        if not declaration.endswith("{"):
            return Entry(re.sub(r" \{.*\}$", ";", declaration), text)
        kind = CLASS.match(declaration)
        if kind:
            template, keyword, name = kind.groups(default="")
            is_public = keyword != "class"
            return Entry(f"{template}{keyword} {name}", text, members=list(self.entries("}", is_public)))
        self.skip_body()
        return Entry(re.split(r" : \w+[({.]| : sc_core::| ?\{$", declaration)[0] + ";", text)

    def skip_body(self) -> None:
        depth = 1
        while depth > 0:
            depth += self.lines[self.position].count("{") - self.lines[self.position].count("}")
            self.position += 1


def prose(text: list[str]) -> str:
    """One paragraph, and a line for each parameter and result."""
    paragraph = " ".join(" ".join(text).split())
    paragraph = re.sub(r" ?\\returns ", "  \n  Returns ", paragraph)
    return re.sub(r" ?\\t?param (\w+) ", r"  \n  `\1`: ", paragraph).strip()


def lines_of(entry: Entry) -> Iterator[str]:
    if entry.members:
        yield from ("", f"### {html.escape(entry.declaration)}", "")
        if entry.text:
            yield prose(entry.text)
        for member in entry.members:
            yield from lines_of(member)
        return
    if entry.heading:
        yield from ("", f"**{entry.heading}**")
    yield from ("", f"- `{entry.declaration.removesuffix(';')}`")
    if entry.text:
        yield f"  \n  {prose(entry.text)}".removeprefix("  \n")


def page() -> str:
    parts = [
        "# The public interface of the library",
        "",
        "Generated from the headers by `scripts/api_page --update`; do not edit. How it is used:",
        "[tutorial](../tutorial/peripheral.md). Kept from one minor version to the next.",
    ]
    headers = sorted(HEADERS.glob("*.hpp"), key=lambda path: (path.name not in FIRST, path.name))
    for header in headers:
        reader = Reader(header.read_text().splitlines())
        parts += ["", f"## &lt;flexv/{header.name}&gt;", "", *reader.introduction()]
        name, entries = reader.namespace()
        parts += ["", f"In namespace `{name}`:"]
        for entry in entries:
            parts += lines_of(entry)
    return "\n".join(parts) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    parser.add_argument("--check", action="store_true", help="compare with it")
    options = parser.parse_args()
    text = page()
    if options.update:
        PAGE.write_text(text)
    elif options.check:
        if not PAGE.exists() or PAGE.read_text() != text:
            print(f"{PAGE.relative_to(ROOT)} differs; scripts/api_page --update rewrites it", file=sys.stderr)
            return 1
    else:
        print(text, end="")
    return 0
