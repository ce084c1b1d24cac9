# SPDX-License-Identifier: Apache-2.0
"""scripts/energy_report, operating_points and calibrate on small reports made up here."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


sys.path.insert(0, str(SCRIPTS))

from flexv_tools import calibrate, energy_report, operating_points  # noqa: E402


def sample_report() -> dict[str, Any]:
    components = {"cluster.core0": 600.0, "cluster.core1": 200.0, "cluster.leakage.tcdm": 200.0}
    item = {"symbol": "alu", "counter": "cluster.core*.alu", "value": 0.3, "unit": "pJ", "kind": "assumed",
            "source": "a <table>", "events": 10, "scale": 2.0, "energy_pj": 800.0}  # fmt: skip
    return {
        "schema": "flexv-report-1",
        "cycles": 100,
        "time_ns": 1000.0,
        "harts": [{"name": "cluster.core0", "instructions": 9, "active_cycles": 9, "sleep_cycles": 1,
                   "energy_pj": 600.0}],
        "counters": {"cluster.core0": {"macs": 500}},
        "regions": [{"name": "conv & pool", "cycles": 50, "macs": 500, "mac_per_cycle": 10.0, "gops": 2.0,
                     "energy_pj": 400.0, "own_energy_pj": 400.0, "mean_mw": 0.8, "tops_per_watt": 2.5,
                     "components": {"cluster.core0": 400.0}}],
        "area": {"total_mm2": 0.5, "components": {"cluster.cores": 0.4, "cluster.tcdm": 0.1}, "gate_um2": 0.5,
                 "outside_components": {"l2": 2.0}, "uncertainty_percent": {"total": 10.0, "component": 40.0},
                 "items": [{"symbol": "core", "value": 50.0, "unit": "kGE", "kind": "derived", "count": 8, "scale": 2.0,
                            "source": "a <book>", "mm2": 0.4, "outside": False},
                           {"symbol": "absent", "value": 1.0, "unit": "kGE", "kind": "derived", "count": 0, "scale": 1.0,
                            "source": "none", "mm2": 0.0, "outside": True}]},
        "energy": {"profile": "p", "profile_meaning": "for tests", "vdd": 0.65, "mhz": 100.0, "total_pj": 1000.0,
                   "mean_mw": 1.0, "components": components, "outside_components": {"l2": 5.0},
                   "coefficient_kinds": {"published": 0.0, "derived": 200.0, "assumed": 800.0},
                   "unpriced": ["mine.events"], "warnings": ["0.9 V is too much"], "rest_pj": 600.0,
                   "uncertainty_percent": {"total": 10.0, "component": 30.0},
                   "extrapolations": [{"size": "cores", "value": 1, "reference": 8, "outside": False}],
                   "instruction_classes": [{"class": "alu", "instructions": 9, "pj_each": 4.6}],
                   "coefficients": [item, item | {"symbol": "unused", "events": 0, "energy_pj": 0.0}]},
    }  # fmt: skip


class EnergyReport(unittest.TestCase):
    def page(self, windows: list[Any] | None = None) -> str:
        return energy_report.page(sample_report(), "my run", windows or [])

    def test_the_page_needs_nothing_from_outside(self) -> None:
        text = self.page()
        self.assertNotRegex(text, r"(src|href)=")
        self.assertNotIn("http", text)

    def test_shares_of_the_stack_are_those_of_the_components(self) -> None:
        text = self.page()
        self.assertIn("<title>Cores: 800.0 pJ, 80.0 %</title>", text)
        self.assertIn("<title>Leakage: 200.0 pJ, 20.0 %</title>", text)

    def test_area_stands_by_component_and_item_with_its_source(self) -> None:
        text = self.page()
        self.assertRegex(text, r"cores</td><td>0\.4000</td><td>80\.0 %")
        self.assertRegex(text, r"<code>core</code></td><td>50 kGE</td>.*a &lt;book&gt;")
        self.assertNotIn("absent", text)

    def test_a_report_without_area_has_a_page_too(self) -> None:
        report = sample_report()
        del report["area"]
        self.assertNotIn("mm²", energy_report.page(report, "my run", []))

    def test_names_from_the_firmware_are_escaped(self) -> None:
        self.assertIn("conv &amp; pool", self.page())
        self.assertIn("a &lt;table&gt;", self.page())

    def test_every_coefficient_that_was_used_has_its_source(self) -> None:
        self.assertIn("<code>alu</code>", self.page())
        self.assertNotIn("unused", self.page())

    def test_warnings_and_unpriced_counters_are_shown(self) -> None:
        self.assertIn("0.9 V is too much", self.page())
        self.assertIn("mine.events", self.page())

    def test_what_is_extrapolated_is_said(self) -> None:
        self.assertIn("with a larger uncertainty: cores 1 instead of 8.", self.page())

    def test_uncertainty_stands_beside_the_figures(self) -> None:
        self.assertIn("mean power, ±10\N{NO-BREAK SPACE}%", self.page())

    def test_power_over_time_is_drawn_from_the_trace(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "power.csv"
            path.write_text(
                "begin_cycle,end_cycle,begin_ns,mean_mw,total_pj,cluster.core0_pj,cluster.tcdm_pj,outside.camera_pj,outside.camera.frames\n"
                "0,100,0,1,15,10,5,70,2\n100,150,0,1,20,20,0,0,0\n"
            )
            windows = energy_report.read_windows(path)
        self.assertEqual(sum(windows[0].groups.values()), 15, "others are in no sum of the cluster")
        self.assertAlmostEqual(windows[0].milliwatts("Cores", 100), 0.01)
        text = self.page(windows)
        self.assertIn("Power over time", text)
        self.assertEqual(text.count("<polygon"), 2)
        self.assertIn("0.04 mW", text, "peak: 20 pJ in 50 cycles at 100 MHz")

    def test_a_long_trace_is_thinned_without_losing_energy(self) -> None:
        windows = [energy_report.Window(i, i + 1, {"Cores": 2.0}) for i in range(5000)]
        shown = energy_report.thinned(windows)
        self.assertLessEqual(len(shown), energy_report.MAX_POINTS)
        self.assertEqual(sum(window.groups["Cores"] for window in shown), 10_000)
        self.assertEqual((shown[0].begin, shown[-1].end), (0, 5000))

    def test_a_file_that_is_no_report_is_refused(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.json"
            for text in ("{", "[]", '{"schema": "other"}'):
                path.write_text(text)
                with self.assertRaises(energy_report.Failure):
                    energy_report.read_report(path)

    def test_what_is_read_is_not_replaced(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "run.json"
            path.write_text(json.dumps(sample_report()))
            for script, option in (("energy_report", "--output"), ("operating_points", "--output"), ("operating_points", "--csv")):
                done = subprocess.run([sys.executable, "-B", SCRIPTS / script, path, option, path],
                                      capture_output=True, text=True, check=False)  # fmt: skip
                self.assertEqual(done.returncode, 1)
                self.assertIn("run.json: is read, so it cannot be written as well", done.stderr)
                self.assertEqual(json.loads(path.read_text()), sample_report())


# Prices a made-up report: energy 1000 pJ x V^2, clock up to 1000 x V.
PRICER = """\
#!/usr/bin/env python3
import json, sys
arguments = sys.argv[1:]
def option(name, otherwise):
    return float(arguments[arguments.index(name) + 1]) if name in arguments else otherwise
