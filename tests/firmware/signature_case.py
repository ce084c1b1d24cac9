#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs IMAGE with --signature and compares the file with what programs/signature.S stores."""

import subprocess
import sys
import tempfile
from pathlib import Path


def main() -> int:
    program, image = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "signature"
        subprocess.run([program, "run", image, "--quiet", "--signature", str(path)], check=True)
        words = path.read_text()
    expected = "cafef00d\n00000001\nffffffff\n"
    if words != expected:
        print(f"signature is {words!r}, expected {expected!r}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
