# SPDX-License-Identifier: Apache-2.0
"""A run that goes on from a checkpoint is the run that was never interrupted, wherever that was saved.

Cycles are random; the programs have barriers, transfers under way, sleeping cores, pending interrupts, Mac&Load, hardware
loops, code that changes, a fabric controller, two clocks, several clusters.
"""

from __future__ import annotations

import random
import struct
import subprocess
import tempfile
import unittest
import zlib
from pathlib import Path
from typing import Any

import interrupt_programs
import runs

PROGRAMS = runs.ROOT / "tests/firmware/programs"
BARE = ("-nostartfiles", "-Wl,--section-start=.vectors=0x1c000000,--nmagic")
MAX_CYCLES = 100_000
CYCLES = 3  # checkpoints of each program
SEEDS = range(200, 204)
INTERRUPTS = {"soc.cluster.core_count": interrupt_programs.CORES, "soc.cluster.icache.is_enabled_at_reset": "true"}
FABRIC = ("--config", "pulp_open")
TWO_CLOCKS = (*FABRIC, "--set", "clock.soc_mhz=150")
HEADER = struct.Struct("<16sIIQ")  # magic, format, checksum and size of what follows


class Scene:
    """A program with its options, and a folder for what its runs write."""

    def __init__(self, image: Path, folder: str, options: tuple[str, ...] = (), settings: dict[str, object] | None = None):
        self.image, self.folder, self.options, self.settings = image, Path(folder), options, settings
        self.whole, self.memory = self.run("whole")

    def run(self, name: str, *options: str, max_cycles: int = MAX_CYCLES) -> tuple[runs.Run, str]:
        """The run, and its words between begin_signature and end_signature, if the program has any."""
        path = self.folder / f"{name}.signature"
        asked = ("--signature", str(path)) if self.has_signature() else ()
        run = runs.simulate(self.image, self.settings, max_cycles, (*self.options, *asked, *options))
        for key in ("last_instructions", "last_instructions_note", "hints"):  # those behind a checkpoint
            run.report.get("diagnosis", {}).pop(key, None)
        return run, path.read_text() if path.exists() else ""

    def has_signature(self) -> bool:
        return b"begin_signature" in self.image.read_bytes()

    def save(self, cycle: int, name: str, *options: str) -> tuple[runs.Run, Path]:
        path = self.folder / name
        run, _ = self.run(name, "--save-at", str(cycle), str(path), *options)
        return run, path

    def restore(self, path: Path, *options: str) -> tuple[runs.Run, str, dict[str, int]]:
        run, memory = self.run("restored", "--restore", str(path), *options)
        return run, memory, run.report.pop("restored", {})


def interrupts(folder: str, seed: int, with_fabric: bool) -> Path:
    source, image = Path(folder) / "interrupts.S", Path(folder) / "interrupts.elf"
    source.write_text(interrupt_programs.program(seed, with_fabric))
    runs.assemble(source, image, *BARE)
    return image


def bare(folder: str, name: str) -> Path:
    image = Path(folder) / f"{name}.elf"
    runs.assemble(PROGRAMS / f"{name}.S", image, *BARE)
    return image


def lines_of(trace: Path) -> list[str]:
    return trace.read_text().splitlines()[1:]


