# SPDX-License-Identifier: Apache-2.0
"""Programs are compiled with -O2 where nobody says anything else, and else as the project says."""

from __future__ import annotations

import json
import shlex
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = """\
cmake_minimum_required(VERSION 3.25)
project(mine LANGUAGES C ASM)
find_package(flexv_firmware REQUIRED)
flexv_app(plain SOURCES plain.c)
flexv_app(own SOURCES own.c)
target_compile_options(own PRIVATE -Og)
"""


class Optimisation(unittest.TestCase):
    def options(self, *words: str) -> dict[str, str]:
        """[stem of a C file]: the -O of its command line that holds, the last one."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "CMakeLists.txt").write_text(PROJECT)
            for source in ("plain.c", "own.c"):
                (folder / source).write_text("int main(void) { return 0; }\n")
            subprocess.run(["cmake", "-S", folder, "-B", folder / "out", "-G", "Ninja", "--toolchain", ROOT / "sw/toolchain.cmake",
                            "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", *words], check=True, stdout=subprocess.DEVNULL)  # fmt: skip
            commands = json.loads((folder / "out/compile_commands.json").read_text())
        return {Path(command["file"]).stem: [word for word in shlex.split(command["command"]) if word.startswith("-O")][-1]
                for command in commands if command["file"].endswith(".c")}  # fmt: skip

    def test_nobody_asks_for_something(self) -> None:
        options = self.options()
        self.assertEqual(options.pop("own"), "-Og", "a target's own option goes before")
        self.assertEqual(set(options.values()), {"-O2"}, "so do runtime and kernels")

    def test_the_project_asks_for_something(self) -> None:
        for words, expected in (
            (["-DCMAKE_BUILD_TYPE=Debug"], "-Og"),
            (["-DCMAKE_BUILD_TYPE=MinSizeRel"], "-Os"),
            (["-DCMAKE_C_FLAGS=-O1 -Wall"], "-O1"),
            (["-DCMAKE_C_FLAGS=-Wall"], "-O2"),
        ):
            with self.subTest(words=words):
                options = self.options(*words)
                self.assertEqual((options["plain"], options["start"]), (expected, expected))


if __name__ == "__main__":
    unittest.main()
