# SPDX-License-Identifier: Apache-2.0
"""Draw the timeline of a run as a page: one HTML file that needs nothing else.

FILE.json comes from `flexv-vp run --timeline`; Perfetto (ui.perfetto.dev) and chrome://tracing open the same
file. The page shows each core with its functions and sleeps, the transfers of each DMA channel, arrows from
whoever woke a core, and curves of power and bank conflicts. The wheel zooms, dragging moves, the pointer shows
what is there. Exit status: 0, or 1 when the file cannot be read, is no timeline, or the page cannot be written.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flexv_tools import pages
from flexv_tools.drawing import draw
from flexv_tools.errors import Failure
from flexv_tools.timeline_view import SCRIPT, STYLE

SCHEMA = "flexv-timeline-1"
MOST_SLICES = 200_000  # that a page holds; of more the shortest are left out
MOST_ROWS = 30  # of the tables
NANOSECONDS = 1000  # of a microsecond, the unit of the format

Event = dict[str, Any]


@dataclass
class Slice:
    begin: int  # ns
    end: int
    name: str
    category: str
    details: dict[str, Any]
    depth: int = 0


@dataclass
class Track:
    name: str
    process: str
    slices: list[Slice] = field(default_factory=list)

    def nest(self) -> None:
        """Who lies in whom, from the times alone."""
        self.slices.sort(key=lambda each: (each.begin, -each.end))
        open_ends: list[int] = []
        for each in self.slices:
            while open_ends and open_ends[-1] <= each.begin:
                open_ends.pop()
            each.depth = len(open_ends)
            open_ends.append(each.end)

    @property
    def rows(self) -> int:
        return 1 + max((each.depth for each in self.slices), default=0)


@dataclass
class Curve:
    name: str
    unit: str
    points: list[tuple[int, float]] = field(default_factory=list)


@dataclass
class Timeline:
    firmware: str
    tracks: dict[tuple[int, int], Track] = field(default_factory=dict)
    arrows: list[tuple[tuple[int, int], int, tuple[int, int], int, str]] = field(default_factory=list)
    curves: dict[str, Curve] = field(default_factory=dict)
    left_out: int = 0

    def slices(self, category: str) -> list[Slice]:
        return [each for track in self.tracks.values() for each in track.slices if each.category == category]

    @property
    def end(self) -> int:
        return max((each.end for track in self.tracks.values() for each in track.slices), default=0)


def nanoseconds(event: Event, key: str = "ts") -> int:
    return round(float(event[key]) * NANOSECONDS)


class Reader:
    """From events to tracks."""

    def __init__(self, trace: dict[str, Any]) -> None:
        self.timeline = Timeline(str(trace["otherData"].get("firmware", "")))
        self.processes: dict[int, str] = {}
        self.names: dict[tuple[int, int], str] = {}
        self.sent: dict[int, Event] = {}
        events: list[Event] = trace["traceEvents"]
        for event in events:
            if event["ph"] == "M":
                self.name(event)
        for event in sorted((each for each in events if each["ph"] != "M"), key=nanoseconds):
            self.take(event)

    def name(self, event: Event) -> None:
        if event["name"] == "process_name":
            self.processes[event["pid"]] = event["args"]["name"]
        elif event["name"] == "thread_name":
            self.names[event["pid"], event["tid"]] = event["args"]["name"]

    def track(self, event: Event) -> tuple[int, int]:
        place = (event["pid"], event["tid"])
        if place not in self.timeline.tracks:
            process = self.processes.get(place[0], f"process {place[0]}")
            self.timeline.tracks[place] = Track(self.names.get(place, f"track {place[1]}"), process)
        return place

    def take(self, event: Event) -> None:
        if event["ph"] == "X":
            begin = nanoseconds(event)
            end = begin + nanoseconds(event, "dur")
            self.timeline.tracks[self.track(event)].slices.append(
                Slice(begin, end, event["name"], event["cat"], event.get("args", {}))
            )
        elif event["ph"] == "s":
            self.sent[event["id"]] = event
        elif event["ph"] == "f" and event["id"] in self.sent:
            start = self.sent.pop(event["id"])
            self.timeline.arrows.append(
                (self.track(start), nanoseconds(start), self.track(event), nanoseconds(event), event["name"])
            )
        elif event["ph"] == "C":
            ((unit, value),) = event["args"].items()
            curve = self.timeline.curves.setdefault(event["name"], Curve(event["name"], unit))
            curve.points.append((nanoseconds(event), float(value)))


def read(path: Path) -> Timeline:
    try:
        trace = json.loads(path.read_text(errors="replace"))
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise Failure(f"{path}: {error}") from error
    other = trace.get("otherData", {}) if isinstance(trace, dict) else {}
    if other.get("schema") != SCHEMA:
        raise Failure(f"{path}: is no timeline; it comes from flexv-vp run FIRMWARE.elf --timeline FILE.json")
    try:
        timeline = Reader(trace).timeline
    except (KeyError, TypeError, ValueError) as error:
        raise Failure(f"{path}: an event is not as the format says: {error!r}") from error
    shorten(timeline)
    for track in timeline.tracks.values():
        track.nest()
    return timeline


def shorten(timeline: Timeline) -> None:
    lengths = sorted((each.end - each.begin for track in timeline.tracks.values() for each in track.slices), reverse=True)
    if len(lengths) <= MOST_SLICES:
        return
    shortest = lengths[MOST_SLICES] + 1
    for track in timeline.tracks.values():
        kept = [each for each in track.slices if each.end - each.begin >= shortest]
        timeline.left_out += len(track.slices) - len(kept)
        track.slices = kept


def for_the_page(timeline: Timeline) -> dict[str, Any]:
    """Names once, everything else numbers."""
    names: dict[str, int] = {}

    def number(name: str) -> int:
        return names.setdefault(name, len(names))

    places = sorted(timeline.tracks)
    tracks = []
    for place in places:
        track = timeline.tracks[place]
        slices = [
            [each.begin, each.end, number(each.name), number(each.category), each.depth, each.details]
            for each in track.slices
        ]
        tracks.append({"name": track.name, "process": track.process, "rows": track.rows, "slices": slices})
    index = {place: position for position, place in enumerate(places)}
    arrows = [[index[a], sent, index[b], received, number(name)] for a, sent, b, received, name in timeline.arrows]
    curves = [{"name": curve.name, "unit": curve.unit, "points": curve.points} for curve in timeline.curves.values()]
    return {"names": list(names), "tracks": tracks, "arrows": arrows, "curves": curves, "end": timeline.end}


def microseconds(ns: float) -> str:
    return f"{ns / NANOSECONDS:,.3f}"


def sums_by_name(slices: list[Slice]) -> list[tuple[str, int, int, int]]:
    """Name, how often, sum and longest in ns; the largest sum first."""
    sums: dict[str, list[int]] = {}
    for each in slices:
        entry = sums.setdefault(each.name, [0, 0, 0])
        entry[0] += 1
        entry[1] += each.end - each.begin
        entry[2] = max(entry[2], each.end - each.begin)
    rows = [(name, count, total, longest) for name, (count, total, longest) in sums.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0]))[:MOST_ROWS]


def table_of(title: str, what: str, slices: list[Slice], name: str) -> str:
    if not slices:
        return ""
    rows = [
        [pages.escape(label), f"{count:,}", microseconds(total), microseconds(longest)]
        for label, count, total, longest in sums_by_name(slices)
    ]
    return pages.section(title, what, pages.table(("name", "times", "sum, µs", "longest, µs"), rows), name)


def page(timeline: Timeline, title: str) -> str:
    cores = [track for track in timeline.tracks.values() if track.process == "Cores"]
    asleep = sum(each.end - each.begin for each in timeline.slices("sleep"))
    share = 100 * asleep / (timeline.end * len(cores)) if cores and timeline.end else 0
    facts = [
        (f"{microseconds(timeline.end)} µs", "from the first to the last event"),
        (f"{len(cores)}", "cores that ran"),
        (f"{share:.1f} %", "of their time asleep"),
        (f"{len(timeline.slices('dma')):,}", "DMA transfers"),
    ]
    view = (
        '<div class="tools"><button id="in">+</button><button id="out">−</button><button id="all">all</button>'
        '<input id="find" placeholder="find a function or wait" aria-label="find"><span id="span"></span></div>'
        '<canvas id="view" role="img" aria-label="timeline"></canvas><div id="tip"></div>'
    )
    what = "The wheel zooms, dragging moves. Grey is sleep, named by what it waits for; arrows lead from who woke to who was woken."
    left_out = (
        f'<p class="warn">{timeline.left_out:,} of the shortest slices are left out.</p>' if timeline.left_out else ""
    )
    content = (
        f"<h1>Timeline of {pages.escape(title)}</h1>"
        f'<p class="sub">{pages.escape(timeline.firmware)}</p>{left_out}'
        + pages.cards(facts)
        + pages.section("Over time", what, view, "timeline")
        + table_of("What cores slept for", "All cores together.", timeline.slices("sleep"), "sleeps")
        + table_of("Functions", "From entry to return, what they call and wait for included; all cores together.",
                   timeline.slices("function"), "functions")
        + table_of("DMA transfers", "By direction and size.", timeline.slices("dma"), "transfers")
        + pages.embedded("data", for_the_page(timeline))
    )  # fmt: skip
    return pages.document(f"Timeline of {title}", content, STYLE, SCRIPT)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/timeline", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example: flexv-vp run my.elf --timeline my.json && scripts/timeline my.json -o my.html",
    )  # fmt: skip
    parser.add_argument("timeline", type=Path, metavar="FILE.json", help="of flexv-vp run --timeline")
    parser.add_argument("-o", "--out", type=Path, metavar="PAGE.html", help="page; FILE with .html when not given")
    options = parser.parse_args(arguments)
    out = options.out or options.timeline.with_suffix(".html")
    return draw("timeline", options.timeline, out, "timeline",
                lambda: page(read(options.timeline), options.timeline.stem))  # fmt: skip
