#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`flexv-vp isa --format csv` lists the instructions of the reference table with the same encodings.

Usage: listing_law.py flexv-vp docs/spec/isa.csv. Rows for an FPU and for XpulpNN encodings that this
hardware does not decode (cond fpu and compat) are not implemented.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

Encodings = dict[str, tuple[int, int]]  # mnemonic: match, mask


def encodings(rows: csv.DictReader[str]) -> Encodings:
    return {
        row["mnemonic"]: (int(row["match"], 16), int(row["mask"], 16))
        for row in rows
        if row.get("cond") not in ("fpu", "compat")
    }


def main() -> int:
    program, reference = sys.argv[1:]
    text = subprocess.run([program, "isa", "--format", "csv"], capture_output=True, text=True, check=True).stdout
    if not text.startswith("mnemonic,match,mask,"):
        print(f"the columns are {text.splitlines()[0]}", file=sys.stderr)
        return 1
    listed = encodings(csv.DictReader(text.splitlines()))
    expected = encodings(csv.DictReader(Path(reference).read_text().splitlines()))
    differing = sorted({name for name, _ in listed.items() ^ expected.items()})
    print(f"{len(expected)} instructions in the table, {len(listed)} listed, different: {differing or 'none'}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
