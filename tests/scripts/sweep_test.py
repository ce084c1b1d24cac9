# SPDX-License-Identifier: Apache-2.0
"""scripts/sweep: studies with mistakes, runs of the simulator, caching, resuming, comparing, the page.

The simulator is the one in the environment variable FLEXV_VP."""

from __future__ import annotations

import contextlib
import html
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from flexv_tools import simulator  # noqa: E402
from flexv_tools.errors import Failure  # noqa: E402
from flexv_tools.sweep import compare, main, points, study  # noqa: E402
from flexv_tools.sweep.metrics import Expression, MetricError  # noqa: E402

PROGRAM = Path(os.environ.get("FLEXV_VP", ROOT / "build/release/flexv-vp"))
HELLO = ROOT / "sw/prebuilt/hello.elf"
CORES = "soc.cluster.core_count"


def sample(**changes: Any) -> dict[str, Any]:
    return {
        "firmware": str(HELLO),
        "parameters": {CORES: [1, 2], "soc.cluster.tcdm.bank_count": [8, 16]},
        "objectives": [
            {"name": "cycles", "metric": "/cycles", "goal": "min"},
            {"name": "uJ", "metric": "{/energy/total_pj} / 1e6", "goal": "min"},
        ],
    } | changes


class Folder(unittest.TestCase):
    """A scratch folder and a call of the tool."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def write(self, document: Any, name: str = "study.json") -> Path:
        path = self.folder / name
        path.write_text(document if isinstance(document, str) else json.dumps(document, indent=1))
        return path

    def sweep(self, document: Any, *options: str, out: str = "out") -> int:
        path = self.write(document)
        call = [str(path), "--out", str(self.folder / out), "--program", str(PROGRAM)]
        call += ["--cache", str(self.folder / "cache"), *options]
        self.said = io.StringIO()
        with contextlib.redirect_stderr(self.said), contextlib.redirect_stdout(self.said):
            return main.main(call)

    def table(self, out: str = "out") -> list[dict[str, str]]:
        import csv

        with (self.folder / out / "results.csv").open(newline="") as file:
            return list(csv.DictReader(file))


class Mistakes(Folder):
    """Each names file, line and key."""

    def refused(self, document: Any, *words: str) -> None:
        with self.assertRaises(Failure) as caught:
            study.load(self.write(document))
        for word in ("study.json:", *words):
            self.assertIn(word, str(caught.exception))

    def test_an_unknown_key_is_named_with_its_line(self) -> None:
        text = '{\n  "firmware": "x.elf",\n  "objektives": []\n}'
        self.refused(text, "study.json:3", "objektives", "objectives")

    def test_a_key_that_stands_twice_is_refused(self) -> None:
        self.refused('{\n"name": "a",\n"name": "b"}', ":3", "twice", "line 2")

    def test_text_that_is_no_json_names_the_line(self) -> None:
        self.refused('{\n"name": }', ":2")

    def test_not_a_number_is_no_json(self) -> None:
        self.refused('{\n"max_cycles": NaN}', ":2: max_cycles", "NaN")
        self.refused('{\n"operating_points": [\n{"vdd": 1e999, "mhz": 1}]}', ":3: operating_points.0.vdd", "1e999")
        self.refused('{"a": -Infinity}', "-Infinity")

    def test_what_is_nested_without_end_is_refused(self) -> None:
        self.refused('{"a": ' + "[" * 700 + "]" * 700 + "}")

    def test_many_values_are_read_fast(self) -> None:
        values = ",\n".join(map(str, range(100_000)))
        text = f'{{"firmware": "{HELLO}", "parameters": {{"{CORES}": [{values}]}}, "objectives": []}}'
        started = time.process_time()
        self.refused(text, ":100000: objectives")
        self.assertLess(time.process_time() - started, 10)

    def test_an_image_stands_once_and_is_a_file(self) -> None:
        self.refused(sample(firmware=[str(HELLO), str(HELLO)]), "firmware", "twice")
        self.refused(sample(firmware=str(self.folder)), "firmware", "no file")
        self.refused(sample(parameters={"firmware": ["a.elf"]}), "parameters.firmware")

    def test_an_objective_is_no_other_column_of_the_table(self) -> None:
        for name in ("status", "report", "mhz", CORES):
            self.refused(sample(objectives=[{"name": name, "metric": "/cycles"}]), "objectives.0.name", name)

    def test_a_checkpoint_is_a_file_beside_the_study(self) -> None:
        self.refused(sample(restore="none.ckpt"), "restore", "none.ckpt", "does not exist")
        self.refused(sample(restore=7), "restore", "--save-at")
        self.refused(sample(arguments=["--restore", "x"]), "arguments.0", "sweep's own")

    def test_an_operating_point_stands_once(self) -> None:
        point = {"vdd": 0.65, "mhz": 463}
        self.refused(sample(operating_points=[point, point]), "operating_points.1", "twice")

    def test_limits_are_what_a_run_can_have(self) -> None:
        for key, value in (("max_cycles", 0.5), ("max_cycles", 1e30), ("timeout_seconds", 1e300), ("timeout_seconds", 0)):
            self.refused(sample(**{key: value}), key)

    def test_an_expression_without_end_is_refused(self) -> None:
        for metric in ("{/cycles}" + " + 1" * 20_000, "(" * 5000 + "{/cycles}" + ")" * 5000, "-" * 5000 + "{/cycles}"):
            self.refused(sample(objectives=[{"name": "long", "metric": metric}]), "objectives.0.metric")

    def test_a_missing_firmware_says_where_it_was_looked_for(self) -> None:
        self.refused(sample(firmware="none.elf"), "firmware", "none.elf", str(self.folder.resolve()))

    def test_values_have_to_be_a_list_with_distinct_scalars(self) -> None:
        self.refused(sample(parameters={CORES: 4}), CORES, "list")
        self.refused(sample(parameters={CORES: []}), CORES, "at least one")
        self.refused(sample(parameters={CORES: [1, 1]}), CORES, "twice")
        self.refused(sample(parameters={CORES: [[1]]}), CORES, "number")

    def test_a_metric_may_only_calculate(self) -> None:
        for metric in ("__import__('os')", "{/cycles}.real", "cycles", "{/cycles} +", "open({/cycles})"):
            self.refused(sample(objectives=[{"metric": metric}]), "metric")

    def test_the_time_of_the_host_is_no_metric(self) -> None:
        self.refused(sample(objectives=[{"metric": "/host/seconds"}]), "host")

    def test_a_reference_has_to_be_a_parameter_of_the_study(self) -> None:
        self.refused(sample(objectives=[{"metric": "{soc.l2} * {/cycles}"}]), "soc.l2", "parameter")

    def test_strategies_need_a_count(self) -> None:
        self.refused(sample(points="all"), "points")
        self.refused(sample(points={"random": 0}), "points.random")
        self.refused(sample(points={"random": 3, "sead": 1}), "sead")

    def test_options_that_are_the_sweeps_own_are_refused(self) -> None:
        self.refused(sample(arguments=["--report=x"]), "arguments.0")

    def test_an_operating_point_has_voltage_and_frequency(self) -> None:
        self.refused(sample(operating_points=[{"vdd": 0.65}]), "operating_points.0", "mhz")
        self.refused(sample(operating_points=[{"vdd": -1, "mhz": 100}]), "operating_points.0.vdd", "positive")

    def test_a_build_command_needs_a_place_for_the_image(self) -> None:
        self.refused(sample(firmware={"build": "make"}), "{out}")

    def test_a_folder_is_no_study(self) -> None:
        with self.assertRaisesRegex(Failure, "no such file"):
            study.load(self.folder)

    def test_what_is_derived_comes_from_numbers_of_the_study(self) -> None:
        key = "soc.cluster.tcdm.bank_count"
        parameters = {CORES: [1, 2], "soc.cluster.core.isa": ["flexv"]}
        for derived, word in (
            ({key: "2 * {soc.l2}"}, "{soc.l2}"),
            ({key: "{/cycles}"}, "{/cycles}"),
            ({key: "{soc.cluster.core.isa}"}, "numbers as values"),
            ({key: 8}, "expression"),
            ({CORES: "2 * {soc.cluster.core_count}"}, "already"),
            ({"study.x": "{soc.cluster.core_count}"}, "no key"),
        ):
            self.refused(sample(parameters=parameters, derived=derived), f"derived.{next(iter(derived))}", word)

    def test_a_parameter_that_the_platform_lacks_is_told_before_anything_runs(self) -> None:
        self.assertEqual(self.sweep(sample(parameters={"soc.cluster.core_cout": [1, 2]})), 2)
        said = self.said.getvalue()
        for word in ("study.json:", "parameters.soc.cluster.core_cout", "nearest: soc.cluster.core_count"):
            self.assertIn(word, said)
        self.assertFalse((self.folder / "out").exists())

    def test_the_tool_ends_with_2_and_a_sentence(self) -> None:
        self.assertEqual(self.sweep(sample(points="all")), 2)
        self.assertIn("sweep: error:", self.said.getvalue())


class Metrics(unittest.TestCase):
    REPORT = {"cycles": 10, "a/b": {"~": 3}, "regions": [{"name": "x", "n": 1}, {"name": "y", "n": 2}], "text": "t"}

    def value(self, text: str, **parameters: Any) -> float:
        return Expression.parse(text).value(self.REPORT, parameters)

    def test_pointers_follow_rfc_6901(self) -> None:
        self.assertEqual(self.value("/cycles"), 10)
        self.assertEqual(self.value("/a~1b/~0"), 3)
        self.assertEqual(self.value("/regions/1/n"), 2)

    def test_an_element_is_found_by_a_member(self) -> None:
        self.assertEqual(self.value("/regions/name=y/n"), 2)

    def test_expressions_mix_pointers_and_parameters(self) -> None:
        self.assertEqual(self.value("2 * {/cycles} + max({cores}, 3)", cores=4), 24)
        self.assertEqual(self.value("1 < {/cycles} <= 10"), 1)
        self.assertEqual(self.value("{/cycles} < 10"), 0)

    def test_a_star_stands_for_every_element_or_member(self) -> None:
        self.assertEqual(self.value("sum({/regions/*/n})"), 3)
        self.assertEqual(self.value("10 * mean({/regions/*/n}) + max({/regions/*/n}, 7)"), 22)
        self.assertEqual(self.value("count({/regions/*/n}) + sum({/a~1b/*})"), 5)

    def test_many_numbers_are_no_number(self) -> None:
        for text in ("/regions/*/n", "{/regions/*/n} + 1", "abs({/regions/*/n})"):
            with self.assertRaisesRegex(Failure, "sum, mean, max, min or count"):
                Expression.parse(text)
        with self.assertRaisesRegex(MetricError, "cycles has no members"):
            self.value("sum({/cycles/*})")
        with self.assertRaisesRegex(MetricError, "has no 'm'; it has name, n"):
            self.value("sum({/regions/*/m})")

    def test_what_is_missing_is_said_with_what_is_there(self) -> None:
        with self.assertRaisesRegex(MetricError, "regions has no 'name=z'; it has x, y"):
            self.value("/regions/name=z/n")

    def test_texts_and_divisions_by_zero_are_errors(self) -> None:
        for text in ("/text", "1 / ({/cycles} - 10)", "2 ** {/cycles} ** 9"):
            with self.assertRaises(MetricError):
                self.value(text)


class Runs(Folder):
    def test_a_grid_has_a_row_a_point_in_the_order_of_the_study(self) -> None:
        self.assertEqual(self.sweep(sample()), 0)

        rows = self.table()
        self.assertEqual([(row[CORES], row["soc.cluster.tcdm.bank_count"]) for row in rows],
                         [("1", "8"), ("1", "16"), ("2", "8"), ("2", "16")])  # fmt: skip
        for row in rows:
            report = json.loads((self.folder / "out/reports" / row["report"]).read_text())
            self.assertEqual(row["status"], "ok")
            self.assertEqual(int(row["cycles"]), report["cycles"])
            self.assertAlmostEqual(float(row["uJ"]), report["energy"]["total_pj"] / 1e6)

    def test_the_bytes_depend_neither_on_jobs_nor_on_the_engine(self) -> None:
        self.sweep(sample(), "--jobs", "1", out="one")
        self.sweep(sample(), "--jobs", "4", "--cache", str(self.folder / "other"), out="four")

        self.assertEqual((self.folder / "one/results.csv").read_bytes(), (self.folder / "four/results.csv").read_bytes())

    def checkpoint(self, cycle: int) -> str:
        path = self.folder / "warm.ckpt"
        command = [str(PROGRAM), "run", str(HELLO), "--quiet", "--save-at", str(cycle), str(path)]
        subprocess.run(command, check=True, capture_output=True)
        return path.name

    def test_points_go_on_from_a_checkpoint_and_have_the_results_of_whole_runs(self) -> None:
        points = {"clock.vdd": [0.65, 0.8], "energy.profile": ["isvlsi23", "shaheen"]}
        self.assertEqual(self.sweep(sample(parameters=points), out="whole"), 0)
        self.assertEqual(self.sweep(sample(parameters=points, restore=self.checkpoint(1000)), out="restored"), 0)

        columns = ("clock.vdd", "energy.profile", "status", "cycles", "uJ")
        whole, restored = [[[row[key] for key in columns] for row in self.table(out)] for out in ("whole", "restored")]
        self.assertEqual(restored, whole)
        self.assertEqual(len({row[-1] for row in whole}), 4)

    def test_a_checkpoint_of_other_contents_is_another_run(self) -> None:
        document = sample(parameters={}, objectives=[{"name": "from", "metric": "/restored/cycle"}])
        for cycle in (500, 1500):
            self.assertEqual(self.sweep(document | {"restore": self.checkpoint(cycle)}, out=f"out{cycle}"), 0)
            self.assertEqual(self.table(f"out{cycle}")[0]["from"], str(cycle))

    def test_what_a_checkpoint_does_not_allow_is_a_row_that_says_so(self) -> None:
        self.assertEqual(self.sweep(sample(parameters={CORES: [8, 4]}, restore=self.checkpoint(1000))), 1)
        same, other = self.table()
        self.assertEqual((same["status"], other["status"]), ("ok", "refused"))
        self.assertIn("another configuration", other["message"])

    def test_operating_points_are_priced_without_a_second_run(self) -> None:
        document = sample(parameters={}, operating_points=[{"vdd": 0.6, "mhz": 300}, {"vdd": 0.8, "mhz": 500}])
        self.assertEqual(self.sweep(document), 0)

        low, high = self.table()
        self.assertEqual(low["cycles"], high["cycles"])
        self.assertLess(float(low["uJ"]), float(high["uJ"]))
        self.assertEqual(len(list((self.folder / "cache/runs").iterdir())), 1)

    def test_operating_points_that_differ_little_are_two(self) -> None:
        near = [{"vdd": 0.65, "mhz": 400.0001}, {"vdd": 0.65, "mhz": 400.0002}]
        metric = [{"name": "mhz of it", "metric": "/clock/mhz"}]
        self.assertEqual(self.sweep(sample(parameters={}, operating_points=near, objectives=metric)), 0)
        self.assertEqual([row["mhz of it"] for row in self.table()], ["400.0001", "400.0002"])

    def test_a_point_that_fails_is_a_row_and_the_others_go_on(self) -> None:
        self.assertEqual(self.sweep(sample(parameters={"soc.cluster.tcdm.bank_count": [8, 12]})), 1)

        good, bad = self.table()
        self.assertEqual((good["status"], bad["status"]), ("ok", "refused"))
        self.assertIn("bank_count=12: must be one of 8, 16, 32, 64", bad["message"])
        self.assertEqual(bad["cycles"], "")

    def test_a_limit_is_a_status_of_its_own(self) -> None:
        self.assertEqual(self.sweep(sample(parameters={}, max_cycles=100)), 1)
        self.assertEqual(self.table()[0]["status"], "limit")

    def test_a_metric_that_a_report_does_not_have_is_a_row(self) -> None:
        self.assertEqual(self.sweep(sample(parameters={}, objectives=[{"metric": "/regions/name=x/cycles"}])), 1)
        self.assertEqual(self.table()[0]["status"], "no metric")

    def test_constraints_keep_points_off_the_front(self) -> None:
        self.sweep(sample(constraints=["{soc.cluster.core_count} > 1"]))

        for row in self.table():
            self.assertEqual(row["feasible"], str(int(row[CORES] == "2")))
            self.assertFalse(row["pareto"] == "1" and row["feasible"] == "0")

    def test_a_known_run_is_not_repeated(self) -> None:
        self.sweep(sample(), out="first")
        before = {path: path.stat().st_mtime_ns for path in (self.folder / "cache/runs").rglob("*")}
        self.sweep(sample(name="another"), out="second")

        after = {path: path.stat().st_mtime_ns for path in (self.folder / "cache/runs").rglob("*")}
        self.assertEqual(before, after)
        self.assertIn("4 known", self.said.getvalue())

    def test_another_image_is_another_run(self) -> None:
        image = self.folder / "image.elf"
        image.write_bytes(HELLO.read_bytes())
        self.sweep(sample(firmware="image.elf", parameters={}), out="first")
        image.write_bytes(HELLO.read_bytes() + b"\0")
        self.sweep(sample(firmware="image.elf", parameters={}), out="second")

        self.assertIn("0 known", self.said.getvalue())

    def test_a_file_that_an_option_names_is_part_of_what_is_known(self) -> None:
        profile = self.folder / "mine.json"
        base = self.folder / "base.json"
        shutil.copy(ROOT / "platform/data/energy/isvlsi23.json", base)
        profile.write_text(json.dumps({"extends": str(base), "name": "mine"}))
        document = sample(parameters={}, arguments=["--energy-profile", str(profile)])
        self.sweep(document, out="first")
        self.sweep(document, out="again")
        self.assertIn("1 known", self.said.getvalue())

        base.write_text(base.read_text().replace('"mw": 0.678', '"mw": 0.778'))
        self.sweep(document, out="second")
        self.assertIn("0 known", self.said.getvalue())
        self.assertNotEqual(self.table("first")[0]["uJ"], self.table("second")[0]["uJ"])

    def test_points_that_share_an_image_build_it_once(self) -> None:
        build = {"build": f"echo x >> log; sleep 0.3; cp {HELLO} {{out}}"}
        self.assertEqual(self.sweep(sample(firmware=build), "--jobs", "4"), 0)
        self.assertEqual((self.folder / "log").read_text(), "x\n")

    def test_a_list_of_images_is_a_parameter(self) -> None:
        images = [str(HELLO), str(ROOT / "sw/prebuilt/parallel.elf")]
        self.assertEqual(self.sweep(sample(firmware=images, parameters={})), 0)
        self.assertEqual([row["firmware"] for row in self.table()], images)

    def test_a_command_builds_the_image_of_a_point(self) -> None:
        build = {"build": f"cp {HELLO} {{out}} && printf %s {{firmware.tail}} >> {{out}} && echo x >> log"}
        parameters = {"firmware.tail": ["a", "b"], CORES: [1, 2]}
        self.assertEqual(self.sweep(sample(firmware=build, parameters=parameters), "--jobs", "1"), 0)

        self.assertEqual(len(self.table()), 4)
        self.assertEqual((self.folder / "log").read_text(), "x\nx\n")  # once per image, not once per point

    def test_banks_follow_from_a_banking_factor(self) -> None:
        banks = "soc.cluster.tcdm.bank_count"
        document = sample(
            parameters={CORES: [4, 8], "study.factor": [2, 3]},
            derived={banks: "{study.factor} * {soc.cluster.core_count}"},
            objectives=[{"name": "banks", "metric": "/architecture/tcdm.banks"}, {"metric": f"{{/cycles}} * {{{banks}}}"}],
        )
        self.assertEqual(self.sweep(document), 1)

        rows = self.table()
        self.assertEqual([row[banks] for row in rows], ["8", "12", "16", "24"])
        self.assertEqual([row["status"] for row in rows], ["ok", "refused", "ok", "refused"])
        self.assertEqual([row["banks"] for row in rows], ["8", "", "16", ""])
        page = (self.folder / "out/index.html").read_text()
        data = json.loads(page.split('id="data">')[1].split("</script>")[0])
        self.assertEqual(data["parameters"], [CORES, "study.factor", banks])
        self.assertEqual(data["rows"][0]["parameters"], [4, 2, 8])

    def test_a_derived_value_that_does_not_exist_is_a_row(self) -> None:
        document = sample(
            parameters={"study.x": [0, 1]}, derived={CORES: "2 // {study.x}"}, objectives=[{"metric": "/cycles"}]
        )
        self.assertEqual(self.sweep(document), 1)
        self.assertEqual([row["status"] for row in self.table()], ["refused", "ok"])
        self.assertIn("division", self.table()[0]["message"])

    def test_a_build_that_fails_is_a_row(self) -> None:
        build = {"build": "echo no compiler >&2; false # {out}"}
        self.assertEqual(self.sweep(sample(firmware=build, parameters={})), 1)
        self.assertEqual(self.table()[0]["status"], "not built")
        self.assertIn("no compiler", self.table()[0]["message"])


class Strategies(Folder):
    def test_a_seeded_sample_is_the_same_twice(self) -> None:
        document = sample(parameters={"a": list(range(50)), "b": list(range(50))}, points={"random": 9, "seed": 4})
        plan = study.load(self.write(document))

        once, again = points.known_points(plan), points.known_points(plan)
        self.assertEqual(once, again)
        self.assertEqual(len({tuple(point.items()) for point in once}), 9)

    def test_a_sample_larger_than_the_grid_is_the_grid(self) -> None:
        plan = study.load(self.write(sample(points={"random": 99, "seed": 1})))
        self.assertEqual(len(points.known_points(plan)), 4)

    def test_a_sample_of_a_grid_beyond_all_bounds(self) -> None:
        many = {f"study.p{i}": list(range(600)) for i in range(7)}  # beyond what an index of Python can be
        self.assertEqual(self.sweep(sample(parameters=many, points={"random": 5, "seed": 1})), 0)
        self.assertEqual(len({tuple(row.values()) for row in self.table()}), 5)
        plan = study.load(self.write(sample(parameters=many, points={"pareto": 5, "seed": 1})))
        asked: list[points.Point] = []

        def evaluate(batch: list[points.Point]) -> list[tuple[float, ...] | None]:
            asked.extend(batch)
            return [None] * len(batch)

        points.search(plan, evaluate)
        self.assertEqual(len({tuple(point.values()) for point in asked}), 5)

    def test_the_guided_search_finds_the_front_with_a_part_of_the_grid(self) -> None:
        try:
            import deap  # noqa: F401
        except ImportError:
            self.skipTest("python3-deap is not installed")
        document = sample(parameters={"a": list(range(40)), "b": list(range(40))}, points={"pareto": 400, "seed": 2})
        plan = study.load(self.write(document))
        seen: list[tuple[int, int]] = []

        def evaluate(batch: list[points.Point]) -> list[tuple[float, ...] | None]:
            pairs = [(int(point["a"]), int(point["b"])) for point in batch]
            seen.extend(pairs)
            return [(a + b, (39 - a) ** 2 + b) if b < 35 else None for a, b in pairs]  # front: b = 0

        points.search(plan, evaluate)
        self.assertEqual(len(seen), len(set(seen)))
        self.assertLessEqual(len(seen), 400)
        self.assertGreaterEqual(len({a for a, b in seen if b == 0}), 30)  # of 40; chance would give 10

    def test_the_front_is_what_nothing_dominates(self) -> None:
        self.assertEqual(points.pareto_front([(1, 5), (2, 2), (3, 3), (1, 5)]), [True, True, False, True])
        self.assertEqual(points.pareto_front([]), [])

    def test_the_front_of_random_costs_is_that_of_its_definition(self) -> None:
        chance = random.Random(7)
        costs = [tuple(float(chance.randrange(6)) for _ in range(3)) for _ in range(300)]

        def is_beaten(mine: tuple[float, ...]) -> bool:
            return any(all(x <= y for x, y in zip(other, mine)) and other != mine for other in costs)

        self.assertEqual(points.pareto_front(costs), [not is_beaten(mine) for mine in costs])


class Interruption(Folder):
    def test_ctrl_c_keeps_what_is_done_and_resume_goes_on(self) -> None:
        slow = {"build": f"sleep 0.4; cp {HELLO} {{out}}; printf {{firmware.n}} >> {{out}}"}
        path = self.write(sample(firmware=slow, parameters={"firmware.n": list(range(12))}))
        call = [sys.executable, "-m", "flexv_tools.sweep.main", str(path), "--out", str(self.folder / "out")]
        call += ["--program", str(PROGRAM), "--cache", str(self.folder / "cache"), "--jobs", "1"]
        environment = os.environ | {"PYTHONPATH": str(ROOT / "scripts")}
        process = subprocess.Popen(call, env=environment, stderr=subprocess.DEVNULL)
        runs = self.folder / "cache/runs"
        while process.poll() is None and (not runs.is_dir() or len(list(runs.iterdir())) < 3):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(60), 130)

        partial = self.table()
        self.assertEqual(len(partial), 12)
        self.assertGreaterEqual(sum(row["status"] == "ok" for row in partial), 2)
        self.assertIn("not run", {row["status"] for row in partial})
        self.assertEqual(subprocess.run([*call, "--resume"], env=environment, stderr=subprocess.DEVNULL).returncode, 0)
        self.assertEqual({row["status"] for row in self.table()}, {"ok"})

    def test_results_are_not_overwritten_by_accident(self) -> None:
        self.sweep(sample(parameters={}))
        self.assertEqual(self.sweep(sample(parameters={})), 2)
        self.assertIn("--resume", self.said.getvalue())
        self.assertEqual(self.sweep(sample(parameters={}, name="other"), "--resume"), 2)
        self.assertIn("another study", self.said.getvalue())

    def test_two_sweeps_do_not_work_in_one_folder(self) -> None:
        plan = study.load(self.write(sample(parameters={})))
        with main.prepare_folder(self.folder / "out", plan, resume=False):
            for options in ((), ("--resume",)):
                self.assertEqual(self.sweep(sample(parameters={}), *options), 2)
                self.assertIn("another sweep works there", self.said.getvalue())

        self.assertEqual(self.sweep(sample(parameters={}), "--resume"), 0, self.said.getvalue())

    def test_what_cannot_be_written_is_told_before_anything_runs(self) -> None:
        (self.folder / "file").write_text("")
        for options, out in (((), "file"), ((), "file/out"), (("--cache", str(self.folder / "file")), "out")):
            with self.subTest(out=out, options=options):
                self.assertEqual(self.sweep(sample(), *options, out=out), 2)
                self.assertIn(str(self.folder / "file"), self.said.getvalue())

    def test_resume_with_the_same_study_gives_the_same_bytes(self) -> None:
        self.sweep(sample())
        before = (self.folder / "out/results.csv").read_bytes()
        self.assertEqual(self.sweep(sample(), "--resume"), 0)
        self.assertEqual((self.folder / "out/results.csv").read_bytes(), before)


class Dask(Folder):
    def setUp(self) -> None:
        super().setUp()
        try:
            import distributed  # noqa: F401
        except ImportError:
            self.skipTest("python3-distributed is not installed")

    def test_dask_gives_the_same_bytes_as_processes(self) -> None:
        self.sweep(sample(), out="here")
        self.assertEqual(self.sweep(sample(), "--engine", "dask", "--jobs", "2", out="dask"), 0)
        self.assertEqual((self.folder / "here/results.csv").read_bytes(), (self.folder / "dask/results.csv").read_bytes())

    def test_a_point_whose_worker_dies_is_done_by_another_one(self) -> None:
        # The first time a point is built, the worker kills itself.
        suicide = f"test -e tried || {{ touch tried; kill -9 $PPID; }}; cp {HELLO} {{out}}"
        document = sample(firmware={"build": suicide}, parameters={CORES: [1, 2]})
        self.assertEqual(self.sweep(document, "--engine", "dask", "--jobs", "2"), 0)
        self.assertTrue((self.folder / "tried").exists())
        self.assertEqual([row["status"] for row in self.table()], ["ok", "ok"])

    def test_a_scheduler_that_does_not_answer_is_named(self) -> None:
        self.assertEqual(self.sweep(sample(), "--scheduler", "tcp://127.0.0.1:9"), 2)
        self.assertIn("127.0.0.1:9", self.said.getvalue())


class Comparison(Folder):
    def results(self, name: str, *lines: str) -> Path:
        folder = self.folder / name
        folder.mkdir()
        (folder / "results.csv").write_text("\n".join(["cores,status,cycles,report,message", *lines]) + "\n")
        return folder

    def test_the_same_results_are_equal(self) -> None:
        old = self.results("old", "1,ok,100,a.json,", "2,ok,50,b.json,")
        new = self.results("new", "1,ok,100,c.json,", "2,ok,50,d.json,")
        lines, differs = compare.compare(compare.read(old), compare.read(new), 0)
        self.assertFalse(differs)
        self.assertEqual(lines, ["0 of 2 points changed"])

    def test_a_change_is_shown_with_its_size(self) -> None:
        old = self.results("old", "1,ok,100,,", "2,ok,50,,", "4,ok,30,,")
        new = self.results("new", "1,ok,103,,", "2,fault,,,x")
        lines, differs = compare.compare(compare.read(old), compare.read(new), 0)
        self.assertTrue(differs)
        self.assertIn("cores=1: cycles 100 -> 103 (+3 %)", lines)
        self.assertIn("cores=2: status ok -> fault", lines)
        self.assertTrue(any(line.startswith("cores=4: only in") for line in lines))
        self.assertTrue(lines[-1].startswith("2 of 2 points changed, 1 missing"))

    def test_a_metric_that_is_gone_is_a_difference(self) -> None:
        old, new = self.results("old", "1,ok,100,,"), self.results("new", "1,ok,100,,")
        (new / "results.csv").write_text("cores,status,uJ,report,message\n1,ok,7,,\n")
        lines, differs = compare.compare(compare.read(old), compare.read(new), 0)
        self.assertTrue(differs)
        self.assertIn("cycles: only", lines[0])

    def test_a_tolerance_lets_small_changes_pass(self) -> None:
        old, new = self.results("old", "1,ok,100,,"), self.results("new", "1,ok,101,,")
        self.assertFalse(compare.compare(compare.read(old), compare.read(new), 2)[1])
        self.assertTrue(compare.compare(compare.read(old), compare.read(new), 0.5)[1])

    def test_the_exit_status_is_for_scripts(self) -> None:
        old, new = self.results("old", "1,ok,100,,"), self.results("new", "1,ok,101,,")
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(main.main(["--compare", str(old), str(new)]), 1)
            self.assertEqual(main.main(["--compare", str(old), str(old)]), 0)
        with contextlib.redirect_stderr(io.StringIO()) as said:
            self.assertEqual(main.main(["--compare", str(old), str(self.folder / "none")]), 2)
        self.assertIn("none", said.getvalue())


class Pictures(Folder):
    def setUp(self) -> None:
        super().setUp()
        try:
            import matplotlib  # noqa: F401
        except ImportError:
            self.skipTest("python3-matplotlib is not installed")

    def test_every_picture_comes_as_svg_and_png_with_the_names_of_the_study(self) -> None:
        self.sweep(sample())
        names = {path.name for path in (self.folder / "out/pictures").iterdir()}
        kinds = [f"{name}.{end}" for name in ("front", "map_1", "map_2", "effects") for end in ("svg", "png")]
        self.assertEqual(names, set(kinds))
        for name in kinds:
            content = (self.folder / "out/pictures" / name).read_bytes()
            self.assertTrue(content.startswith(b"\x89PNG" if name.endswith("png") else b"<?xml"), name)

    def test_the_same_results_give_the_same_bytes(self) -> None:
        self.sweep(sample(), out="one")
        self.sweep(sample(), out="two")
        for path in sorted((self.folder / "one/pictures").iterdir()):
            self.assertEqual(path.read_bytes(), (self.folder / "two/pictures" / path.name).read_bytes(), path.name)

    def test_a_study_without_parameters_or_results_has_what_it_can_have(self) -> None:
        self.assertEqual(self.sweep(sample(parameters={}), out="one"), 0)
        self.assertEqual({path.stem for path in (self.folder / "one/pictures").iterdir()}, {"front"})
        self.assertEqual(self.sweep(sample(max_cycles=100), out="none"), 1)
        self.assertFalse((self.folder / "none/pictures").exists())


class Commits(Folder):
    """--compare of two commits, in a repository whose build makes a simulator of its own."""

    def git(self, *arguments: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@t", *arguments],
            cwd=self.folder / "tree", check=True, capture_output=True)  # fmt: skip

    def commit(self, options: str, tag: str) -> None:
        """A simulator that runs with these options."""
        script = f'#!/bin/sh\ncommand=$1; shift\ncase $command in run) set -- "$@" {options};; esac\nexec {PROGRAM.resolve()} $command "$@"\n'
        (self.folder / "tree/simulator").write_text(script)
        (self.folder / "tree/simulator").chmod(0o755)
        self.git("add", ".")
        self.git("commit", "-qm", tag)
        self.git("tag", tag)

    def setUp(self) -> None:
        super().setUp()
        tree = self.folder / "tree"
        tree.mkdir()
        self.git("init", "-q")
        preset = {"name": "release", "generator": "Unix Makefiles", "binaryDir": "${sourceDir}/build/release"}
        (tree / "CMakePresets.json").write_text(json.dumps({"version": 3, "configurePresets": [preset]}))
        (tree / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.20)\nproject(p NONE)\n"
            "add_custom_target(flexv-vp COMMAND cp ${CMAKE_SOURCE_DIR}/simulator ${CMAKE_BINARY_DIR}/flexv-vp)\n"
        )
        (tree / ".gitignore").write_text("build/\n")
        root, simulator.ROOT = simulator.ROOT, tree
        self.addCleanup(setattr, simulator, "ROOT", root)

    def test_points_that_a_commit_changes_are_told_and_fail_the_gate(self) -> None:
        self.commit("", "old")
        self.commit("--set soc.l2.latency_cycles=30", "slower")

        self.assertEqual(self.sweep(sample(), "--compare", "old", "slower"), 1)
        said = self.said.getvalue()
        self.assertRegex(said, r"soc.cluster.core_count=2, soc.cluster.tcdm.bank_count=8: cycles \d+ -> \d+ \(\+")
        self.assertRegex(said, r"uJ \S+ -> \S+ \(\+")
        self.assertIn("4 of 4 points changed", said)

    def test_commits_that_change_nothing_pass_the_gate(self) -> None:
        self.commit("", "old")
        self.commit("--strict", "same")

        self.assertEqual(self.sweep(sample(), "--compare", "old", "same"), 0)
        self.assertIn("0 of 4 points changed", self.said.getvalue())

    def test_a_commit_that_does_not_build_or_exist_is_named(self) -> None:
        self.commit("", "old")
        (self.folder / "tree/CMakeLists.txt").write_text("message(FATAL_ERROR broken)\n")
        self.commit("", "broken")

        self.assertEqual(self.sweep(sample(), "--compare", "old", "broken"), 2)
        self.assertIn("broken", self.said.getvalue())
        self.assertEqual(self.sweep(sample(), "--compare", "old", "nowhere", out="other"), 2)
        self.assertIn("nowhere: neither a folder with results nor a commit", self.said.getvalue())


class Page(Folder):
    def test_the_page_needs_nothing_else_and_cannot_be_broken_by_names(self) -> None:
        self.sweep(sample(name="</script><b>"))
        text = (self.folder / "out/index.html").read_text()
        self.assertNotIn("</script><b>", text)
        self.assertNotIn("http", text.replace("http-equiv", ""))
        data = json.loads(text.split('id="data">')[1].split("</script>")[0])
        self.assertEqual(len(data["rows"]), 4)

    def test_a_published_page_has_the_table_but_no_reports(self) -> None:
        self.sweep(sample(), "--publish", str(self.folder / "docs/study"))
        text = (self.folder / "docs/study/index.html").read_text()
        self.assertNotIn("opens its report", text)
        self.assertNotIn('.json"', text.split('id="data">')[1].split("</script>")[0])
        table = (self.folder / "docs/study/results.csv").read_text()
        self.assertEqual(len(table.splitlines()), 5)
        self.assertNotIn(".json", table)

    def test_the_scaling_is_a_row_a_number_of_jobs(self) -> None:
        path = self.write(sample())
        with contextlib.redirect_stdout(io.StringIO()) as said:
            self.assertEqual(main.main([str(path), "--scaling", "--jobs", "3", "--program", str(PROGRAM)]), 0)
        *rows, own = [line.split() for line in said.getvalue().splitlines()[1:]]
        self.assertEqual([row[0] for row in rows], ["1", "2", "3"])
        self.assertEqual(own[:2], ["a", "point:"])
        self.assertEqual(rows[0][3], "1.00x")

    def browse(self, page: str, *options: str) -> str:
        """What a browser says of `page`, which stands beside the results."""
        copy = self.folder / "out/clicked.html"
        copy.write_text(page)
        done = subprocess.run(
            [str(shutil.which("chromium")), "--headless", "--no-sandbox", "--disable-gpu",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
             f"--user-data-dir={self.folder / 'browser'}", "--window-size=1100,1500", *options, f"file://{copy}"],
            capture_output=True, text=True, timeout=120, check=True)  # fmt: skip
        return done.stdout

    def test_a_click_on_a_point_opens_its_report(self) -> None:
        if shutil.which("chromium") is None:
            self.skipTest("chromium is not installed")
        self.sweep(sample())
        page = (self.folder / "out/index.html").read_text()
        click = """<script>
          const last = [...document.querySelectorAll("#pareto circle")].pop();
          last.dispatchEvent(new MouseEvent("click", {bubbles: true}));
        </script></body>"""
        text = self.browse(page.replace("</body>", click), "--virtual-time-budget=5000", "--dump-dom")
        self.assertIn("flexv-report-1", text)

    def test_a_screenshot_shows_points_map_and_table(self) -> None:
        try:
            import matplotlib.image
        except ImportError:
            self.skipTest("python3-matplotlib is not installed")
        if shutil.which("chromium") is None:
            self.skipTest("chromium is not installed")
        self.sweep(sample())
        picture = self.folder / "page.png"
        self.browse((self.folder / "out/index.html").read_text(), f"--screenshot={picture}")
        pixels = matplotlib.image.imread(picture)
        self.assertEqual(pixels.shape[1], 1100)

        def count(red: int, green: int, blue: int) -> int:
            colour = [red / 255, green / 255, blue / 255]
            return int((abs(pixels[:, :, :3] - colour).max(axis=2) < 0.12).sum())

        self.assertGreater(count(0xE0, 0x8A, 0x3C), 50)  # a point of the front
        self.assertGreater(count(0x3B, 0x6F, 0xB6), 1000)  # cells of the heat map
        self.assertGreater(count(0x1D, 0x27, 0x33), 200)  # text

    def test_a_browser_draws_it_and_sorts_and_filters_the_table(self) -> None:
        browser = shutil.which("chromium")
        if browser is None:
            self.skipTest("chromium is not installed")
        self.sweep(sample())
        page = (self.folder / "out/index.html").read_text()
        clicks = """<script>{
          document.querySelectorAll("#points th")[3].click(); document.querySelectorAll("#points th")[3].click();
          const cell = (row, column) => document.querySelectorAll("#points tbody tr")[row].children[column].textContent;
          const sorted = [0, 1, 2, 3].map((row) => Number(cell(row, 3).replaceAll(",", "")));
          const filter = document.getElementById("filter");
          filter.value = "core_count=2"; filter.oninput();
          const shown = document.querySelectorAll("#points tbody tr").length;
          document.querySelector("circle").dispatchEvent(new MouseEvent("mousemove", {clientX: 9, clientY: 9}));
          document.title = JSON.stringify({sorted, shown, tip: document.getElementById("tip").textContent,
            circles: document.querySelectorAll("#pareto circle").length,
            cells: document.querySelectorAll("#heat rect").length});
        }</script></body>"""
        text = self.browse(page.replace("</body>", clicks), "--dump-dom")
        title = html.unescape(text.split("<title>")[1].split("</title>")[0])
        seen = json.loads(title)
        cycles = sorted((int(row["cycles"]) for row in self.table()), reverse=True)
        self.assertEqual(seen["sorted"], cycles)
        self.assertEqual((seen["shown"], seen["circles"], seen["cells"]), (2, 4, 4))
        self.assertIn("cycles", seen["tip"])


if __name__ == "__main__":
    unittest.main()
