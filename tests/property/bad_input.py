# SPDX-License-Identifier: Apache-2.0
"""Wrong options, configurations, profiles, reports and images end with 101 and say what is wrong."""

from __future__ import annotations

import json
import subprocess
import tempfile
import unittest
from pathlib import Path

import runs

MISTAKE = 101


def flexv(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [runs.PROGRAM, *arguments], capture_output=True, timeout=100, check=False
    )
    return done.returncode, done.stderr.decode(errors="backslashreplace")


class BadInput(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.hello = str(runs.IMAGES / "hello.elf")

    def write(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    def refused(self, expected: str, *arguments: str) -> None:
        with self.subTest(arguments=arguments):
            status, text = flexv(*arguments)
            self.assertEqual(status, MISTAKE, text)
            self.assertIn(expected, text)

    def test_options(self) -> None:
        for value in ("abc", "nan", "1e400", "-1", "0x", "3"):
            self.refused(f"--vdd {value}: must be a number 0.4..1.2", "run", self.hello, f"--vdd={value}")
        self.refused("--mhz 0: must be a number 1..2000", "run", self.hello, "--mhz", "0")
        for value in ("-1", "1.5", "1e30", "x", "99999999999999999999"):
            self.refused(
                f"--max-cycles {value}: must be a whole number 0..2^64 - 1",
                *("run", self.hello, f"--max-cycles={value}"),
            )
        self.refused(
            "lies behind",
            *("run", self.hello, "--trace", "t", "--trace-from", "9", "--trace-to", "8"),
        )
        self.refused("--report is empty", "run", self.hello, "--report", "")
        self.refused("names no parameter", "run", self.hello, "--set", "=3")
        self.refused("unknown key; nearest:", "run", self.hello, "--set", "a=")
        self.refused("is a group of parameters", "run", self.hello, "--set", 'clock={"mhz":3}')

    def test_configurations(self) -> None:
        self.refused("is a folder", "config", "--config", str(self.folder))
        for name, content, expected in (
            ("empty.json", b"", ":1: is empty"),
            ("key.json", b'{\n"": 3}', ":2: a key is empty"),
            ("huge.json", b'{"clock":\n{"mhz": 1e400}}', ":2: clock.mhz = 1e400: must be"),
            ("twice.json", b'{"clock.mhz": 1,\n"clock.mhz": 2}', ":2: clock.mhz: given twice"),
            ("deep.json", b'{"clock":' * 50_000, ": unknown key; nearest:"),
            ("bytes.json", b'{"clock": "\xff\xfe"}', ":1: not valid JSON"),
            ("utf16.json", '{"clock": 3}'.encode("utf-16"), ":1: not valid JSON"),
            ("behind.json", b"{}\n}", ":2: not valid JSON"),
            ("object.json", b'{"clock.mhz": {"a": 1}}', ":1: clock.mhz: must be a number"),
        ):
            path = self.write(name, content)
            self.refused(path + expected if expected[1].isdigit() else expected, "config", "--config", path)

    def test_energy_profiles(self) -> None:
        def profile(name: str, content: bytes, expected: str) -> None:
            setting = f"energy.profile={self.write(name, content)}"
            self.refused(expected, "run", self.hello, "--set", setting)

        self.refused("is a folder", "run", self.hello, "--set", f"energy.profile={self.folder}")
        profile("empty.json", b" ", ":1: is empty")
        profile("syntax.json", b'{\n"name" 3}', ":2: not valid JSON")
        profile("list.json", b"[]", "must be an object")
        profile("twice.json", b'{"name": "a", "name": "b"}', ".name: is given twice")
        profile("deep.json", b"[" * 100_000, "deeper than")
        profile("huge.json", b'{"extends": "isvlsi23", "name": 1e400}', "number overflow")
        profile("type.json", b'{"extends": "isvlsi23", "name": 3}', ".name: must be a string")
        profile("key.json", b'{"extends": "isvlsi23", "nam": 3}', ".nam: unknown key; nearest: name")
        profile("circle.json", b'{"extends": "circle.json"}', "circle.json")

    def test_reports_to_price(self) -> None:
        self.refused("is a folder", "price", str(self.folder))
        self.refused(":1: is empty", "price", self.write("empty.json", b""))
        self.refused("not valid JSON", "price", self.write("half.json", b'{"schema":'))
        self.refused("schema", "price", self.write("other.json", b'{"schema": []}'))
        report = self.folder / "report.json"
        self.assertEqual(flexv("run", self.hello, "--quiet", "--report", str(report))[0], 0)
        good = json.loads(report.read_text())
        for key in ("cycles", "clock", "counters", "harts", "energy", "regions", "result"):
            damaged = self.write("damaged.json", json.dumps(good | {key: "x"}).encode())
            self.refused("report ", "price", damaged)
        good["counters"]["cluster.core0"]["instructions"] = -1
        damaged = self.write("damaged.json", json.dumps(good).encode())
        expected = f"report {damaged}.counters.cluster.core0.instructions = -1: must be a whole number"
        self.refused(expected, "price", damaged)

    def test_images(self) -> None:
        image = (runs.IMAGES / "hello.elf").read_bytes()
        for offset, value, expected in (
            (4, 3, "has class 3 in its header"),
            (5, 3, "has byte order 3 in its header"),
            (6, 2, "ELF version 2"),
            (7, 9, "built for FreeBSD (9)"),
            (16, 3, "is position independent"),
            (18, 62, "is built for x86-64 (62)"),
            (20, 2, "is of ELF version 2"),
            (24, image[24] + 1, "has the odd entry"),
            (39, 0x80, "unknown flags 0x80000000"),
        ):
            damaged = bytearray(image)
            damaged[offset] = value
            self.refused(expected, "run", self.write("damaged.elf", bytes(damaged)))
        self.refused("is empty", "run", self.write("empty.elf", b""))
        self.refused("is truncated", "run", self.write("half.elf", image[: len(image) // 2]))


if __name__ == "__main__":
    runs.main()