class CheckpointLaws(unittest.TestCase):
    maxDiff = 2000

    def check(self, scene: Scene, seed: int = 1) -> None:
        cycles = scene.whole.report["cycles"]
        for cycle in sorted(random.Random(seed).sample(range(cycles), min(CYCLES, cycles))):
            with self.subTest(image=scene.image.name, cycle=cycle, of=cycles):
                self.check_cycle(scene, cycle, random.Random(cycle).randrange(cycle, cycles))

    def check_cycle(self, scene: Scene, cycle: int, later: int) -> None:
        saving, first = scene.save(cycle, "first")
        for what in ("status", "stdout", "report"):
            self.assertEqual(getattr(saving, what), getattr(scene.whole, what), f"saving changes the {what}")
        restored, memory, point = scene.restore(first, "--save-at", str(later), str(scene.folder / "later"))
        self.assertEqual(point["cycle"], cycle)
        self.assertTrue(scene.whole.stdout.endswith(restored.stdout), restored.stdout)
        self.assertEqual(restored.report, scene.whole.report)
        self.assertEqual(memory, scene.memory)
        self.assertEqual(restored.status, scene.whole.status)
        _, direct = scene.save(later, "direct")
        self.assertEqual((scene.folder / "later").read_bytes(), direct.read_bytes(), "saved again it is another one")

    def test_shipped_programs(self) -> None:
        for name in ("hello", "parallel", "matmul"):
            with tempfile.TemporaryDirectory() as folder:
                self.check(Scene(runs.IMAGES / f"{name}.elf", folder))

    def test_shipped_programs_with_several_clusters(self) -> None:
        for name in ("hello_clusters", "matmul_clusters"):
            with tempfile.TemporaryDirectory() as folder:
                self.check(Scene(runs.IMAGES / f"{name}.elf", folder, settings={"soc.clusters": 2}))

    @runs.needs_compiler
    def test_interrupts_in_a_cluster(self) -> None:
        for seed in SEEDS:
            with tempfile.TemporaryDirectory() as folder:
                self.check(Scene(interrupts(folder, seed, False), folder, settings=INTERRUPTS), seed)

    @runs.needs_compiler
    def test_interrupts_with_a_fabric_controller(self) -> None:
        for seed in SEEDS:
            with tempfile.TemporaryDirectory() as folder:
                self.check(Scene(interrupts(folder, seed, True), folder, FABRIC, INTERRUPTS), seed)

    @runs.needs_compiler
    def test_interrupts_with_two_clocks(self) -> None:
        for seed in SEEDS:
            with tempfile.TemporaryDirectory() as folder:
                self.check(Scene(interrupts(folder, seed, True), folder, TWO_CLOCKS, INTERRUPTS), seed)

    @runs.needs_compiler
    def test_caches_that_are_off(self) -> None:
        settings = INTERRUPTS | {"soc.cluster.icache.is_enabled_at_reset": "false"}
        for seed in SEEDS:
            with tempfile.TemporaryDirectory() as folder:
                self.check(Scene(interrupts(folder, seed, True), folder, FABRIC, settings), seed)

    @runs.needs_compiler
    def test_quirks_of_the_silicon(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.check(Scene(interrupts(folder, 3, False), folder, (), INTERRUPTS | {"soc.cluster.core.quirks": "true"}))
            self.check(Scene(runs.IMAGES / "matmul.elf", folder, (), {"soc.cluster.core.quirks": "true"}))

    @runs.needs_compiler
    def test_bare_programs(self) -> None:
        scenes: dict[str, tuple[str, ...]] = {
            "self_modifying": (),
            "store_beside_code": (),
            "interrupted_waits": (),
            "interrupted_locks": (),
            "half_barrier": (),  # deadlock
            "unmapped_store": (),  # fault
            "dma_outside": (),
            "region_marks": (),
            "print": (),
            "external_memory": ("--set", "soc.external_memory.size_bytes=8 MiB"),
            "unanswered": ("--set", "soc.bus_errors=respond"),
            "fc_sleeps": FABRIC,
            "reset_scene": FABRIC,
            "cluster_reset": FABRIC,
        }
        for name, options in scenes.items():
            with tempfile.TemporaryDirectory() as folder:
                self.check(Scene(bare(folder, name), folder, options))

    def test_a_trace_goes_on_where_the_other_was(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            scene = Scene(runs.IMAGES / "parallel.elf", folder)
            whole, tail = Path(folder) / "whole.log", Path(folder) / "tail.log"
            scene.run("traced", "--trace", str(whole))
            for cycle in (1, 5000, 20_000):
                _, path = scene.save(cycle, "checkpoint")
                restored, _, point = scene.restore(path, "--trace", str(tail))
                self.assertEqual(restored.report, scene.whole.report)
                lines = lines_of(tail)
                self.assertEqual(len(lines), scene.whole.report["instructions"] - point["instructions"])
                self.assertEqual(lines, lines_of(whole)[-len(lines) :])

    def test_power_over_time_goes_on_too(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            scene = Scene(runs.IMAGES / "parallel.elf", folder)
            power = ("--power-window", "1000", "--power-trace")
            whole, tail = Path(folder) / "whole.csv", Path(folder) / "tail.csv"
            _, path = scene.save(5000, "checkpoint", *power, str(whole))
            scene.restore(path, *power, str(tail))
            head, *windows = whole.read_text().splitlines()
            self.assertEqual(tail.read_text().splitlines(), [head, *windows[5:]])

    def test_prices_and_operating_point_may_be_others(self) -> None:
        other: tuple[str, ...] = ("--vdd", "0.8", "--mhz", "300", "--set", "simulation.quantum_cycles=77")
        with tempfile.TemporaryDirectory() as folder:
            scene = Scene(runs.IMAGES / "parallel.elf", folder)
            _, path = scene.save(7000, "checkpoint")
            restored, _, _ = scene.restore(path, *other)
            expected, _ = scene.run("expected", *other)
            self.assertEqual(restored.report, expected.report)
            self.assertNotEqual(restored.report["energy"], scene.whole.report["energy"])
            self.assertEqual(restored.report["cycles"], scene.whole.report["cycles"])

    def test_a_limit_may_be_another(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            scene = Scene(runs.IMAGES / "parallel.elf", folder)
            _, path = scene.save(7000, "checkpoint")
            limited, _ = scene.run("limited", max_cycles=9000)
            restored, _ = scene.run("restored", "--restore", str(path), max_cycles=9000)
            self.assertEqual(restored.report.pop("restored")["cycle"], 7000)
            self.assertEqual(restored.report, limited.report)
            self.assertEqual(restored.status, 104)


class BadCheckpoints(unittest.TestCase):
    """Whatever a file holds, it is refused in one message, and nothing runs."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.scene = Scene(runs.IMAGES / "parallel.elf", folder.name)
        _, self.path = self.scene.save(7000, "checkpoint")
        self.good = self.path.read_bytes()

    def refused(self, *options: str, image: Path | None = None) -> str:
        command = [str(runs.PROGRAM), "run", str(image or self.scene.image), "--restore", str(self.path), *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        self.assertEqual(done.returncode, 101, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertTrue(done.stderr.startswith("flexv: error: "), done.stderr)
        return done.stderr

    def test_files_that_are_cut_off(self) -> None:
        for size in [0, 1, 15, 16, 31, 32, 33, len(self.good) // 2, len(self.good) - 1]:
            self.path.write_bytes(self.good[:size])
            with self.subTest(size=size):
                self.assertRegex(self.refused(), "cut off|empty|this is none")

    def test_files_that_are_too_long(self) -> None:
        self.path.write_bytes(self.good + b"x")
        self.assertIn("too long", self.refused())

    def test_bits_that_have_flipped(self) -> None:
        dice = random.Random(5)
        for place in [*range(HEADER.size), *dice.sample(range(HEADER.size, len(self.good)), 30)]:
            bad = bytearray(self.good)
            bad[place] ^= 1 << dice.randrange(8)
            self.path.write_bytes(bad)
            with self.subTest(place=place):
                self.refused()

    def test_contents_of_somebody_who_knows_the_checksum(self) -> None:
        """Lengths and names are still looked at; what does not matter is restored."""
        dice = random.Random(6)
        contents = self.good[HEADER.size :]
        state = contents.index(b"the SoC")  # behind the description
        for _ in range(15):
            flipped = bytearray(contents)
            flipped[dice.randrange(state)] ^= 1 << dice.randrange(8)
            self.assertIn(self.status_of(bytes(flipped)), (0, 101))
            self.assertEqual(self.status_of(contents[: dice.randrange(len(contents))]), 101)
            self.assertEqual(self.status_of(contents[:state] + dice.randbytes(len(contents) - state)), 101)

    def status_of(self, contents: bytes) -> int:
        magic, form, _, _ = HEADER.unpack_from(self.good)
        self.path.write_bytes(HEADER.pack(magic, form, zlib.crc32(contents), len(contents)) + contents)
        return runs.simulate(self.scene.image, max_cycles=100_000, options=("--restore", str(self.path))).status

    def test_what_is_none(self) -> None:
        self.path.write_text("{}\n")
        self.assertIn("this is none", self.refused())
        self.path.unlink()
        self.assertIn("checkpoint", self.refused())

    def test_a_format_of_another_time(self) -> None:
        magic, _, check, size = HEADER.unpack_from(self.good)
        self.path.write_bytes(HEADER.pack(magic, 7, check, size) + self.good[HEADER.size :])
        self.assertIn("format 7, this program reads format 1", self.refused())

    def test_another_build(self) -> None:
        program = self.folder / "flexv-vp"
        program.write_bytes(runs.PROGRAM.read_bytes() + b"\0")
        program.chmod(0o755)
        command = [str(program), "run", str(self.scene.image), "--restore", str(self.path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        self.assertEqual(done.returncode, 101)
        self.assertRegex(done.stderr, r"another build: version .*, program 0x[0-9a-f]{8}; this is version")

    def test_another_firmware(self) -> None:
        self.assertRegex(self.refused(image=runs.IMAGES / "hello.elf"), "another firmware: .*parallel.elf.*this is .*hello.elf")

    def test_another_configuration(self) -> None:
        text = self.refused("--set", "soc.cluster.core_count=4", "--set", "soc.l2.latency_cycles=9")
        self.assertIn("soc.cluster.core_count = 8 in the checkpoint, 4 in this run", text)
        self.assertIn("soc.l2.latency_cycles = 8 in the checkpoint, 9 in this run", text)

    def test_a_frequency_that_cycles_depend_on(self) -> None:
        self.assertIn("clock.soc_mhz = 0", self.refused("--set", "clock.soc_mhz=100"))

    def test_limits_that_have_passed(self) -> None:
        self.assertIn("lies before its cycle, which is 7000", self.refused("--max-cycles", "6000"))
        self.assertIn("cycle 6000 lies before cycle 7000", self.refused("--save-at", "6000", str(self.folder / "x")))

    def test_what_has_to_see_the_whole_run(self) -> None:
        for option in (("--check", "races"), ("--profile", "p.txt"), ("--wave", "w.vcd"), ("--timeline", "t.json")):
            with self.subTest(option=option):
                self.assertIn(f"{option[0]} has to see the run from its beginning", self.refused(*option))

    def test_more_access_to_the_host(self) -> None:
        self.assertIn("semihosting", self.refused("--semihosting"))


class NoCheckpoint(unittest.TestCase):
    """A run that cannot be saved says so, and leaves no file."""

    def save(self, *options: str, image: str = "hello") -> tuple[int, str, bool]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "checkpoint"
            arguments: list[Any] = [runs.PROGRAM, "run", runs.IMAGES / f"{image}.elf", "--quiet", *options]
            arguments = [str(path) if argument == "FILE" else str(argument) for argument in arguments]
            done = subprocess.run(arguments, capture_output=True, text=True, timeout=100, check=False)
            return done.returncode, done.stderr, path.exists()

    def test_a_cycle_behind_the_end(self) -> None:
        status, text, exists = self.save("--save-at", "1e9", "FILE")
        self.assertEqual((status, exists), (101, False))
        self.assertRegex(text, "no checkpoint was made, the run ended at cycle [0-9]+")

    def test_a_run_that_ends_badly_before_keeps_its_status(self) -> None:
        status, text, exists = self.save("--save-at", "5000", "FILE", "--max-cycles", "100")
        self.assertEqual((status, exists), (104, False))
        self.assertIn("no checkpoint was made, the run ended at cycle 100", text)

    def test_the_limit_itself_can_be_saved(self) -> None:
        status, _, exists = self.save("--save-at", "100", "FILE", "--max-cycles", "100")
        self.assertEqual((status, exists), (104, True))

    def test_a_debugger(self) -> None:
        status, text, exists = self.save("--save-at", "100", "FILE", "--gdb", "0")
        self.assertEqual((status, exists), (101, False))
        self.assertIn("save without --gdb", text)

    def test_one_value_is_not_enough(self) -> None:
        status, text, _ = self.save("--save-at", "100")
        self.assertEqual(status, 101)
        self.assertIn("save-at", text)


if __name__ == "__main__":
    runs.main()
