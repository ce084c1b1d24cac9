# SPDX-License-Identifier: Apache-2.0
"""How long the functions and files of the C++ sources are: the middle, and the tail that makes them hard to read.

A function is a definition with a name, from the first line of its head to its closing brace; lambdas count with what
contains them. A file counts all its lines.
"""

from __future__ import annotations

import argparse
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flexv_tools.simulator import ROOT

FOLDERS = ("models", "platform")
MOST_LINES_OF_P99 = 30  # of functions, head, comments and blank lines included
MOST_LINES_OF_A_FILE = 500
NOISE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])*\'|^[ \t]*#(?:\\\n|[^\n])*',
    re.DOTALL | re.MULTILINE,
)
SCOPE = re.compile(r"(inline\s+|export\s+)?(namespace|class|struct|union|enum|extern)\b")
NAME = re.compile(r"([\w:~]+|operator\s*[^\s(]+|operator\s*\(\))\s*\(")
NOT_NAMES = {"if", "for", "while", "switch", "catch", "return", "sizeof", "alignas", "decltype", "requires", "noexcept"}


@dataclass(frozen=True)
class Function:
    name: str
    file: Path
    line: int
    lines: int


def plain(text: str) -> str:
    """Without comments, literals and directives; every line keeps its number."""
    return NOISE.sub(lambda match: "\n" * match[0].count("\n"), text)


def without_attributes(head: str) -> str:
    return re.sub(r"\[\[.*?\]\]|template\s*<[^;{]*?>\s*(?=\n|[\w\[])", "", head, flags=re.DOTALL)


def name_of(head: str) -> str:
    """Of the function whose definition `head` begins; empty for anything else that has a brace."""
    head = without_attributes(head)
    if "=" in re.sub(r"operator\s*[=<>!+\-*/|&^%]+|[<>=!]=|\([^()]*\)", "", re.split(r"\s:\s", head, maxsplit=1)[0]):
        return ""
    for match in NAME.finditer(head):
        if match[1] not in NOT_NAMES:
            return match[1]
    return ""


def functions_of(file: Path, root: Path = ROOT) -> Iterator[Function]:
    """In the order of their ends."""
    text = plain((root / file).read_text())
    head_begins, line = 0, 1
    stack: list[tuple[str, str, int]] = []  # kind, name, first line
    parentheses = 0
    for place, character in enumerate(text):
        if character == "\n":
            line += 1
        elif character in "()":
            parentheses += 1 if character == "(" else -1
        elif character == "{" and (parentheses != 0 or re.match(r"[\w>)(,={]", text[place - 1])):
            stack.append(("expression", "", line))
        elif character == "{":
            head = text[head_begins:place]
            is_outside = all(kind == "scope" for kind, _, _ in stack)
            is_scope = is_outside and SCOPE.match(without_attributes(head).lstrip())
            name = name_of(head) if is_outside and not is_scope else ""
            if is_scope:
                stack.append(("scope", "", line))
            else:
                first = line - head.lstrip().count("\n")
                stack.append(("function" if name else "block", name, first))
            head_begins = place + 1
        elif character == "}":
            kind, name, first = stack.pop()
            if kind == "expression":
                continue
            if kind == "function":
                yield Function(name, file, first, line - first + 1)
            head_begins = place + 1
        elif character == ";" and parentheses == 0:
            head_begins = place + 1
        elif character == ":" and re.search(r"\b(public|private|protected)\s*$", text[head_begins:place]):
            head_begins = place + 1


def sources(root: Path, folders: tuple[str, ...] = FOLDERS) -> list[Path]:
    patterns = [f"{folder}/*.{ending}" for folder in folders for ending in ("hpp", "cpp")]
    listing = subprocess.run(["git", "-C", str(root), "ls-files", "-co", "--exclude-standard", *patterns],
                             capture_output=True, text=True, check=True).stdout
    return [Path(name) for name in sorted(listing.split("\n")) if name and (root / name).is_file()]


def percentile(sorted_values: list[int], percent: int) -> int:
    """The smallest value that so many per cent of all do not exceed."""
    return sorted_values[max(0, -(-len(sorted_values) * percent // 100) - 1)]


def tail(what: str, lengths: list[int]) -> str:
    values = sorted(lengths)
    parts = [f"p{percent} {percentile(values, percent):4}" for percent in (50, 90, 99)]
    return f"{what:<10} {len(values):6}  " + "  ".join(parts) + f"  max {values[-1]:4}  lines"


def report(root: Path, longest: int) -> tuple[str, list[str]]:
    """Text for a person, and what exceeds the limits of this tree."""
    files = sources(root)
    functions = [function for file in files for function in functions_of(file, root)]
    lines = {file: len((root / file).read_text().splitlines()) for file in files}
    text = [tail("functions", [function.lines for function in functions]), tail("files", list(lines.values())), ""]
    for function in sorted(functions, key=lambda one: -one.lines)[:longest]:
        text.append(f"{function.lines:6}  {function.file}:{function.line} {function.name}")
    text.append("")
    for file in sorted(files, key=lambda one: -lines[one])[:longest]:
        text.append(f"{lines[file]:6}  {file}")
    worst = percentile(sorted(function.lines for function in functions), 99)
    problems = [f"{file}: {lines[file]} lines, at most {MOST_LINES_OF_A_FILE} can be read at once; give its parts names"
                for file in files if lines[file] > MOST_LINES_OF_A_FILE]
    if worst > MOST_LINES_OF_P99:
        problems.append(f"one function of a hundred has {worst} lines or more, at most {MOST_LINES_OF_P99} are wanted")
    return "\n".join(text), problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", nargs="?", type=Path, default=ROOT, help="repository to look at")
    parser.add_argument("--longest", type=int, default=5, metavar="N", help="how many of the longest are listed")
    parser.add_argument("--check", action="store_true", help="status 1 where a limit of this tree is exceeded")
    options = parser.parse_args()
    text, problems = report(options.root.resolve(), options.longest)
    print(text)
    if not options.check:
        return 0
    print("\n".join(["", *problems]) if problems else "\nwithin the limits")
    return 1 if problems else 0
