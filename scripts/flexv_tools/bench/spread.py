# SPDX-License-Identifier: Apache-2.0
"""What repeated measurements of one quantity gave."""

from __future__ import annotations

import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    median: float
    low: float
    high: float

    @staticmethod
    def of(values: list[float]) -> Spread:
        return Spread(statistics.median(values), min(values), max(values))

    def __str__(self) -> str:
        digits = 1 if self.median >= 10 else 3
        return f"{self.median:8.{digits}f} [{self.low:.{digits}f}..{self.high:.{digits}f}]"
