# SPDX-License-Identifier: Apache-2.0
"""scripts/check_timing on a folder made up here, with a simulator that answers from a table."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))

from flexv_tools.timing.benches import KINDS  # noqa: E402
from flexv_tools.timing.command import main  # noqa: E402

PROGRAM = """\
  .section .text.init,"ax",@progbits
  .globl _start
_start:
  j _start
"""

# Writes the report whose marker counters are the text behind it, and the signature of the program's name.
SIMULATOR = """\
#!/usr/bin/env python3
import json, pathlib, sys
arguments = sys.argv[1:]
def option(name):
    return arguments[arguments.index(name) + 1] if name in arguments else None
name = pathlib.Path(arguments[1]).stem
marker = json.loads(pathlib.Path(__file__).with_name("marker.json").read_text())[name]
report = {"result": "exit", "settings": arguments, "counters": {"cluster.marker": marker}}
pathlib.Path(option("--report")).write_text(json.dumps(report))
if option("--signature"):
    pathlib.Path(option("--signature")).write_text("0000CAFE\\n")
"""


def hart(index: int, start: int, stop: int, instructions: int, exit_value: int = 0) -> dict[str, int]:
    return {
        f"hart{index}_started": int(stop > 0),
        f"hart{index}_start": start,
        f"hart{index}_stop": stop,
        f"hart{index}_instructions": instructions,
        f"hart{index}_tcdm_stalls": 2,
        f"hart{index}_exit": exit_value,
    }


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.path = Path(scratch.name)
        (self.path / "src").mkdir()
        self.simulator = self.path / "simulator"
        self.simulator.write_text(SIMULATOR)
        self.simulator.chmod(0o755)

    def table(self, file: str, text: str, counters: dict[str, dict[str, int]]) -> None:
        (self.path / file).write_text(text)
        for name in counters:
            (self.path / "src" / f"{name}.S").write_text(PROGRAM)
        (self.path / "marker.json").write_text(json.dumps(counters))

    def check(self, *options: str) -> tuple[int, str]:
        arguments = sys.argv
        sys.argv = ["check_timing", str(self.path), "--program", str(self.simulator), *options]
        output = io.StringIO()
        try:
            with contextlib.redirect_stdout(output):
                status = main()
        finally:
            sys.argv = arguments
        return status, output.getvalue()

    def test_a_row_is_exact_when_all_its_numbers_are(self) -> None:
        self.table(
            "core_cycles.csv",
            "name,description,instructions,cycles,remark\na,,3,10,x\nb,,3,10,x\n",
            {"a": hart(0, 100, 110, 3), "b": hart(0, 100, 111, 3)},
        )

        status, output = self.check()

        self.assertEqual(status, 0)
        self.assertIn("core_cycles.csv: exact 1 of 2, worst 10.00 %", output)

    def test_too_few_exact_rows_fail_only_on_demand(self) -> None:
        self.table(
            "core_cycles.csv",
            "name,description,instructions,cycles\na,,3,10\n",
            {"a": hart(0, 100, 111, 3)},
        )

        self.assertEqual(self.check()[0], 0)
        self.assertEqual(self.check("--fail-under", "100")[0], 1)

    def test_start_and_stop_of_a_cluster_count_from_the_earliest_start(self) -> None:
        self.table(
            "cluster_cycles.csv",
            "name,description,total_cycles,c0_instr,c0_start,c0_stop,c0_tcdm_stall,"
            "c1_instr,c1_start,c1_stop,c1_tcdm_stall,c2_instr,c2_start\n"
            "a,,30,5,5,20,2,6,0,30,2,,\n",
            {"a": hart(0, 105, 120, 5) | hart(1, 100, 130, 6) | hart(2, 0, 0, 0)},
        )

        self.assertIn("cluster_cycles.csv: exact 1 of 1, worst 0.00 %", self.check()[1])

    def test_an_exit_value_that_is_not_zero_is_a_failed_program(self) -> None:
        self.table(
            "core_cycles.csv",
            "name,description,instructions,cycles\na,,3,10\n",
            {"a": hart(0, 100, 110, 3, exit_value=7)},
        )

        status, output = self.check()

        self.assertEqual(status, 1)
        self.assertIn("FAILED: exit value not 0, hart 0: 7", output)
        self.assertIn("exact 0 of 1, worst 0.00 %, 1 failed", output)

    def test_a_program_without_source_is_a_failed_program(self) -> None:
        self.table("core_cycles.csv", "name,description,instructions,cycles\na,,3,10\n", {})

        status, output = self.check()

        self.assertEqual(status, 1)
        self.assertIn("FAILED: does not build", output)

    def test_signatures_are_compared_where_there_are_some(self) -> None:
        self.table(
            "core_cycles.csv",
            "name,description,instructions,cycles\na,,3,10\nb,,3,10\nc,,3,10\n",
            {name: hart(0, 100, 110, 3) for name in "abc"},
        )
        (self.path / "signatures").mkdir()
        (self.path / "signatures/a.txt").write_text("0000cafe\n")
        (self.path / "signatures/b.txt").write_text("0000beef\n")

        output = self.check()[1]

        self.assertEqual(output.splitlines()[-1], "signatures equal 1 of 2")

    def test_only_names_the_programs_to_run(self) -> None:
        self.table(
            "core_cycles.csv",
            "name,description,instructions,cycles\na,,3,10\nb,,3,10\n",
            {"a": hart(0, 100, 110, 3)},
        )

        self.assertIn("exact 1 of 1", self.check("--only", "a")[1])

    def test_segments_go_where_the_folders_link_script_says(self) -> None:
        self.table(
            "core_cycles.csv",
            "name,description,instructions,cycles\na,,3,10\n",
            {"a": hart(0, 100, 110, 3)},
        )
        (self.path / "link.ld").write_text("this is no link script")

        self.assertIn("FAILED: does not build", self.check()[1])


class Settings(unittest.TestCase):
    def test_the_tables_set_what_differs_between_their_benches(self) -> None:
        kinds = {kind.file: kind for kind in KINDS}
        row = {"memory_latency": "40", "l1_prefetch": "1"}

        self.assertEqual(kinds["core_cycles.csv"].settings(row)["soc.cluster.core_count"], "1")
        self.assertEqual(kinds["dma_cycles.csv"].settings(row)["soc.l2.latency_cycles"], "40")
        icache = kinds["icache_cycles.csv"].settings(row)
        self.assertEqual(icache["soc.cluster.icache.memory_latency_cycles"], "40")
        self.assertEqual(icache["soc.cluster.icache.prefetches_at_reset"], "true")


if __name__ == "__main__":
    unittest.main()
