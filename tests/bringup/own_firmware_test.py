#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No check finds anything in the programs of sw/: own_firmware_test.py PROGRAM REPOSITORY FIRMWARE_BUILD.

Of long programs the first MOST_CYCLES are looked at; a nightly run without that limit is FLEXV_ALL_CYCLES=1.
"""

from __future__ import annotations

import os
import sys
import unittest
from pathlib import Path

import bringup

FIRMWARE = Path()
MOST_CYCLES = 60_000
# What a program needs beside itself.
TWO_CLUSTERS = ("--set", "soc.clusters=2")
OPTIONS = {"bench_fabric": ("--config", "pulp_open"), "hello_clusters": TWO_CLUSTERS, "matmul_clusters": TWO_CLUSTERS}


class OwnFirmware(bringup.Case):
    def test_nothing_is_found(self) -> None:
        limit = () if os.environ.get("FLEXV_ALL_CYCLES") else ("--max-cycles", str(MOST_CYCLES))
        images = sorted(FIRMWARE.glob("*.elf"))
        self.assertTrue(images, f"no image in {FIRMWARE}")
        for image in images:
            with self.subTest(firmware=image.stem):
                report = self.report(str(image), "--check", "races,uninit,stack,dma", *OPTIONS.get(image.stem, ()), *limit)
                self.assertEqual(report["findings"], [])
                self.assertIn(report["result"], ("exit", "limit"))


if __name__ == "__main__":
    FIRMWARE = Path(sys.argv.pop(3))
    bringup.main()
