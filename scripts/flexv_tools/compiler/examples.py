# SPDX-License-Identifier: Apache-2.0
"""The examples of docs/design/compiler_passes.md: each block of C is followed by a command and what it makes of the function. This module
compares page and compiler; with --write it puts the compiler's answer into the page."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from flexv_tools.errors import Failure
from flexv_tools.simulator import ROOT

PAGE = ROOT / "docs/design/compiler_passes.md"
EXAMPLE = re.compile(r"(```c\n(?P<source>.*?)```\n\n`flexv-cc (?P<words>[^`]*)`:\n\n```\n)(?P<code>.*?)(```\n)", re.DOTALL)
SKIPPED = (".Ltmp", ".Lfunc", ".cfi", ".option")


def instructions(text: str) -> str:
    """The function f in an assembly file, without what is of no interest."""
    body = text.split("\nf:\n", 1)[1].split(".Lfunc_end", 1)[0]
    lines = (" ".join(re.sub(r"#.*", "", line).split()) for line in body.splitlines())
    kept = [line for line in lines if line and not line.startswith(SKIPPED)]
    return "".join(f"{'' if line.endswith(':') else '    '}{line}\n" for line in kept)


def compiled(source: str, words: str, folder: Path) -> str:
    """What the command prints: code, or with -Rflexv remarks."""
    (folder / "f.c").write_text(source)
    command: list[str | Path] = [ROOT / "scripts/flexv-cc", *words.split(), "-S", "f.c", "-o", "-"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"{PAGE.name}: flexv-cc {words} fails for\n{source}{done.stderr}")
    remarks = [line for line in done.stderr.splitlines() if "remark:" in line]
    return "".join(f"{line}\n" for line in remarks) if remarks else instructions(done.stdout)


def renewed(text: str) -> str:
    """The page with the compiler's answers."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return EXAMPLE.sub(lambda found: found[1] + compiled(found["source"], found["words"], folder) + found[5], text)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    options = parser.parse_args(arguments)
    old = PAGE.read_text()
    new = renewed(old)
    if options.write:
        PAGE.write_text(new)
    elif new != old:
        print(f"{PAGE.relative_to(ROOT)}: the compiler makes something else of the examples", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
