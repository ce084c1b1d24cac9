# SPDX-License-Identifier: Apache-2.0
"""Plug-ins: plugin_test.py FLEXV_VP FOLDER, which has the plug-ins of CMakeLists.txt."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "program"))
import images
from firmware_case import FirmwareCase
from images import read_and_end

PROGRAM = ""
PLUGINS = Path()
WINDOW = 0x2000_0000
RESULT = 0x1C01_0000
EVENT = 12


class Case(FirmwareCase):
    def configuration(self, *devices: dict[str, Any]) -> Path:
        path = self.folder / "chip.json"
        text = json.dumps({"soc": {"plugins": devices}}, indent=1)
        path.write_text(text.replace("{", "{\n // devices of others", 1))
        return path

    def device(self, type_name: str = "probe", plugin: str = "plugin_probe", **more: Any) -> dict[str, Any]:
        return {"plugin": str(PLUGINS / f"lib{plugin}.so"), "type": type_name, **more}

    def call(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False, cwd=self.folder
        )

    def run_firmware(
        self, body: list[int], *devices: dict[str, Any], options: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        report = self.folder / "report.json"
        return self.call("run", self.write_image(body), "--config", self.configuration(*devices), "--report", report,
                         "--quiet", *options)  # fmt: skip


class Works(Case):
    def test_firmware_reads_the_parameters_of_the_configuration(self) -> None:
        device = self.device(window=[WINDOW, "4 KiB"], parameters={"count": 17, "ratio": 1.5, "mode": "slow"})
        for index, value in enumerate((17, 1500, 0, len("none"), 1)):
            done = self.run_firmware(read_and_end(WINDOW + 4 * index), device)
            self.assertEqual((done.returncode, self.report()["exit_code"]), (min(value, 99), value), done.stderr)

    def test_settings_reach_parameters_and_fields(self) -> None:
        device = self.device(window=[WINDOW, 4096], name="first")
        image = self.write_image(read_and_end(WINDOW + 0x1000))
        done = self.call("run", image, "--config", self.configuration(device),
                         "--set", "soc.plugins.first.parameters.count=0x21",
                         "--set", f"soc.plugins.first.window=[{WINDOW + 0x1000}, 4096]")  # fmt: skip
        self.assertEqual(done.returncode, 0x21, done.stderr)

    def test_an_interrupt_wakes_a_core_by_a_line_of_the_event_unit(self) -> None:
        body = images.listen_to(EVENT) + images.store(WINDOW + 4 * 5, 5000) + images.sleep() + images.end_with(5)
        done = self.run_firmware(body, self.device(window=[WINDOW, 4096], irq="line12"))
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertGreater(self.report()["time_ns"], 5000)

    def test_a_second_interrupt_may_be_a_soc_event(self) -> None:
        done = self.run_firmware(images.end_with(0), self.device(window=[WINDOW, 4096], irq=["line13", 3]))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_device_masters_the_bus(self) -> None:
        body = images.store(WINDOW + 4 * 6, 42) + read_and_end(RESULT)
        done = self.run_firmware(body, self.device(window=[WINDOW, 4096]))
        self.assertEqual(done.returncode, 42, done.stderr)

    def test_counters_and_prices_are_in_the_report(self) -> None:
        self.run_firmware(read_and_end(WINDOW), self.device(window=[WINDOW, 4096], name="camera"))
        report = self.report()
        self.assertEqual(report["counters"]["outside.camera"], {"reads": 1, "resets": 0, "writes": 0})
        self.assertEqual(report["energy"]["outside_components"]["camera"], 2.5)

    def test_two_devices_of_one_type_stand_beside_each_other(self) -> None:
        devices = [self.device(name=name, window=[WINDOW + 0x1000 * index, 4096], parameters={"count": 5 + index})
                   for index, name in enumerate(("one", "two"))]  # fmt: skip
        self.assertEqual(self.run_firmware(read_and_end(WINDOW + 0x1000), *devices).returncode, 6)

    def test_a_run_is_the_same_bytes_twice_and_whatever_the_quantum(self) -> None:
        reports = []
        for quantum in (1000, 1000, 1, 17):
            self.run_firmware(read_and_end(WINDOW), self.device(window=[WINDOW, 4096]),
                              options=("--set", f"simulation.quantum_cycles={quantum}"))  # fmt: skip
            report = self.report()
            report.pop("host")
            reports.append(report)
        self.assertTrue(all(report == reports[0] for report in reports))

    def test_the_configuration_describes_parameters_and_is_read_again(self) -> None:
        path = self.configuration(self.device(window=[WINDOW, 4096], parameters={"count": 9}))
        done = self.call("config", "--config", path)
        self.assertIn("// - probe: probe of", done.stdout)
        self.assertIn("probe.count = 9: How many. [items; a whole number 1..64] default 3", done.stdout)
        self.assertIn('probe.mode = "fast": How. [one of "fast", "slow"] default "fast"', done.stdout)
        (self.folder / "again.json").write_text(done.stdout)
        again = self.call("config", "--config", "again.json")
        self.assertEqual(again.returncode, 0, again.stderr)

    def test_a_path_begins_at_the_configuration_that_names_it(self) -> None:
        (self.folder / "chips").mkdir()
        (self.folder / "chips/libmy.so").write_bytes((PLUGINS / "libplugin_probe.so").read_bytes())
        device = self.device() | {"plugin": "libmy.so", "window": [WINDOW, 4096]}
        (self.folder / self.configuration(device)).rename(self.folder / "chips/chip.json")
        done = self.call("config", "--config", "chips/chip.json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('"plugin":"chips/libmy.so"', done.stdout)

    def test_a_path_of_the_command_line_begins_at_the_folder_of_the_run(self) -> None:
        (self.folder / "libmy.so").write_bytes((PLUGINS / "libplugin_probe.so").read_bytes())
        device = self.device() | {"plugin": "libmy.so", "window": [WINDOW, 4096]}
        done = self.call("config", "--set", f"soc.plugins={json.dumps([device])}")
        self.assertEqual(done.returncode, 0, done.stderr)


class Refused(Case):
    """Each with its place and what was expected."""

    def refuse(self, device: dict[str, Any], *words: str) -> None:
        self.assert_refused(self.run_firmware(images.end_with(0), device), "chip.json:", "soc.plugins", *words)

    def test_parameters(self) -> None:
        for parameters, words in (
            ({"count": 65}, "parameters.count = 65: must be a whole number 1..64"),
            ({"count": "many"}, 'parameters.count = "many": must be a whole number'),
            ({"ratio": -1}, "must be a number 0..2"),
            ({"loud": 1}, "must be true or false"),
            ({"label": 1}, "must be a text"),
            ({"mode": "fat"}, 'must be one of "fast", "slow"'),
            ({"cuont": 1}, "unknown key; nearest: count"),
            ([1], "must be an object"),
        ):
            with self.subTest(parameters=parameters):
                self.refuse(self.device(window=[WINDOW, 4096], parameters=parameters), words)

    def test_fields(self) -> None:
        for more, words in (
            ({"window": [WINDOW]}, "[base, size in bytes]"),
            ({"window": [WINDOW + 2, 4096]}, "multiples of 4"),
            ({"window": [WINDOW, 0]}, "[base, size in bytes]"),
            ({"irq": 256}, "a SoC event 0..255"),
            ({"irq": "line3"}, '"line12" to "line15"'),
            ({"irq": [3, 4, 5], "window": [WINDOW, 4096]}, '"irq" has 3 entries, but it binds 2 interrupts'),
            ({"name": "two words"}, "must be a name"),
            ({"latency_cycles": 0}, "must be a whole number 1..100000"),
        ):
            with self.subTest(more=more):
                done = self.run_firmware(images.end_with(0), self.device(**more))
                self.assert_refused(done, words)

    def test_settings(self) -> None:
        path = self.configuration(self.device(window=[WINDOW, 4096]))
        for setting, words in (
            ("soc.plugins.prob.parameters.count=1", "has no item prob; it has: probe"),
            ("soc.plugins.probe.parameters.count=65", "count = 65: must be a whole number 1..64"),
            ("soc.plugins.probe.parametres.count=1", "parametres is no object"),
            ("soc.plugins.probe=1", "names no field"),
            ("soc.plugins.probe.windov=1", "unknown key; nearest: window"),
        ):
            with self.subTest(setting=setting):
                self.assert_refused(self.call("config", "--config", path, "--set", setting), "--set " + setting, words)

    def test_windows_that_meet(self) -> None:
        two = [self.device(name=name, window=[WINDOW, 4096]) for name in ("one", "two")]
        self.assert_refused(self.run_firmware(images.end_with(0), *two), "window two", "overlaps window one")
        over_l2 = self.device(window=[0x1C00_0000, 4096], name="over_l2")
        self.assert_refused(self.run_firmware(images.end_with(0), over_l2), "soc.plugins.over_l2", "soc.l2")

    def test_names_that_are_given_twice(self) -> None:
        two = [self.device(window=[WINDOW + 4096 * index, 4096]) for index in range(2)]
        self.assert_refused(self.run_firmware(images.end_with(0), *two), "[1]: two devices are called probe")

    def test_types(self) -> None:
        self.refuse(self.device("prob"), 'has no type "prob"; it has: probe, throws_when_made')

    def test_devices_that_are_wrong_when_made(self) -> None:
        for type_name, words in (
            ("throws_when_made", "throws while it is made: the cable is not plugged in"),
            ("throws_an_int", "throws while it is made: something that is no std::exception"),
            ("reports_when_made", "throws while it is made: no supply"),
            ("asks_for_more", 'asks for parameter "more", which it has not declared'),
            ("makes_nothing", "has made no device"),
            ("free_price", "a price needs a source"),
        ):
            with self.subTest(type=type_name):
                self.assert_refused(self.run_firmware(images.end_with(0), self.device(type_name)), type_name, words)

    def test_devices_that_bind_something_else_than_is_configured(self) -> None:
        for type_name, more, words in (
            ("binds_nothing", {"window": [WINDOW, 4096]}, "binds no target socket"),
            ("binds_twice", {"window": [WINDOW, 4096]}, "binds a second target socket"),
            ("probe", {}, 'give it a "window"'),
            ("binds_nothing", {"irq": 3}, "binds 0 interrupts"),
            ("binds_nothing", {"parameters": {"count": 1}}, "has no parameters"),
        ):
            with self.subTest(type=type_name, more=more):
                self.assert_refused(self.run_firmware(images.end_with(0), self.device(type_name, **more)), words)


class Broken(Case):
    """Files that are no plug-in, or not one for this program."""

    def refuse(self, path: Path | str, *words: str) -> None:
        device = self.device("nothing") | {"plugin": str(path)}
        self.assert_refused(self.run_firmware(images.end_with(0), device), str(path), *words)

    def altered(self, change: tuple[int, bytes] | int) -> Path:
        """The probe with bytes of its identity changed, or cut off."""
        data = bytearray((PLUGINS / "libplugin_probe.so").read_bytes())
        if isinstance(change, int):
            data = data[:change]
        else:
            begin = data.index(b"FLEXVPLG") + change[0]
            data[begin : begin + len(change[1])] = change[1]
        path = self.folder / "libaltered.so"
        path.write_bytes(data)
        return path

    def test_files_that_are_no_shared_object(self) -> None:
        self.refuse(self.folder / "libmissing.so", "No such file")
        self.refuse(self.folder, "")
        (self.folder / "empty.so").write_bytes(b"")
        self.refuse(self.folder / "empty.so", "is empty")
        (self.folder / "text.so").write_text("int main() {}\n" * 20)
        self.refuse(self.folder / "text.so", "is no ELF file", "-shared -fPIC")
        images.Image(images.end_with(0)).write(str(self.folder / "firmware.so"))
        self.refuse(self.folder / "firmware.so", "is for another machine")
        self.refuse(PROGRAM, "is no plug-in")

    def test_another_standard_of_cpp_than_that_of_systemc(self) -> None:
        data = (PLUGINS / "libplugin_probe.so").read_bytes()
        symbol = re.search(rb"sc_api_version_\w+?_cxx(\d{6}L)", data)
        assert symbol is not None
        path = self.folder / "libnewer.so"
        path.write_bytes(data.replace(symbol[0], symbol[0].replace(symbol[1], b"202612L")))
        self.refuse(path, "cannot be loaded", f"compile it with -DSC_CPLUSPLUS={symbol[1].decode()}")

    def test_files_that_are_cut_off(self) -> None:
        size = (PLUGINS / "libplugin_probe.so").stat().st_size
        for kept in (10, 64, 1000, size // 2, size - 100):
            with self.subTest(kept=kept):
                self.refuse(self.altered(kept))

    def test_versions_that_do_not_fit(self) -> None:
        for change, words in (
            ((0, b"X"), "has a damaged section .flexv.plugin"),
            ((8, b"\x63\0\0\0"), "is built for version 99 of the interface of plug-ins, expected 1"),
            ((12, (20303).to_bytes(4, "little")), "is built for SystemC 2.3.3, expected SystemC"),
            ((16, b"\x00"), "another standard library"),
            ((20, b"\0\0"), "has other sizes of sc_module"),
        ):
            with self.subTest(change=change):
                self.refuse(self.altered(change), words)

    def test_plugins_that_describe_themselves_wrongly(self) -> None:
        for mistake, words in (
            ("throws_early", "throws while it is loaded: licence has expired"),
            ("throws", "throws when asked for its types: licence has expired"),
            ("is_empty", "has no type of device"),
            ("bad_default", 'parameter "depth" with the default 0, which must be a whole number 1..8'),
            ("bad_name", 'parameter "not a name": must be a name'),
            ("bad_bounds", "bounds of another kind"),
            ("same_name", 'parameter "on" twice'),
            ("undefined", "cannot be loaded:"),
            ("no_factory", "does not export flexv_plugin_types"),
        ):
            with self.subTest(mistake=mistake):
                self.refuse(PLUGINS / f"libplugin_{mistake}.so", words)

    def test_the_place_is_named(self) -> None:
        self.refuse(self.folder / "libmissing.so", "chip.json:4: soc.plugins[0]: ")


class FailsInTheRun(Case):
    """The run ends in order: status, text, report."""

    def test_an_access_that_throws(self) -> None:
        done = self.run_firmware(read_and_end(WINDOW), self.device("throws_when_accessed", window=[WINDOW, 4096]))
        self.assert_refused(done, "soc.plugins.throws_when_accessed: its target throws in b_transport: no such register",
                            "at cycle", "cluster.core0")  # fmt: skip
        self.assertEqual(self.report()["result"], "interrupted")

    def test_a_process_that_throws(self) -> None:
        done = self.run_firmware([images.jump(0)], self.device("throws_in_process"))
        self.assert_refused(done, "soc.plugins.throws_in_process", "throws: ", "out of film")
        self.assertEqual(self.report()["result"], "interrupted")

    def test_an_address_that_the_device_refuses_is_an_error_of_the_firmware(self) -> None:
        done = self.run_firmware(read_and_end(WINDOW + 0x100), self.device(window=[WINDOW, 4096]))
        self.assertEqual(done.returncode, 102, done.stderr)
        self.assertIn("soc.plugins.probe: its target answers TLM_ADDRESS_ERROR_RESPONSE", done.stderr)


if __name__ == "__main__":
    PROGRAM, PLUGINS = str(Path(sys.argv.pop(1)).resolve()), Path(sys.argv.pop(1)).resolve()
    unittest.main(verbosity=2)
