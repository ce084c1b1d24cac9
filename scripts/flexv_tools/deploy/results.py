# SPDX-License-Identifier: Apache-2.0
"""The folder that results go to: it can be written, no input lies where a result goes, and nothing in it is of another call."""

from __future__ import annotations

import os
from pathlib import Path

from flexv_tools.errors import Failure, require_other_file

WRITTEN = ("firmware.elf", "plan.json", "output.npy", "golden.npy", "report.json", "layers.csv", "index.html")


def prepare(out: Path, *inputs: Path | None) -> None:
    """Makes the folder `out` ready for a call that reads `inputs`. Raises Failure, and has changed nothing then."""
    nearest = next((each for each in (out, *out.parents) if each.exists()), Path("/"))
    if not nearest.is_dir():
        raise Failure(f"{out}: {nearest} is no folder; expected the name of a folder for the results")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise Failure(f"{out}: {nearest} cannot be written to; expected a folder for the results that can be")
    for path in (out / name for name in WRITTEN):
        if path.is_dir():
            raise Failure(f"{path}: is a folder; expected a place for a file of results")
        require_other_file(path, *inputs)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in WRITTEN:
            (out / name).unlink(missing_ok=True)
    except OSError as error:
        raise Failure(f"{out}: {error.strerror}; expected a folder for the results that can be written") from error