report = json.load(open(arguments[1]))
vdd, mhz = option("--vdd", 0.5), option("--mhz", 100)
report["energy"] |= {"total_pj": 1000 * vdd * vdd, "max_mhz": 1000 * vdd, "valid_vdd": [0.5, 1.0]}
print(json.dumps(report))
"""


class OperatingPoints(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.path = Path(scratch.name)
        self.program = self.path / "pricer"
        self.program.write_text(PRICER)
        self.program.chmod(0o755)
        (self.path / "run.json").write_text(json.dumps(sample_report()))

    def pricing(self, region: str | None = None) -> Any:
        return operating_points.Pricing(self.program, self.path / "run.json", None, region)

    def test_a_point_is_priced_by_the_program(self) -> None:
        point = self.pricing().point(0.8, 200)
        self.assertAlmostEqual(point.energy_uj, 640e-6)
        self.assertAlmostEqual(point.tops_per_watt, 2 * 500 / 640)
        self.assertAlmostEqual(point.mean_mw, 640 / 500)  # pJ in 100 cycles of 5 ns
        self.assertAlmostEqual(point.gops, 2 * 500 / 500)

    def test_each_voltage_is_swept_to_its_highest_clock(self) -> None:
        curves = operating_points.sweep(self.pricing(), operating_points.voltages(0.5, 0.6, 0.05))
        self.assertEqual([curve[0].vdd for curve in curves], [0.5, 0.55, 0.6])
        self.assertEqual([curve[-1].mhz for curve in curves], [500, 550, 600])

    def test_the_picture_is_well_formed_and_has_a_curve_a_voltage_and_quantity(self) -> None:
        curves = operating_points.sweep(self.pricing(), [0.5, 0.6])
        text = operating_points.picture(curves, "a & b", sample_report()["energy"])
        root = ElementTree.fromstring(text)
        self.assertEqual(len(root.findall("{http://www.w3.org/2000/svg}polyline")), 4)
        self.assertIn("±10 %", text)

    def test_an_unknown_region_is_refused_with_those_that_exist(self) -> None:
        with self.assertRaisesRegex(operating_points.Failure, "no region pool; there are: conv & pool"):
            self.pricing("pool").point(0.8, 200)


class Calibrate(unittest.TestCase):
    def test_infra_is_what_the_anchor_leaves(self) -> None:
        """Section 4: 91.5 MAC/cycle leave 56.13 pJ, the other rows need 52.58."""
        fit = calibrate.Fit(cycles=1000, macs=91_500, region_pj=(52.582 + 3.0) * 1000, old_infra=3.0)
        self.assertAlmostEqual(fit.budget, 56.13, places=2)
        self.assertAlmostEqual(fit.infra, 3.552, places=2)
        self.assertAlmostEqual(fit.scale, 1.892, places=3)

    def test_a_matmul_that_is_too_slow_cannot_be_calibrated_on(self) -> None:
        report = {
            "regions": [{"name": "a2w2", "cycles": 1000, "macs": 50_000, "energy_pj": 56_000}],
            "energy": {"coefficients": [{"symbol": "infra", "value": 3.5}]},
        }
        with self.assertRaisesRegex(calibrate.Failure, "infra would be -21.8"):
            calibrate.fit_of(report)

    def test_profiles_are_written_with_value_date_and_arithmetic(self) -> None:
        fit = calibrate.Fit(cycles=1000, macs=91_500, region_pj=56_000, old_infra=3.0)
        with tempfile.TemporaryDirectory() as folder:
            paths = calibrate.write_profiles(calibrate.PROFILES, fit, Path(folder), "2024-05-17")
            design, silicon = (json.loads(path.read_text()) for path in paths)
        before = json.loads((calibrate.PROFILES / "isvlsi23.json").read_text())
        infra = next(item for item in design["coefficients"] if item["symbol"] == "infra")
        self.assertEqual(infra["value"], fit.infra)
        self.assertRegex(infra["source"], r"2024-05-17.*91\.50 MAC/cycle")
        self.assertEqual(silicon["laws"]["dynamic"]["scale"], fit.scale)
        others = [item for item in design["coefficients"] if item["symbol"] != "infra"]
        self.assertEqual(others, [item for item in before["coefficients"] if item["symbol"] != "infra"])

    def test_the_rest_of_the_area_is_what_the_cluster_leaves(self) -> None:
        rest = {"symbol": "rest", "mm2": 0.05}
        fit = calibrate.rest_fit({"area": {"total_mm2": 0.58, "gate_um2": 0.5, "items": [rest]}})
        self.assertAlmostEqual(fit.value, 40.0)  # 0.55 - 0.53 mm2 at 0.5 um2
        crowded = {"area": {"total_mm2": 0.70, "gate_um2": 0.5, "items": [rest]}}
        with self.assertRaisesRegex(calibrate.Failure, "0.650 mm2, the anchor is 0.550"):
            _ = calibrate.rest_fit(crowded).value

    def test_a_gate_of_the_silicon_is_what_its_logic_leaves(self) -> None:
        bank = {"unit": "mm2", "mm2": 1.178, "value": 0.0, "count": 1, "scale": 1.0, "outside": False}
        core = {"unit": "kGE", "mm2": 9.0, "value": 50.0, "count": 8, "scale": 2.0, "outside": False}
        fit = calibrate.gate_fit({"area": {"items": [bank, core, core | {"outside": True}]}})
        self.assertAlmostEqual(fit.value, 1.25)  # 2.178 - 1.178 mm2 for 800 kGE

    def test_a_missed_anchor_is_told(self) -> None:
        rows = [
            calibrate.Row("A1", "", 3.26, 3.26 * 1.019, "", True),
            calibrate.Row("A1", "", 3.26, 3.26 * 0.979, "", True),
            calibrate.Row("S1", "", 28.75, 28.75 * 1.041, "", True),
            calibrate.Row("N1", "", 8.55, 8.0, "", False),
            calibrate.Row("A2", "", 40.5, 39.0, "", True),
            calibrate.Row("AR1", "", 0.55, 0.562, "", True),
        ]
        self.assertEqual([row.anchor for row in calibrate.misses(rows)], ["A1", "S1", "AR1"])
        self.assertTrue(re.match(r"-2\.1", f"{rows[1].residual_percent:.1f}"))


if __name__ == "__main__":
    unittest.main()
