# SPDX-License-Identifier: Apache-2.0
"""Run mypy --strict over the package scripts/flexv_tools, the scripts that call it, and the modules for others in
scripts/python.

usage: check_types.py CACHE_FOLDER
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


def entries() -> list[str]:
    """Python without an ending."""
    return sorted(file.name for file in SCRIPTS.iterdir()
                  if file.is_file() and file.read_bytes().splitlines()[:1] == [b"#!/usr/bin/env python3"])


def main() -> int:
    found = entries()
    if "golden" not in found:
        print("no scripts are found; expected such as scripts/golden")
        return 1
    command = [sys.executable, "-m", "mypy", "--strict", "--scripts-are-modules", "--cache-dir", sys.argv[1]]
    modules = [str(file.relative_to(SCRIPTS)) for file in sorted((SCRIPTS / "python").glob("*.py"))]
    for targets in (["flexv_tools", *found], modules):
        status = subprocess.run([*command, *targets], cwd=SCRIPTS, check=False).returncode
        if status != 0:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
