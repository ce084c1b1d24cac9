# SPDX-License-Identifier: Apache-2.0
"""The check of citations on small trees, one rule each."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CITATIONS = Path(__file__).with_name("citations")
PAGE = "# Timing\n\n## 1. Core\n\n### 1.2 Fetch\n\n| row | text |\n| 7 | x |\n"


class CitationsTest(unittest.TestCase):
    def check(self, files: dict[str, str]) -> tuple[int, str]:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["git", "init", "-q", folder], check=True)
            for name, text in files.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            done = subprocess.run([sys.executable, "-B", str(CITATIONS), folder],
                                  capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    def test_a_path_that_exists_may_be_cited(self) -> None:
        status, text = self.check({"docs/spec/timing.md": PAGE,
                                   "models/core/a.cpp": "// docs/spec/timing.md 1.2, `models/core/a`, models/core/\n"})
        self.assertEqual((status, text), (0, "every citation resolves\n"))

    def test_a_path_that_does_not_exist_is_reported_with_its_line(self) -> None:
        status, text = self.check({"models/core/a.cpp": "\n// see docs/spec/gone.md\n"})
        self.assertEqual(status, 1)
        self.assertIn("models/core/a.cpp:2: cites docs/spec/gone.md, which does not exist", text)

    def test_sections_and_rows_of_the_specification_are_looked_up(self) -> None:
        for cited, problem in (("docs/spec/timing.md 1.3", "section 1.3"),
                               ("docs/spec/timing.md section 9", "section 9"),
                               ("docs/spec/timing.md 1.2, row 8", "row 8")):
            status, text = self.check({"docs/spec/timing.md": PAGE, "models/a.hpp": f"// {cited}\n"})
            self.assertEqual(status, 1, cited)
            self.assertIn(problem, text)

    def test_pages_of_the_specification_cite_each_other_by_name(self) -> None:
        for cited, status in (("timing.md 1.2", 0), ("timing.md 1.3", 1)):
            files = {"docs/spec/timing.md": PAGE, "docs/spec/isa.md": f"see {cited}\n"}
            self.assertEqual(self.check(files)[0], status, cited)

    def test_links_need_their_file_and_heading(self) -> None:
        for link, status in (("b.md", 0), ("b.md#12-fetch", 0), ("b.md#gone", 1), ("c.md", 1)):
            self.assertEqual(self.check({"docs/b.md": PAGE, "docs/a.md": f"[x]({link})\n"})[0], status, link)

    def test_a_page_may_cite_what_its_own_diff_makes(self) -> None:
        diff = "```diff\n--- /dev/null\n+++ b/models/a.hpp\n@@ -0,0 +1 @@\n+int a;\n```\n"
        self.assertEqual(self.check({"docs/a.md": diff + "models/a.hpp\n"})[0], 0)
        self.assertEqual(self.check({"docs/a.md": diff + "models/b.hpp\n"})[0], 1)
        self.assertEqual(self.check({"docs/a.md": diff, "docs/b.md": "models/a.hpp\n"})[0], 1)

    def test_patterns_are_not_looked_up(self) -> None:
        text = "// platform/data/*.json, tests/{a,b}.cpp, scripts/NAME, build/sw/a.elf\n"
        self.assertEqual(self.check({"models/a.hpp": text})[0], 0)


if __name__ == "__main__":
    unittest.main()
