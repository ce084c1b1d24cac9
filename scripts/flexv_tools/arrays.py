# SPDX-License-Identifier: Apache-2.0
"""Files of NumPy that users give: one array each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from flexv_tools.errors import Failure


def read_array(path: Path) -> npt.NDArray[Any]:
    """Raises Failure for what holds no array, or more than one."""
    try:
        found = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise Failure(f"{path}: no array of NumPy: {error}") from error
    if not isinstance(found, np.ndarray):
        raise Failure(f"{path}: an archive of arrays; expected one array, as numpy.save writes it")
    return found
