# SPDX-License-Identifier: Apache-2.0
"""Images as the tools make them that a stranger calls: they run, or the message says what to change.

Called as foreign_images.py PROGRAM.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCES = Path(__file__).resolve().parent / "foreign"
PROGRAM = Path()
COMPILE = ["riscv64-unknown-elf-gcc", "-march=rv32imc_zicsr", "-mabi=ilp32", "-nostdlib", "-static"]
COMPILE += ["-Wl,--no-warn-rwx-segments"]
AT_L2 = "-Wl,-Ttext=0x1c000000"


class ForeignImages(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.image = Path(folder.name) / "program.elf"

    def run_image(self, source: str, options: tuple[str, ...], *arguments: str) -> tuple[int, str, str]:
        command = [*COMPILE, *options, "-o", str(self.image), str(SOURCES / source)]
        subprocess.run(command, check=True)
        done = subprocess.run(
            [PROGRAM, "run", self.image, "--quiet", "--max-cycles", "100000", *arguments],
            capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    def test_a_plain_program_runs_whatever_the_options(self) -> None:
        for options in (
            ("-O0", "-DSETS_GP", AT_L2),
            ("-O2", "-DSETS_GP", AT_L2),
            ("-O2", "-g", "-DSETS_GP", AT_L2),
            ("-O2", "-g", "-gz", "-DSETS_GP", AT_L2),
            ("-O2", "-s", "-DSETS_GP", AT_L2),
            ("-O2", "-flto", "-DSETS_GP", AT_L2),
            ("-O2", "-Wl,--no-relax", AT_L2),
            ("-O2", "-Wl,-n", "-DSETS_GP", AT_L2),
            ("-O2", "-Wl,-N", "-DSETS_GP", AT_L2),
            ("-O2", "-Wl,-z,max-page-size=0x10000", "-DSETS_GP", AT_L2),
            ("-O2", "-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections", "-DSETS_GP", AT_L2),
            ("-O2", "-DSETS_GP", AT_L2, "-Wl,-Tdata=0x10000000"),
            ("-O2", f"-T{SOURCES / 'own.ld'}", "-Wl,--no-relax"),
        ):
            with self.subTest(options=options):
                status, output, text = self.run_image("plain.c", options)
                self.assertEqual((status, output), (0, "hello\n"), text)

    def test_constructors_of_cpp_run(self) -> None:
        options = ("-O2", f"-T{SOURCES / 'own.ld'}", "-Wl,--no-relax")
        status, _, text = self.run_image("constructors.cpp", options)
        self.assertEqual(status, 0, text)

    def test_a_profile_of_compressed_debug_information_names_its_source(self) -> None:
        profile = self.image.with_suffix(".callgrind")
        options = ("-O1", "-g", "-gz", "-Wl,--no-relax", AT_L2)
        status, _, text = self.run_image("plain.c", options, "--profile", str(profile))
        self.assertEqual(status, 0, text)
        self.assertIn("plain.c", profile.read_text())

    def test_a_start_that_forgets_gp_is_told_so(self) -> None:
        status, _, text = self.run_image("plain.c", ("-O2", AT_L2))
        self.assertEqual(status, 102)
        self.assertIn("hint: gp is 0: set it in the start-up code", text)

    def test_a_link_at_the_default_address_is_refused(self) -> None:
        status, _, text = self.run_image("plain.c", ("-O2",))
        self.assertEqual(status, 101)
        self.assertIn("is in no memory\n  nearest: ", text)

    def test_a_header_page_with_something_in_it_is_refused(self) -> None:
        options = (AT_L2, "-Wl,--section-start=.rodata=0x1bfff800", "-O0", "-Wl,--no-relax")
        status, _, text = self.run_image("plain.c", options)
        self.assertEqual(status, 101)
        self.assertIn("link with -Wl,-n", text)

    def test_a_hard_float_abi_is_warned_of(self) -> None:
        options = ("-march=rv32imfc_zicsr", "-mabi=ilp32f", "-O0", "-DSETS_GP", AT_L2)
        status, output, text = self.run_image("plain.c", options)
        self.assertEqual((status, output), (0, "hello\n"), text)
        self.assertIn("warning: ", text)
        self.assertIn("single-precision hard-float ABI", text)


if __name__ == "__main__":
    PROGRAM = Path(sys.argv.pop(1))
    unittest.main(verbosity=2)
