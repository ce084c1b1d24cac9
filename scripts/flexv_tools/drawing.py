# SPDX-License-Identifier: Apache-2.0
"""The end of the scripts that make one file of another: the result is written, or an error is told."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from flexv_tools.errors import Failure, require_other_file


def draw(script: str, source: Path, out: Path, what: str, text_of: Callable[[], str]) -> int:
    """Writes what `text_of` makes of `source` to `out`. Returns the script's exit status."""
    try:
        require_other_file(out, source)
        text = text_of()
        out.write_text(text)
    except Failure as failure:
        print(f"{script}: error: {failure}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{script}: error: {out}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"{out}: {what} of {source}")
    return 0
