# SPDX-License-Identifier: Apache-2.0
"""What a browser does with a timeline: style and script of the page that scripts/timeline writes."""

STYLE = """
main{max-width:1400px}.tools{display:flex;flex-wrap:wrap;align-items:center;gap:6px;margin-bottom:8px}
.tools button{font:inherit;color:inherit;background:var(--back);border:1px solid var(--line);border-radius:7px;
padding:3px 12px;cursor:pointer}.tools input{min-width:220px;margin:0 0 0 8px}#span{color:var(--soft);margin-left:auto;
font-variant-numeric:tabular-nums}#view{width:100%;display:block;cursor:grab;touch-action:none}
#tip{position:fixed;display:none;pointer-events:none;background:var(--paper);border:1px solid var(--line);
border-radius:8px;padding:6px 10px;font-size:13px;white-space:pre;max-width:60ch;overflow:hidden;
box-shadow:0 2px 10px #0003}
"""

SCRIPT = """
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const canvas = document.getElementById("view"), pen = canvas.getContext("2d");
const tip = document.getElementById("tip"), find = document.getElementById("find");
const LEFT = 150, TOP = 24, ROW = 17, GAP = 6, CURVE = 60, END = Math.max(data.end, 1);
let from = 0, to = END, wanted = "";

// Where each track and curve begins, from the top.
let height = TOP;
const tops = data.tracks.map((track) => { const top = height; height += track.rows * ROW + GAP; return top; });
const curveTops = data.curves.map(() => { const top = height; height += CURVE + GAP; return top; });

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const width = () => canvas.clientWidth - LEFT;
const x = (time) => LEFT + (time - from) / (to - from) * width();
const time = (pixel) => from + (pixel - LEFT) / width() * (to - from);
const micro = (ns) => (ns / 1000).toLocaleString("en", {maximumFractionDigits: 3}) + " µs";

const hues = data.names.map((name) => {
  let seed = 7;
  for (const letter of name) seed = (seed * 31 + letter.codePointAt(0)) % 9973;
  return seed;
});
const colour = (name, category) => {
  if (category === "sleep" || category === "wait") return "#a9b2bd";
  if (category === "dma") return "#b65c8c";
  if (category === "handler") return "#c4574b";
  return `hsl(${190 + hues[name] % 70},${45 + hues[name] % 17}%,${58 + hues[name] % 11}%)`;
};

const step = () => {
  const rough = (to - from) / 8, base = 10 ** Math.floor(Math.log10(rough));
  return Math.max(1, [1, 2, 5, 10].map((factor) => base * factor).find((each) => each >= rough));
};

const drawAxis = () => {
  pen.fillStyle = css("--soft"); pen.strokeStyle = css("--line"); pen.textAlign = "center";
  const wide = step();
  for (let tick = Math.ceil(from / wide) * wide; tick <= to; tick += wide) {
    pen.beginPath(); pen.moveTo(x(tick), TOP - 4); pen.lineTo(x(tick), height); pen.stroke();
    pen.fillText(micro(tick), x(tick), 12);
  }
};

const drawSlice = (slice, top) => {
  const [begin, end, name, category, depth] = slice;
  if (end < from || begin > to) return;
  const left = Math.max(x(begin), LEFT), wide = Math.max(Math.min(x(end), LEFT + width()) - left, 0.6);
  const text = data.names[name];
  pen.globalAlpha = wanted === "" || text.toLowerCase().includes(wanted) ? 1 : 0.15;
  pen.fillStyle = colour(name, data.names[category]);
  pen.fillRect(left, top + depth * ROW, wide, ROW - 2);
  const room = Math.floor((wide - 6) / 6.2);
  if (room < 3) return;
  pen.fillStyle = "#10161d"; pen.textAlign = "left";
  pen.fillText(text.length <= room ? text : text.slice(0, room - 1) + "…", left + 3, top + depth * ROW + 11);
};

const drawTracks = () => {
  data.tracks.forEach((track, index) => {
    for (const slice of track.slices) drawSlice(slice, tops[index]);
    pen.globalAlpha = 1;
    pen.fillStyle = css("--ink"); pen.textAlign = "left";
    pen.fillText((track.process === "Cores" ? "" : track.process + " ") + track.name, 0, tops[index] + 11);
  });
};

// The row of a track that is open at a time, where an arrow begins or ends.
const rowAt = (track, at) => {
  let depth = 0;
  for (const slice of data.tracks[track].slices) {
    if (slice[0] > at) break;
    if (slice[1] >= at) depth = slice[4];
  }
  return tops[track] + depth * ROW + ROW / 2;
};

const drawArrows = () => {
  const shown = data.arrows.filter((arrow) => arrow[3] >= from && arrow[1] <= to);
  if (shown.length > 400) return;  // a grey cloud says nothing
  pen.strokeStyle = pen.fillStyle = css("--warm");
  for (const [source, sent, target, received] of shown) {
    const [x1, y1, x2, y2] = [x(sent), rowAt(source, sent), x(received), rowAt(target, received)];
    pen.beginPath(); pen.moveTo(x1, y1); pen.bezierCurveTo(x1 + 20, y1, x2 - 20, y2, x2, y2); pen.stroke();
    pen.beginPath(); pen.arc(x2, y2, 2.5, 0, 7); pen.fill();
  }
};

const drawCurves = () => {
  data.curves.forEach((curve, index) => {
    const top = curveTops[index], bottom = top + CURVE;
    const most = Math.max(...curve.points.map((point) => point[1]), 1e-12);
    pen.fillStyle = css("--ink"); pen.textAlign = "left";
    pen.fillText(curve.name, 0, top + 11);
    pen.fillStyle = css("--soft");
    pen.fillText(`up to ${most.toPrecision(4)} ${curve.unit}`, 0, top + 27);
    pen.fillStyle = css("--accent");
    curve.points.forEach(([begin, value], place) => {
      const end = place + 1 < curve.points.length ? curve.points[place + 1][0] : END;
      if (end < from || begin > to) return;
      const left = Math.max(x(begin), LEFT), tall = value / most * CURVE;
      pen.fillRect(left, bottom - tall, Math.max(Math.min(x(end), LEFT + width()) - left, 0.6), tall);
    });
  });
};

const draw = () => {
  const scale = window.devicePixelRatio || 1;
  canvas.style.height = height + "px";
  canvas.width = canvas.clientWidth * scale; canvas.height = height * scale;
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.font = "11px 'DejaVu Sans',system-ui,sans-serif";
  drawAxis(); drawTracks(); drawArrows(); drawCurves();
  document.getElementById("span").textContent = `${micro(from)} to ${micro(to)}`;
};

const show = (begin, end) => {
  const wide = Math.min(Math.max(end - begin, 10), END);
  from = Math.min(Math.max(begin, 0), END - wide);
  to = from + wide;
  draw();
};
const zoom = (factor, middle) => show(middle - (middle - from) * factor, middle + (to - middle) * factor);

// The slice under the pointer; the innermost where several are open.
const sliceAt = (pixelX, pixelY) => {
  const index = tops.findLastIndex((top) => top <= pixelY);
  if (index < 0 || pixelX < LEFT) return null;
  const at = time(pixelX), depth = Math.floor((pixelY - tops[index]) / ROW);
  const near = (to - from) / width();
  return data.tracks[index].slices.find((slice) =>
    slice[4] === depth && slice[0] - near / 2 <= at && slice[1] + near / 2 >= at) || null;
};

const describe = (slice) => {
  const [begin, end, name, , , details] = slice;
  const lines = [data.names[name], `${micro(begin)} to ${micro(end)}: ${micro(end - begin)}`];
  for (const [key, value] of Object.entries(details)) lines.push(`${key}: ${value}`);
  return lines.join("\\n");
};

canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(event.deltaY > 0 ? 1.25 : 0.8, time(event.offsetX));
}, {passive: false});
let held = null;
canvas.addEventListener("pointerdown", (event) => { held = {x: event.offsetX, from, to}; });
window.addEventListener("pointerup", () => { held = null; });
canvas.addEventListener("pointermove", (event) => {
  if (held !== null) {
    const moved = (held.x - event.offsetX) / width() * (held.to - held.from);
    show(held.from + moved, held.to + moved);
  }
  const slice = sliceAt(event.offsetX, event.offsetY);
  tip.style.display = slice ? "block" : "none";
  if (!slice) return;
  tip.textContent = describe(slice);
  tip.style.left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8) + "px";
  tip.style.top = Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8) + "px";
});
canvas.addEventListener("pointerleave", () => { tip.style.display = "none"; });
document.getElementById("in").onclick = () => zoom(0.5, (from + to) / 2);
document.getElementById("out").onclick = () => zoom(2, (from + to) / 2);
document.getElementById("all").onclick = () => show(0, END);
find.oninput = () => { wanted = find.value.toLowerCase(); draw(); };
window.addEventListener("resize", draw);
draw();
"""
