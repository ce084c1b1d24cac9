# SPDX-License-Identifier: Apache-2.0
"""Print `N passed, N failed` for a JUnit file of ctest; a test that did not run counts as failed.

With --also STATUS a further step counts as one more test: 0 passed, 77 skipped, anything else failed.
Exit status: 0 when something passed and nothing failed, else 1.
"""

from __future__ import annotations

import argparse
import xml.etree.ElementTree as xml
from pathlib import Path

SKIPPED = 77  # what ctest and scripts/fresh_machine mean by it


def count(results: Path) -> tuple[int, int]:
    """Passed and failed; a skipped test is neither."""
    if not results.exists():
        return 0, 1
    suite = xml.parse(results).getroot()
    total, failed, disabled, skipped = (
        int(suite.get(key, "0")) for key in ("tests", "failures", "disabled", "skipped")
    )
    return total - failed - disabled - skipped, failed + disabled


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, help="file written by ctest --output-junit")
    parser.add_argument("--also", type=int, metavar="STATUS", help="exit status of a further step")
    options = parser.parse_args()
    passed, failed = count(options.results)
    if options.also == 0:
        passed += 1
    elif options.also not in (None, SKIPPED):
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return 0 if passed > 0 and failed == 0 else 1
