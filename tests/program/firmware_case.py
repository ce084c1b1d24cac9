# SPDX-License-Identifier: Apache-2.0
"""What tests share that make their own firmware: an image, a report, and what is refused."""

from __future__ import annotations

import json
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any

import images

USER_ERROR = 101


class FirmwareCase(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory(prefix="flexv-test-")
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def write_image(self, body: list[int]) -> Path:
        """Firmware whose core 0 does `body`."""
        image = self.folder / "firmware.elf"
        images.Image(images.only_core_0(body)).write(str(image))
        return image

    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "report.json").read_text())
        return found

    def assert_refused(self, done: subprocess.CompletedProcess[str], *words: str) -> None:
        self.assertEqual(done.returncode, USER_ERROR, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertNotIn("internal error", done.stderr)
