# SPDX-License-Identifier: Apache-2.0
"""scripts/timeline on a small timeline made up here, and its page in a browser."""

from __future__ import annotations

import contextlib
import html
import io
import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from flexv_tools import timeline  # noqa: E402


def slice_of(name: str, category: str, begin: float, length: float, pid: int = 1, tid: int = 1) -> dict[str, Any]:
    return {"ph": "X", "name": name, "cat": category, "pid": pid, "tid": tid, "ts": begin, "dur": length,
            "args": {"cycle": int(begin * 100)}}  # fmt: skip


def named(what: str, name: str, pid: int, tid: int = 0) -> dict[str, Any]:
    return {"ph": "M", "name": what, "pid": pid, "tid": tid, "args": {"name": name}}


def end_of_arrow(phase: str, tid: int, time: float) -> dict[str, Any]:
    return {"ph": phase, "name": "barrier 0", "cat": "barrier", "id": 1, "pid": 1, "tid": tid, "ts": time}


TRACE: dict[str, Any] = {
    "displayTimeUnit": "ns",
    "otherData": {"schema": "flexv-timeline-1", "firmware": "made_up.elf"},
    "traceEvents": [
        named("process_name", "Cores", 1),
        named("process_name", "DMA", 2),
        named("thread_name", "cluster.core0", 1, 1),
        named("thread_name", "cluster.core1", 1, 2),
        named("thread_name", "channel 3", 2, 4),
        slice_of("barrier 0", "sleep", 6, 2),  # before the function it lies in: any order is allowed
        slice_of("work<int>", "function", 4, 4),
        slice_of("main", "function", 0, 10),
        slice_of("</script><b>evil", "function", 0, 8, tid=2),
        slice_of("in 64 bytes", "dma", 1, 3, pid=2, tid=4),
        end_of_arrow("f", 1, 7.999),
        end_of_arrow("s", 2, 7),
        {"ph": "C", "name": "power", "pid": 3, "ts": 0, "args": {"mW": 5}},
        {"ph": "C", "name": "power", "pid": 3, "ts": 5, "args": {"mW": 20}},
    ],
}


