# SPDX-License-Identifier: Apache-2.0
"""How functions and files are measured, on sources that are small enough to count by hand."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from flexv_tools import sizes  # noqa: E402

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/sizes"
SOURCE = """namespace a {

class Timer {
public:
    Timer(int period) : period_{period}, ticks_({.now = 0}) {
        start();
    }
    int period() const { return period_; }

private:
    int period_ = 0;
};

constexpr int kTable[] = {
    1,
    2,
};

template <typename T>
T sum(const std::vector<T>& values,
      T start) {
    // "{" in text or comment is none: }
    for (const T& value : values) {
        start += value;
    }
    const auto twice = [](T one) {
        return one + one;
    };
    return twice(start);
}

std::string Timer::text() const { return "}"; }

}  // namespace a
"""


class SizesTest(unittest.TestCase):
    def tree(self, folder: str, files: dict[str, str]) -> Path:
        for name, text in files.items():
            (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / name).write_text(text)
        subprocess.run(["git", "init", "-q", folder], check=True)
        return Path(folder)

    def test_functions_are_found_with_their_lengths(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            root = self.tree(folder, {"models/a.cpp": SOURCE})
            found = [(one.name, one.line, one.lines) for one in sizes.functions_of(Path("models/a.cpp"), root)]
        self.assertEqual(found, [("Timer", 5, 3), ("period", 8, 1), ("sum", 19, 12), ("Timer::text", 32, 1)])

    def test_a_percentile_is_a_length_that_occurs(self) -> None:
        self.assertEqual(sizes.percentile(list(range(1, 101)), 99), 99)
        self.assertEqual(sizes.percentile([3, 7], 50), 3)
        self.assertEqual(sizes.percentile([3], 99), 3)

    def test_limits_that_are_exceeded_are_named(self) -> None:
        long = "void f() {\n" + "    g();\n" * 40 + "}\n"
        with tempfile.TemporaryDirectory() as folder:
            self.tree(folder, {"models/a.cpp": long, "platform/b.hpp": "\n" * 501})
            done = subprocess.run([SCRIPT, folder, "--check"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("functions       1  p50   42  p90   42  p99   42  max   42  lines", done.stdout)
        self.assertIn("platform/b.hpp: 501 lines, at most 500", done.stdout)
        self.assertIn("one function of a hundred has 42 lines or more", done.stdout)

    def test_this_tree_keeps_its_limits(self) -> None:
        done = subprocess.run([SCRIPT, "--check"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    unittest.main()
