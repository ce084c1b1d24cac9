# SPDX-License-Identifier: Apache-2.0
"""The check of the pages of folders on small trees."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

READMES = Path(__file__).with_name("readmes")


class ReadmesTest(unittest.TestCase):
    def check(self, files: dict[str, str]) -> tuple[int, str]:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            done = subprocess.run([sys.executable, "-B", str(READMES), folder], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    def test_a_header_is_named_with_or_without_its_ending(self) -> None:
        page = "| `aligner` | .. |\n`sender.hpp` sends.\n"
        status, _ = self.check({"models/dma/README.md": page, "models/dma/aligner.hpp": "", "models/dma/side/sender.hpp": "",
                                "models/dma/dma.hpp": ""})
        self.assertEqual(status, 0)

    def test_a_header_that_is_not_named_is_reported(self) -> None:
        status, text = self.check({"platform/run/README.md": "# Run\n", "platform/run/htif.hpp": ""})
        self.assertEqual(status, 1)
        self.assertIn("platform/run/README.md: does not name htif.hpp", text)

    def test_a_folder_with_headers_has_a_page(self) -> None:
        status, text = self.check({"platform/run/htif.hpp": "", "platform/data/config.json": ""})
        self.assertEqual(status, 1)
        self.assertEqual(text, "platform/run: has no README.md\n")


if __name__ == "__main__":
    unittest.main()
