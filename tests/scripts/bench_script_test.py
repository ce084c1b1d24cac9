# SPDX-License-Identifier: Apache-2.0
"""scripts/bench with simulators made up here, whose speed is known."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Spins for {seconds}, {factor} times as long with a trace.
PROGRAM = """#!{python}
import json, socket, sys, time
arguments = sys.argv[1:]
seconds = {seconds} * ({factor} if "--trace" in arguments else 1)
while time.process_time() < seconds:
    pass
if "--gdb" in arguments and "--gdb-nowait" not in arguments:
    with socket.socket(socket.AF_UNIX) as server, open({asked!r}, "ab") as asked:
        server.bind(arguments[arguments.index("--gdb") + 1])
        server.listen()
        peer, _ = server.accept()
        while not (request := peer.recv(4096)).endswith(b"$c#63"):
            assert request, "the debugger has gone"
            asked.write(request + b"\\n")
            if request.startswith(b"$Z"):
                peer.sendall(b"+$OK#9a")
        peer.sendall(b"+$T05thread:1;#d7")
        assert peer.recv(4096).endswith(b"$c#63"), "a stop holds the run"
        peer.close()
report = {{"instructions": 3000000, "cycles": {cycles}, "host": {{"seconds": 0.5}}}}
if "--max-cycles" in arguments:
    report["cycles"] = int(arguments[arguments.index("--max-cycles") + 1])
json.dump(report, open(arguments[arguments.index("--report") + 1], "w"))
sys.exit(104 if "--max-cycles" in arguments else 0)
"""


class BenchTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.image = self.folder / "image.elf"
        self.image.touch()

    def simulator(self, name: str, seconds: float, cycles: int = 1000000, factor: int = 1) -> Path:
        path = self.folder / name
        path.write_text(
            PROGRAM.format(python=sys.executable, seconds=seconds, cycles=cycles, factor=factor,
                           asked=str(self.folder / "asked")))
        path.chmod(0o755)
        return path

    def bench(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-B", ROOT / "scripts/bench", "--repeat", "2", *arguments],
                              capture_output=True, text=True, check=False)

    def test_speed_is_instructions_and_cycles_a_second(self) -> None:
        done = self.bench("--program", self.simulator("vp", 0.01), self.image)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"3000000 +1000000 +0\.500 +6\.000 .* 2\.000 ")

    def test_a_simulator_that_needs_twice_the_time_has_the_ratio_two(self) -> None:
        numbers = self.folder / "numbers.json"
        done = self.bench("--program", self.simulator("vp", 0.4), "--against", self.simulator("old", 0.8),
                          "--json", numbers, self.image)
        self.assertEqual(done.returncode, 0, done.stderr)
        pair = json.loads(numbers.read_text())["pairs"][0]
        self.assertAlmostEqual(pair["ratio"]["median"], 2, delta=0.5)
        self.assertTrue(pair["same_cycles"])

    def test_simulators_that_count_different_cycles_are_told(self) -> None:
        done = self.bench("--program", self.simulator("vp", 0.01), "--against",
                          self.simulator("old", 0.01, cycles=7), self.image)
        self.assertIn("simulated cycles differ", done.stdout)

    def test_an_instrument_costs_the_ratio_with_to_without(self) -> None:
        numbers = self.folder / "numbers.json"
        done = self.bench("--program", self.simulator("vp", 0.15, factor=3), "--instruments", "--json", numbers,
                          "--cycles", "500000", self.image)
        self.assertEqual(done.returncode, 0, done.stderr)
        costs = {cost["instrument"]: cost["factor"]["median"]
                 for cost in json.loads(numbers.read_text())["instruments"]}
        self.assertAlmostEqual(costs["--trace, 8 harts"], 3, delta=0.7)
        self.assertAlmostEqual(costs["--profile"], 1, delta=0.3)
        asked = (self.folder / "asked").read_text()
        for point in ("$Z0,1c170000,4#", "$Z2,1c170000,4#", "$Z3,1c170000,4#"):
            self.assertEqual(asked.count(point), 2, "a debugger comes to each of the two runs")

    def test_a_part_of_each_run_can_be_measured(self) -> None:
        done = self.bench("--program", self.simulator("vp", 0.01), "--cycles", "500000", self.image)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"3000000 +500000 ")
        done = self.bench("--cycles", "0", self.image)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--cycles 0: expected 1 or more", done.stderr)

    def test_what_cannot_be_measured_is_an_error(self) -> None:
        for arguments, words in (
            (("no_such_program",), "no_such_program.elf is missing; scripts/demo builds"),
            (("--program", self.folder / "no_vp", self.image), "no_vp: No such file or directory"),
            (("--program", self.failing(), self.image), "exit status 102\nbroken"),
        ):
            done = self.bench(*arguments)
            self.assertEqual(done.returncode, 1)
            self.assertIn(words, done.stderr)

    def failing(self) -> Path:
        path = self.folder / "failing"
        path.write_text("#!/bin/sh\necho broken >&2; exit 102\n")
        path.chmod(0o755)
        return path


if __name__ == "__main__":
    unittest.main()
