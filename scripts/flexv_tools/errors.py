# SPDX-License-Identifier: Apache-2.0
"""Mistakes of the user, with a text that says what to do."""

from __future__ import annotations

from pathlib import Path


class Failure(Exception):
    """What the user has to mend; printed without a traceback."""


def require_other_file(out: Path, *inputs: Path | None) -> None:
    """Raises Failure where writing `out` would replace one of `inputs`."""
    for path in inputs:
        if path is not None and out.exists() and path.exists() and out.samefile(path):
            raise Failure(f"{out}: is read, so it cannot be written as well; expected another name for the result")