class Page(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def run_on(self, text: str, *options: str) -> tuple[int, str]:
        (self.folder / "t.json").write_text(text)
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            status = timeline.main([str(self.folder / "t.json"), *options])
        return status, said.getvalue()

    def page(self) -> str:
        status, said = self.run_on(json.dumps(TRACE))
        self.assertEqual(status, 0, said)
        return (self.folder / "t.html").read_text()

    def data(self) -> dict[str, Any]:
        text = self.page().split('id="data">')[1].split("</script>")[0]
        data: dict[str, Any] = json.loads(text)
        return data

    def test_it_nests_by_time(self) -> None:
        data = self.data()
        core = data["tracks"][0]
        found = {data["names"][each[2]]: each[4] for each in core["slices"]}

        self.assertEqual(found, {"main": 0, "work<int>": 1, "barrier 0": 2})
        self.assertEqual((core["name"], core["process"], core["rows"]), ("cluster.core0", "Cores", 3))
        self.assertEqual(data["arrows"], [[1, 7000, 0, 7999, data["names"].index("barrier 0")]])
        self.assertEqual((data["curves"][0]["points"], data["end"]), ([[0, 5], [5000, 20]], 10000))

    def test_tables_sum_by_name(self) -> None:
        text = self.page()

        self.assertIn("<td>barrier 0</td><td>1</td><td>2.000</td><td>2.000</td>", text)
        self.assertIn("10.0 %", text)  # 2 of 20 microseconds
        self.assertIn("<td>in 64 bytes</td>", text)

    def test_nothing_of_a_firmware_becomes_markup(self) -> None:
        self.assertNotIn("<b>evil", self.page())

    def test_of_too_many_the_shortest_are_left_out_and_the_page_says_so(self) -> None:
        with mock.patch.object(timeline, "MOST_SLICES", 3):
            text = self.page()

        self.assertIn("2 of the shortest slices are left out", text)

    def test_what_is_no_timeline_is_refused(self) -> None:
        for text, expected in (("{", "Expecting"), ("[]", "is no timeline; it comes from flexv-vp run"),
                               ('{"otherData":{"schema":"flexv-timeline-1"},"traceEvents":[{"ph":"X"}]}', "not as the format says")):  # fmt: skip
            with self.subTest(text=text):
                status, said = self.run_on(text)
                self.assertEqual(status, 1)
                self.assertIn(expected, said)
        status, said = self.run_on(json.dumps(TRACE), "-o", str(self.folder / "no/page.html"))
        self.assertEqual(status, 1)
        self.assertIn("page.html: No such file", said)

    def test_the_file_that_is_read_is_not_replaced(self) -> None:
        path = self.folder / "run.html"
        path.write_text(json.dumps(TRACE))
        with contextlib.redirect_stderr(io.StringIO()) as said:
            self.assertEqual(timeline.main([str(path)]), 1)
        self.assertIn("run.html: is read, so it cannot be written as well", said.getvalue())
        self.assertEqual(json.loads(path.read_text()), TRACE)

    def browse(self, script: str, *options: str) -> Any:
        """What `script`, which sets document.title to JSON, has seen in the page."""
        browser = shutil.which("chromium")
        if browser is None:
            self.skipTest("chromium is not installed")
        page = self.folder / "scripted.html"
        page.write_text(self.page().replace("</body>", f"<script>{script}</script></body>"))
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--no-first-run", f"--user-data-dir={self.folder / 'browser'}",
             "--window-size=1100,900", *options, "--dump-dom", f"file://{page}"],
            capture_output=True, text=True, timeout=120, check=True)  # fmt: skip
        return json.loads(html.unescape(done.stdout.split("<title>")[1].split("</title>")[0]))

    def test_a_browser_shows_zooms_and_finds(self) -> None:
        seen = self.browse("""{
          const box = canvas.getBoundingClientRect();
          const move = (left, top) => {
            canvas.dispatchEvent(new PointerEvent("pointermove", {clientX: box.left + left, clientY: box.top + top}));
            return [tip.style.display, tip.textContent];
          };
          const pixel = (left, top) => {
            const scale = window.devicePixelRatio || 1;
            return [...pen.getImageData(left * scale, top * scale, 1, 1).data].slice(0, 3);
          };
          const middle = tops[0] + 2 * ROW + 3;
          const tipOfSleep = move(x(7500), middle), colourOfSleep = pixel(x(7500), middle);
          const tipOfEvil = move(x(100), tops[1] + 3), nothing = move(x(9000), middle);
          canvas.dispatchEvent(new WheelEvent("wheel", {deltaY: -1, clientX: box.left + x(7000), clientY: box.top + 5}));
          const zoomed = [from, to];
          canvas.dispatchEvent(new PointerEvent("pointerdown", {clientX: box.left + 500, clientY: box.top + 5}));
          canvas.dispatchEvent(new PointerEvent("pointermove", {clientX: box.left + 300, clientY: box.top + 5}));
          window.dispatchEvent(new PointerEvent("pointerup"));
          const moved = [from, to];
          document.getElementById("all").click();
          const all = [from, to];
          find.value = "WORK"; find.oninput();
          const faded = pixel(x(7500), middle);
          document.title = JSON.stringify({tipOfSleep, tipOfEvil, nothing, zoomed, moved, all, colourOfSleep, faded,
            height: canvas.clientHeight, rows: document.querySelectorAll("#sleeps tbody tr").length});
        }""")

        self.assertEqual(seen["tipOfSleep"], ["block", "barrier 0\n6 µs to 8 µs: 2 µs\ncycle: 600"])
        self.assertEqual(seen["tipOfEvil"][1].split("\n")[0], "</script><b>evil")
        self.assertEqual(seen["nothing"][0], "none")
        self.assertEqual(seen["all"], [0, 10000])
        (begin, end), (left, right) = seen["zoomed"], seen["moved"]
        self.assertAlmostEqual(end - begin, 8000, 0)
        self.assertTrue(begin < 7000 < end, seen)
        self.assertAlmostEqual(right - left, end - begin, 0)
        self.assertGreater(left, begin, "drawn to the left, later things come in")
        self.assertEqual(seen["colourOfSleep"], [0xA9, 0xB2, 0xBD])
        self.assertNotEqual(seen["faded"], seen["colourOfSleep"])
        self.assertEqual(seen["rows"], 1)
        self.assertGreater(seen["height"], 100)


if __name__ == "__main__":
    unittest.main()
