# SPDX-License-Identifier: Apache-2.0
"""Outputs that must not be lost or overwrite, full disks, inputs without end, and names from a hostile image."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import struct
import subprocess
import unittest
from pathlib import Path

import images
import program

OPTIONS = ("--report", "--profile", "--wave", "--power-trace", "--signature", "--trace")


def ending() -> images.Image:
    return images.prints_and_ends(signature=True)


class Conflicts(program.Case):
    def test_no_output_overwrites_the_firmware(self) -> None:
        image = self.image(ending())
        os.symlink("firmware.elf", self.path("soft"))
        os.link(image, self.path("hard"))
        before = Path(image).read_bytes()
        names = (image, "firmware.elf", "./firmware.elf", "soft", "hard", "soft")
        for option, own in zip(OPTIONS, names, strict=True):
            for name in {own, "firmware.elf"}:
                with self.subTest(option=option, name=name):
                    done = self.run_program("run", "firmware.elf", option, name)
                    self.assert_refused(done, f"{option} {name}: would overwrite an input (firmware firmware.elf)")
        self.assertEqual(Path(image).read_bytes(), before)
        self.assert_no_leftovers("firmware.elf", "soft", "hard")

    def test_no_output_overwrites_another_input(self) -> None:
        image = self.image(ending())
        (self.folder / "config.json").write_text('{"energy": {"profile": "profile.json"}}')
        source = Path(__file__).resolve().parents[2] / "platform/data/energy"
        shutil.copy(source / "isvlsi23.json", self.path("base.json"))
        shutil.copy(source / "shaheen.json", self.path("profile.json"))
        (self.folder / "input.txt").write_text("x")
        options = ("--config", "config.json", "--set", "soc.uart.input=input.txt")
        self.assertEqual(self.run_program("run", image, *options).returncode, 0)
        for name in ("config.json", "profile.json", "input.txt"):
            before = (self.folder / name).read_bytes()
            done = self.run_program("run", image, *options, "--report", name)
            self.assert_refused(done, "would overwrite")  # it, or an input: whatever is opened last refuses
            self.assertEqual((self.folder / name).read_bytes(), before)

    def test_no_output_overwrites_the_checkpoint_that_is_restored(self) -> None:
        image = self.image(ending())
        self.assertEqual(self.run_program("run", image, "--save-at", "1", "state").returncode, 0)
        before = (self.folder / "state").read_bytes()
        for output in (("--report", "state"), ("--save-at", "2", "state")):
            done = self.run_program("run", image, "--restore", "state", *output)
            self.assert_refused(done, "checkpoint state: " + " ".join(output[:1]))
            self.assertEqual((self.folder / "state").read_bytes(), before)

    def test_price_does_not_overwrite_what_it_reads(self) -> None:
        self.run_program("run", self.image(ending()), "--report", "in.json")
        os.symlink("in.json", self.path("soft"))
        before = (self.folder / "in.json").read_bytes()
        for name in ("in.json", "soft"):
            self.assert_refused(self.run_program("price", "in.json", "--report", name), "would overwrite an input")
        self.assertEqual((self.folder / "in.json").read_bytes(), before)
        self.assertEqual(self.run_program("price", "in.json", "--report", "out.json").returncode, 0)

    def test_two_outputs_need_two_files(self) -> None:
        image = self.image(ending())
        os.symlink("new", self.path("soft"))
        names = ("new", "./new", self.path("new"), "soft", "new", "soft")
        for first, second, name in zip(OPTIONS, OPTIONS[1:] + OPTIONS[:1], names, strict=True):
            with self.subTest(first=first, second=second, name=name):
                done = self.run_program("run", image, first, "new", second, name)
                self.assert_refused(done, "is the same file as --")
        self.assert_no_leftovers("firmware.elf", "soft")

    def test_what_cannot_be_written_is_found_before_the_run(self) -> None:
        image = self.image(ending())
        (self.folder / "sub").mkdir()
        names = ("none/out", "sub", "firmware.elf/out", "/proc/flexv", "n" * 300, "sub/")
        for option, own in zip(OPTIONS, names, strict=True):
            for name in {own, "none/out"}:
                with self.subTest(option=option, name=name):
                    self.assert_refused(self.run_program("run", image, option, name), f"{option} {name}: ")
        self.assert_no_leftovers("firmware.elf", "sub")

    @unittest.skipIf(os.geteuid() != 0 or not shutil.which("setpriv"), "needs to drop the rights of root")
    def test_what_may_not_be_written_is_found_before_the_run(self) -> None:
        image = self.image(ending())
        self.folder.chmod(0o755)
        (self.folder / "mine").write_text("x")
        for name in ("mine", "new"):
            done = subprocess.run(
                ["setpriv", "--reuid=65534", "--clear-groups", program.PROGRAM, "run", image, "--report", name],
                cwd=self.folder, capture_output=True, text=True, check=False,
            )  # fmt: skip
            if "Permission denied" in done.stderr and done.returncode == 126:
                self.skipTest("nobody may not even start the program")
            self.assert_refused(done, "Permission denied")


class FullDisks(program.Case):
    def outputs_of(self, extension: str) -> list[tuple[str, str, tuple[str, ...]]]:
        """Option, file, and what makes it large soon."""
        window = ("--power-window", "10")
        return [("--trace", "t.log", ()), ("--wave", "w" + extension, window), ("--power-trace", "p.csv", window)]

    def check(self, done: subprocess.CompletedProcess[str], option: str, name: str, why: str) -> None:
        self.assertEqual(done.returncode, 101, done.stderr)
        self.assertIn(f"{option} {name}: cannot be written: {why}", done.stderr)
        self.assertIn("stopped, because", done.stderr)

    def test_a_file_that_may_not_grow_ends_the_run_and_does_not_appear(self) -> None:
        image = self.image(images.spin())
        for option, name, more in self.outputs_of(".vcd"):
            with self.subTest(option=option):
                done = self.run_program(
                    "run", image, option, name, "--report", "report.json", *more,
                    max_file_bytes=200 * 1024,
                )  # fmt: skip
                self.check(done, option, name, "File too large")
                self.assertEqual(self.report()["result"], "interrupted")
                self.assert_no_leftovers("firmware.elf", "report.json")

    @unittest.skipUnless(os.geteuid() == 0, "needs to mount a small disk")
    def test_a_disk_that_fills_ends_the_run_and_keeps_the_old_file(self) -> None:
        image = self.image(images.spin())
        disk = self.folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "none", str(disk)], check=False).returncode:
            self.skipTest("may not mount")
        self.addCleanup(subprocess.run, ["umount", str(disk)], check=True)
        for option, name, more in self.outputs_of(".vcd"):
            with self.subTest(option=option):
                (disk / name).write_text("old")
                done = self.run_program(
                    "run", image, option, f"disk/{name}", "--report", "disk/report.json", *more
                )
                self.check(done, option, f"disk/{name}", "No space left on device")
                self.assertEqual(json.loads((disk / "report.json").read_text())["result"], "interrupted")
                self.assertEqual((disk / name).read_text(), "old")
                self.assertEqual(sorted(path.name for path in disk.iterdir()), sorted([name, "report.json"]))
                for path in disk.iterdir():
                    path.unlink()

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("vcd2fst"), "needs to mount a small disk, and gtkwave")
    def test_a_full_disk_is_noticed_behind_vcd2fst_too(self) -> None:
        image = self.image(images.spin())
        disk = self.folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "none", str(disk)], check=False).returncode:
            self.skipTest("may not mount")
        self.addCleanup(subprocess.run, ["umount", str(disk)], check=True)
        options = ("--power-window", "10", "--max-cycles", "100000")
        for wave, folder in (("disk/w.fst", "/tmp"), ("w.fst", str(disk))):
            with self.subTest(wave=wave, temporary=folder):
                environment = {**os.environ, "TMPDIR": folder}
                done = self.run_program("run", image, "--wave", wave, *options, env=environment)
                self.assertEqual(done.returncode, 101, done.stderr)
                self.assertIn(f"{wave}: cannot be written: vcd2fst failed", done.stderr)
                self.assertEqual(list(disk.iterdir()), [])
                self.assert_no_leftovers("firmware.elf", "disk")

    def test_a_converter_that_dies_ends_the_run(self) -> None:
        (self.folder / "vcd2fst").write_text("#!/bin/sh\nhead -c 1000 >/dev/null\nexit 1\n")
        (self.folder / "vcd2fst").chmod(0o755)
        environment = {**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}"}
        done = self.run_program(
            "run", self.image(images.spin()), "--wave", "w.fst", "--power-window", "10", env=environment
        )

        self.assertEqual(done.returncode, 101, done.stderr)
        self.assertIn("vcd2fst failed", done.stderr)
        self.assert_no_leftovers("firmware.elf", "vcd2fst")

    def test_a_full_disk_of_the_firmware_s_output_ends_the_run(self) -> None:
        done = self.run_program(
            "run", self.image(images.prints_for_ever()), redirect=">out.txt", max_file_bytes=64 * 1024
        )

        self.assertEqual(done.returncode, 101)
        self.assertIn("stdout cannot be written: File too large", done.stderr)


class Endless(program.Case):
    def commands(self, image: str, path: str) -> list[tuple[str, ...]]:
        return [
            ("run", path),
            ("disasm", path),
            ("run", image, "--config", path),
            ("config", "--config", path),
            ("run", image, "--energy-profile", path),
            ("run", image, "--set", f"soc.uart.input={path}"),
            ("price", path),
        ]

    def test_devices_and_folders_are_no_inputs(self) -> None:
        image = self.image(ending())
        for path, text in (("/dev/zero", "is a device"), ("/dev/tty", "is a device"), (".", "is a folder")):
            for command in self.commands(image, path):
                with self.subTest(command=command):
                    self.assert_refused(self.run_program(*command), text)

    def test_an_input_may_be_too_large(self) -> None:
        image = self.image(ending())
        with open(self.path("large"), "wb") as file:
            file.truncate(1 << 40)
        for command in self.commands(image, "large"):
            with self.subTest(command=command):
                self.assert_refused(self.run_program(*command), "is larger than")

    def test_a_stream_without_end_ends_at_the_limit(self) -> None:
        image = self.image(ending())
        for command in self.commands(image, "/dev/stdin")[2:4]:
            with self.subTest(command=command):
                yes = subprocess.Popen(["yes"], stdout=subprocess.PIPE)
                done = self.run_program(*command, stdin=yes.stdout)
                yes.kill()
                yes.communicate()
                self.assert_refused(done, "is larger than 16 MiB, the most that is read")


class Names(program.Case):
    """The image says how functions and regions are called, and may say anything."""

    NAMES = (b"two\nlines", b"tab\there", b"\x1b[2Jwipes", b"bell\x07", b"fn=fake", b"(3) third", b"\xff\xfe", b"a,b\"c")

    def setUp(self) -> None:
        super().setUp()
        body: list[int] = []
        symbols = []
        regions = b""
        for number, name in enumerate(self.NAMES, 1):
            first = len(body)
            body += [images.region_begin(number), images.addi(5, 5, 1), images.region_end(number)]
            symbols.append((name, first, 3))
            regions += struct.pack("<I", number) + (name + b"\0").ljust((len(name) + 4) // 4 * 4, b"\0")
        tail = images.only_core_0(images.end_with(0))
        symbols.append((b"tail", len(body), len(tail)))
        self.hostile = self.image(images.Image(body + tail, symbols, regions))

    def test_no_name_breaks_an_output(self) -> None:
        done = self.run_program(
            "run", self.hostile, "--profile", "p.out", "--wave", "w.vcd", "--power-trace", "p.csv",
            "--report", "report.json", "--check", "hazards",
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_plain(done.stderr)
        self.check_callgrind((self.folder / "p.out").read_text().split("\n"))
        self.check_dump((self.folder / "w.vcd").read_text())
        rows = list(csv.reader((self.folder / "p.csv").open()))
        self.assertEqual({len(row) for row in rows}, {len(rows[0])})
        report = self.report()
        self.assertEqual(len(report["regions"]), len(self.NAMES))
        self.assertIn("two\\x0alines", [function["name"] for function in report["functions"]])
        self.assertIn("\\x1b[2Jwipes", [region["name"] for region in report["regions"]])
        self.assert_plain(self.run_program("disasm", self.hostile).stdout)
        self.assert_plain(self.run_program("price", "report.json").stderr)

    def assert_plain(self, text: str) -> None:
        self.assertNotRegex(text, r"[\x00-\x09\x0b-\x1f\x7f\ufffd]")
        self.assertNotIn("\nlines", text)

    def check_callgrind(self, lines: list[str]) -> None:
        """Every line is one of the format, and a number in front of a name stands for that name alone."""
        known = re.compile(
            r"(c?fn|fl|fi|fe|cfi)=\(\d+\)( .*)?|\d+( \d+){15}|calls=\d+ \d+|# .*|"
            r"(version|creator|positions|desc|event|events|totals): .*|"
        )
        names: dict[str, str] = {}
        for line in lines:
            self.assertTrue(known.fullmatch(line), line)
            number = re.match(r"c?fn=(\(\d+\))(?: (.*))?$", line)
            if number and number[2]:
                self.assertNotIn(number[1], names)
                names[number[1]] = number[2]
            elif number:
                self.assertIn(number[1], names, "a number without its name")
        self.assertIn("(3) third", names.values())
        functions = [name for name in names.values() if not name.startswith("[asleep")]
        self.assertEqual(len(functions), len(self.NAMES) + 1)

    def check_dump(self, text: str) -> None:
        body = text.split("$enddefinitions $end\n")[1]
        for line in body.splitlines():
            self.assertRegex(line, r"^(#\d+|s[^ ]* [!-~]+|r[^ ]* [!-~]+|b[01]+ [!-~]+|\$dumpvars|\$end)$")

    def test_a_message_keeps_its_lines(self) -> None:
        name = b"fails\nflexv: error: no\x1b[31m"
        image = self.image(images.Image([0xFFFFFFFF], [(name, 0, 1)]))
        done = self.run_program("run", image, "--quiet")

        self.assertEqual(done.returncode, 102)
        self.assertIn("fails\\x0aflexv: error: no\\x1b[31m", done.stderr)
        self.assert_plain(done.stderr)


if __name__ == "__main__":
    program.main()
