# SPDX-License-Identifier: Apache-2.0
"""Draw a flame graph of a profile: who has called whom, as wide as it has cost.

PROFILE comes from `flexv-vp run --profile`: folded stacks (.folded, cycles awake and asleep) or .json, which
also has instructions, MACs, energy and stalls. The picture is an SVG of its own: in a browser a click widens
a part, the pointer shows its numbers. Grey is sleep, named by what it waits for. Exit status: 0, or 1 when
the profile cannot be read, or the picture cannot be written.
"""

from __future__ import annotations

import argparse
import html
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flexv_tools.drawing import draw
from flexv_tools.errors import Failure

METRICS = ("cycles", "active_cycles", "sleep_cycles", "instructions", "macs", "energy_pj")
WIDTH, ROW, TOP = 1200, 18, 44  # pixels
NARROWEST = 0.25  # pixels; what is narrower is left out
LETTER = 6.6  # pixels of a letter

SCRIPT = """
const frames = [...document.querySelectorAll("g.frame")];
const place = (frame, x, width) => {
  const [box, label] = [frame.querySelector("rect"), frame.querySelector("text")];
  box.setAttribute("x", x);
  box.setAttribute("width", Math.max(width - 0.5, 0));
  label.setAttribute("x", x + 3);
  const room = Math.floor((width - 6) / %(letter)s), name = frame.dataset.name;
  label.textContent = room < 3 ? "" : name.length <= room ? name : name.slice(0, room - 2) + "..";
  frame.style.display = width < 0.1 ? "none" : "";
};
const zoom = (chosen) => {
  const from = +chosen.dataset.x, wide = +chosen.dataset.width, depth = +chosen.dataset.depth;
  for (const frame of frames) {
    const x = +frame.dataset.x, width = +frame.dataset.width;
    const isAbove = +frame.dataset.depth < depth && x <= from && x + width >= from + wide;
    if (isAbove) place(frame, 0, %(width)s);
    else if (x < from || x + width > from + wide + 1e-6) place(frame, 0, 0);
    else place(frame, (x - from) / wide * %(width)s, width / wide * %(width)s);
  }
};
for (const frame of frames) frame.addEventListener("click", () => zoom(frame));
""" % {"letter": LETTER, "width": WIDTH}


@dataclass
class Frame:
    name: str
    value: float = 0.0  # of itself and all that it has called
    callees: dict[str, Frame] = field(default_factory=dict)

    def add(self, chain: list[str], value: float) -> None:
        self.value += value
        if chain:
            self.callees.setdefault(chain[0], Frame(chain[0])).add(chain[1:], value)

    def depth(self) -> int:
        return 1 + max((callee.depth() for callee in self.callees.values()), default=0)


def folded_stacks(text: str) -> Iterable[tuple[list[str], float]]:
    for number, line in enumerate(text.splitlines(), 1):
        chain, _, value = line.rpartition(" ")
        if not chain or not value.isdigit():
            raise Failure(f"line {number}: expected `core;function;... CYCLES`, found {line[:60]!r}")
        yield chain.split(";"), float(value)


def cost_of(call: dict[str, Any], metric: str) -> float:
    if metric == "cycles":
        return float(call["active_cycles"] + call["sleep_cycles"])
    if metric in METRICS:
        return float(call[metric])
    return float(call["stalls"].get(metric, 0))


def json_stacks(profile: dict[str, Any], metric: str) -> Iterable[tuple[list[str], float]]:
    calls = profile["calls"]
    known = {name for call in calls for name in call["stalls"]}
    if metric not in METRICS and metric not in known:
        raise Failure(f"--metric {metric}: must be one of {', '.join([*METRICS, *sorted(known)])}")
    chains: list[list[str]] = []
    for call in calls:
        name = profile["functions"][call["function"]]["name"]
        outer = [profile["cores"][call["core"]]] if call["parent"] is None else chains[call["parent"]]
        chains.append([*outer, name])
        yield chains[-1], cost_of(call, metric)


