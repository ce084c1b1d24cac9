# SPDX-License-Identifier: Apache-2.0
"""scripts/flamegraph on small profiles made up here."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from flexv_tools import flamegraph  # noqa: E402

FOLDED = "cluster.core0;main 10\ncluster.core0;main;work<T> 70\ncluster.core0;main;work<T>;[asleep: BAR] 20\n"


def call(parent: int | None, function: int, active: int, asleep: int = 0, **more: Any) -> dict[str, Any]:
    return {"parent": parent, "core": 0, "function": function, "instructions": active, "active_cycles": active,
            "sleep_cycles": asleep, "macs": 0, "energy_pj": 0.5 * active, "stalls": {}} | more  # fmt: skip


PROFILE = {
    "schema": "flexv-profile-1",
    "cores": ["cluster.core0"],
    "functions": [{"name": "main"}, {"name": "work"}, {"name": "[asleep: wfi]"}],
    "calls": [call(None, 0, 30), call(0, 1, 60, stalls={"tcdm": 12}), call(1, 2, 0, 10)],
}


class Flamegraph(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def draw(self, text: str, *options: str, name: str = "p.folded") -> tuple[int, str]:
        (self.folder / name).write_text(text)
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            status = flamegraph.main([str(self.folder / name), *options])
        return status, said.getvalue()

    def frames(self) -> dict[str, ElementTree.Element]:
        root = ElementTree.parse(self.folder / "p.svg").getroot()
        groups = root.iter("{http://www.w3.org/2000/svg}g")
        return {group.attrib["data-name"]: group for group in groups}

    def test_widths_are_costs_with_callees(self) -> None:
        self.assertEqual(self.draw(FOLDED)[0], 0)
        frames = self.frames()
        self.assertEqual(list(frames), ["all", "cluster.core0", "main", "work<T>", "[asleep: BAR]"])
        widths = {name: float(frame.attrib["data-width"]) for name, frame in frames.items()}
        self.assertAlmostEqual(widths["main"], flamegraph.WIDTH)
        self.assertAlmostEqual(widths["work<T>"], 0.9 * flamegraph.WIDTH)
        self.assertAlmostEqual(widths["[asleep: BAR]"], 0.2 * flamegraph.WIDTH)
        self.assertEqual([frame.attrib["data-depth"] for frame in frames.values()], list("01234"))

    def test_sleep_is_grey_and_the_title_has_numbers(self) -> None:
        self.draw(FOLDED)
        frame = self.frames()["[asleep: BAR]"]
        self.assertEqual(frame[1].attrib["fill"], flamegraph.colour("[asleep: BAR]"))
        self.assertEqual(frame[0].text, "[asleep: BAR]: 20 cycles, 20.00 %")

    def test_a_json_profile_has_other_metrics(self) -> None:
        text = json.dumps(PROFILE)
        for metric, value in (("cycles", "100 cycles"), ("energy_pj", "45 energy_pj"), ("tcdm", "12 tcdm")):
            status, said = self.draw(text, "--metric", metric, name="p.json")
            self.assertEqual(status, 0, said)
            self.assertEqual((self.frames()["all"][0].text or "").split(", ")[0], f"all: {value}")

    def test_mistakes_are_named(self) -> None:
        for text, options, message in (
            ("no cycles here", (), "line 1: expected"),
            (FOLDED, ("--metric", "macs"), "write --profile FILE.json"),
            ("{}", (), "is no profile"),
            ("{", (), "p.folded: "),
            (json.dumps(PROFILE), ("--metric", "tdcm"), "must be one of cycles"),
            ("", (), "nothing to draw"),
        ):
            with self.subTest(text=text):
                status, said = self.draw(text, *options)
                self.assertEqual(status, 1)
                self.assertIn(message, said)
        with contextlib.redirect_stderr(io.StringIO()) as said:
            self.assertEqual(flamegraph.main(["/nowhere/x.folded"]), 1)
        self.assertIn("No such file", said.getvalue())


if __name__ == "__main__":
    unittest.main()