def stacks_of(path: Path, metric: str) -> Iterable[tuple[list[str], float]]:
    try:
        text = path.read_text(errors="replace")
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from error
    if not text.lstrip().startswith("{"):
        if metric != "cycles":
            raise Failure(f"{path}: folded stacks have cycles alone; for --metric {metric} write --profile FILE.json")
        return folded_stacks(text)
    try:
        profile = json.loads(text)
    except ValueError as error:
        raise Failure(f"{path}: {error}") from error
    if profile.get("schema") != "flexv-profile-1":
        raise Failure(f"{path}: is no profile; it comes from flexv-vp run FIRMWARE.elf --profile FILE.json")
    return json_stacks(profile, metric)


def colour(name: str) -> str:
    """Warm for functions, always the same for one name; grey for sleep."""
    if name.startswith("[asleep"):
        return "#b9c0c9"
    seed = zlib.crc32(name.encode())
    return f"hsl({15 + seed % 40},{70 + seed // 40 % 15}%,{62 + seed // 600 % 10}%)"


def number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.3f}"


def drawn(frame: Frame, x: float, width: float, depth: int, height: int, total: float, unit: str) -> Iterable[str]:
    if width < NARROWEST:
        return
    room = int((width - 6) / LETTER)
    label = "" if room < 3 else frame.name if len(frame.name) <= room else frame.name[: room - 2] + ".."
    y = height - (depth + 1) * ROW - 4
    title = f"{frame.name}: {number(frame.value)} {unit}, {100 * frame.value / total:.2f} %"
    yield (
        f'<g class="frame" data-name="{html.escape(frame.name)}" data-x="{x:.3f}" data-width="{width:.3f}" '
        f'data-depth="{depth}"><title>{html.escape(title)}</title><rect x="{x:.3f}" y="{y}" '
        f'width="{max(width - 0.5, 0):.3f}" height="{ROW - 1}" fill="{colour(frame.name)}"/>'
        f'<text x="{x + 3:.3f}" y="{y + 13}">{html.escape(label)}</text></g>'
    )
    for callee in sorted(frame.callees.values(), key=lambda each: each.name):
        share = width * callee.value / frame.value if frame.value else 0
        yield from drawn(callee, x, share, depth + 1, height, total, unit)
        x += share


def picture(stacks: Iterable[tuple[list[str], float]], metric: str, title: str) -> str:
    root = Frame("all")
    for chain, value in stacks:
        if value:
            root.add(chain, value)
    if not root.value:
        raise Failure(f"nothing to draw: the profile has no {metric}")
    height = TOP + root.depth() * ROW + 8
    frames = "\n".join(drawn(root, 0, WIDTH, 0, height, root.value, metric))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="DejaVu Sans Mono,monospace" font-size="11">\n'
        f"<title>{html.escape(title)}</title>\n"
        "<style>g.frame{cursor:pointer}g.frame:hover rect{stroke:#222;stroke-width:0.7}</style>\n"
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>\n'
        f'<text x="{WIDTH / 2}" y="20" text-anchor="middle" font-size="15">{html.escape(title)}</text>\n'
        f"{frames}\n<script><![CDATA[{SCRIPT}]]></script>\n</svg>\n"
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/flamegraph", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example: flexv-vp run my.elf --profile my.json && scripts/flamegraph my.json --metric energy_pj",
    )  # fmt: skip
    parser.add_argument("profile", type=Path, metavar="PROFILE", help="file.folded or file.json of --profile")
    parser.add_argument("-o", "--out", type=Path, metavar="FILE.svg", help="picture; PROFILE with .svg when not given")
    parser.add_argument("--metric", default="cycles", help=f"{', '.join(METRICS)} or a cause of stalls; cycles when not given")
    options = parser.parse_args(arguments)
    out = options.out or options.profile.with_suffix(".svg")
    title = f"{options.profile.stem}: {options.metric}"
    return draw("flamegraph", options.profile, out, options.metric,
                lambda: picture(stacks_of(options.profile, options.metric), options.metric, title))  # fmt: skip
