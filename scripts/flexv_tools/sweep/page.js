// SPDX-License-Identifier: Apache-2.0
// Draws the page of a sweep from the JSON in #data: Pareto front, heat map, table.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const good = data.rows.filter((row) => row.status === "ok");

const text = (value) => String(value).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const short = (value) => {
  if (value === null || value === undefined) return "-";
  if (typeof value !== "number") return text(value);
  return Number.isInteger(value) && Math.abs(value) < 1e9 ? value.toLocaleString("en") : value.toPrecision(5);
};

// --- what a point says of itself
const tip = document.getElementById("tip");
function describe(row) {
  const lines = data.parameters.map((name, i) => `${text(name)} <b>${text(row.parameters[i])}</b>`);
  const values = data.objectives.map((each, i) => `${text(each.name)} <b>${short(row.values[i])}</b>`);
  return [...lines, ...values, row.feasible ? "" : "breaks a constraint"].filter(Boolean).join("<br>");
}
function show(event, content) {
  tip.innerHTML = content;
  tip.style.display = "block";
  const width = tip.offsetWidth;
  const left = event.clientX + 16 + width > window.innerWidth ? event.clientX - width - 16 : event.clientX + 16;
  tip.style.left = `${Math.max(4, left)}px`;
  tip.style.top = `${Math.min(event.clientY + 12, window.innerHeight - tip.offsetHeight - 4)}px`;
}
const hide = () => { tip.style.display = "none"; };

function chooser(parent, label, names, chosen, change) {
  const select = document.createElement("select");
  select.setAttribute("aria-label", label);
  select.title = label;
  names.forEach((name, i) => select.add(new Option(name, i, false, i === chosen)));
  select.onchange = () => change(Number(select.value));
  parent.append(select);
}

// --- axes
function ticks(low, high) {
  const span = high - low || Math.abs(high) || 1;
  const base = 10 ** Math.floor(Math.log10(span / 5));
  const step = [1, 2, 5, 10].map((f) => f * base).find((s) => span / s <= 6);
  const found = [];
  for (let v = Math.ceil(low / step) * step; v <= high + step * 1e-6; v += step) found.push(v);
  return found.map((v) => Number(v.toPrecision(10)));
}
function range(values) {
  const low = Math.min(...values), high = Math.max(...values);
  const margin = (high - low || Math.abs(high) || 1) * 0.06;
  return [low - margin, high + margin];
}

// --- Pareto front
const front = document.getElementById("pareto");
const axes = { x: 0, y: Math.min(1, data.objectives.length - 1) };
const numeric = data.parameters.map((name, i) => ({ name, of: (row) => row.parameters[i] }))
  .filter((each) => good.every((row) => typeof each.of(row) === "number"));
const measures = [...data.objectives.map((each, i) => ({ name: each.name, of: (row) => row.values[i] })), ...numeric];
if (data.objectives.length === 1) axes.y = Math.min(1, measures.length - 1);

function drawFront() {
  const box = front.querySelector(".canvas");
  if (!good.length) { box.textContent = "No run ended well."; return; }
  const X = measures[axes.x], Y = measures[axes.y];
  const width = 1000, height = 420, left = 80, bottom = 46;
  const [x0, x1] = range(good.map(X.of)), [y0, y1] = range(good.map(Y.of));
  const x = (v) => left + ((v - x0) / (x1 - x0)) * (width - left - 10);
  const y = (v) => 10 + (1 - (v - y0) / (y1 - y0)) * (height - bottom - 10);
  const parts = [];
  for (const v of ticks(y0, y1))
    parts.push(`<line x1="${left}" x2="${width - 10}" y1="${y(v)}" y2="${y(v)}" stroke="var(--line)"/>` +
      `<text x="${left - 8}" y="${y(v) + 4}" text-anchor="end">${short(v)}</text>`);
  for (const v of ticks(x0, x1))
    parts.push(`<text x="${x(v)}" y="${height - bottom + 18}" text-anchor="middle">${short(v)}</text>`);
  parts.push(`<text class="label" x="${width - 10}" y="${height - 6}" text-anchor="end">${text(X.name)}</text>`);
  parts.push(`<text class="label" x="${left + 6}" y="22">${text(Y.name)}</text>`);
  const chain = good.filter((row) => row.pareto).sort((a, b) => X.of(a) - X.of(b));
  if (chain.length > 1 && data.objectives.length === 2 && axes.x < 2 && axes.y < 2)
    parts.push(`<polyline fill="none" stroke="var(--warm)" stroke-dasharray="4 4" points="` +
      chain.map((row) => `${x(X.of(row))},${y(Y.of(row))}`).join(" ") + `"/>`);
  const order = good.map((row, i) => i).sort((a, b) => good[a].pareto - good[b].pareto);
  for (const i of order) {
    const row = good[i];
    const colour = row.pareto ? "var(--warm)" : row.feasible ? "var(--accent)" : "var(--soft)";
    parts.push(`<circle data-row="${i}" cx="${x(X.of(row))}" cy="${y(Y.of(row))}" r="${row.pareto ? 7 : 5}" ` +
      `fill="${colour}" fill-opacity="${row.feasible ? 0.85 : 0.35}" stroke="var(--paper)"/>`);
  }
  box.innerHTML = `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Pareto front">${parts.join("")}</svg>`;
  box.querySelectorAll("circle").forEach((circle) => {
    const row = good[Number(circle.dataset.row)];
    circle.onmousemove = (event) => show(event, describe(row));
    circle.onmouseleave = hide;
    if (row.report) circle.onclick = () => { window.location.href = `reports/${row.report}`; };
  });
}

// --- heat map
const heat = document.getElementById("heat");
const choice = { x: 0, y: Math.min(1, data.parameters.length - 1), value: 0 };
const distinct = (i) => data.rows.map((row) => row.parameters[i]).filter((v, at, all) => all.indexOf(v) === at);

function bestOf(rows, objective) {
  const values = rows.map((row) => row.values[objective]).filter((v) => v !== null);
  if (!values.length) return null;
  return data.objectives[objective].max ? Math.max(...values) : Math.min(...values);
}
function drawHeat() {
  const box = heat.querySelector(".canvas");
  const columns = distinct(choice.x), lines = choice.x === choice.y ? [""] : distinct(choice.y);
  const cells = lines.map((line) => columns.map((column) => bestOf(good.filter((row) =>
    row.parameters[choice.x] === column && (choice.x === choice.y || row.parameters[choice.y] === line)), choice.value)));
  const known = cells.flat().filter((v) => v !== null);
  if (!known.length) { box.textContent = "No run ended well."; return; }
  const low = Math.min(...known), high = Math.max(...known), isMax = data.objectives[choice.value].max;
  const left = 150, width = 1000, size = (width - left) / columns.length, tall = Math.min(64, Math.max(34, 320 / lines.length));
  const parts = columns.map((column, i) =>
    `<text x="${left + size * (i + 0.5)}" y="16" text-anchor="middle">${text(column)}</text>`);
  lines.forEach((line, j) => {
    parts.push(`<text x="${left - 10}" y="${26 + tall * (j + 0.5) + 4}" text-anchor="end">${text(line)}</text>`);
    columns.forEach((column, i) => {
      const value = cells[j][i];
      const share = value === null ? 0 : high === low ? 1 : (value - low) / (high - low);
      const strength = isMax ? share : 1 - share;  // the best is the darkest
      const fill = value === null ? "none" : "var(--accent)";
      parts.push(`<rect class="cell" x="${left + size * i}" y="${26 + tall * j}" width="${size}" height="${tall}" rx="6" ` +
        `fill="${fill}" fill-opacity="${0.12 + 0.75 * strength}" data-value="${value}"/>`);
      parts.push(`<text class="label" pointer-events="none" x="${left + size * (i + 0.5)}" y="${26 + tall * (j + 0.5) + 4}" ` +
        `text-anchor="middle">${short(value)}</text>`);
    });
  });
  box.innerHTML = `<svg viewBox="0 0 ${width} ${30 + tall * lines.length}" role="img" aria-label="heat map">${parts.join("")}</svg>`;
}

// --- table
const points = document.getElementById("points"), filter = document.getElementById("filter");
const columns = [...data.parameters, "status", ...data.objectives.map((each) => each.name), "report"];
const cellsOf = (row) => [...row.parameters, row.status, ...row.values, row.report];
const order = { column: -1, sign: 1 }, mostRows = 1000;

function matches(row) {
  return filter.value.trim().split(/\s+/).filter(Boolean).every((word) => {
    const rule = word.match(/^(.+?)(<=|>=|=|<|>)(-?[\d.eE+-]+)$/);
    const at = rule ? columns.findIndex((name) => name.toLowerCase().includes(rule[1].toLowerCase())) : -1;
    if (at < 0) return cellsOf(row).concat(row.message).join(" ").toLowerCase().includes(word.toLowerCase());
    const value = cellsOf(row)[at], limit = Number(rule[3]);
    return { "<": value < limit, ">": value > limit, "<=": value <= limit, ">=": value >= limit, "=": value === limit }[rule[2]];
  });
}
function compare(a, b) {
  if (a === null || b === null) return (a === null) - (b === null);
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}
function drawTable() {
  let rows = data.rows.filter(matches);
  const found = rows.length;
  if (order.column >= 0) rows.sort((a, b) => order.sign * compare(cellsOf(a)[order.column], cellsOf(b)[order.column]));
  rows = rows.slice(0, mostRows);  // a browser is slow with more
  const head = columns.map((name, i) =>
    `<th data-column="${i}"${i === order.column ? ` data-sort="${order.sign}"` : ""}>${text(name)}</th>`).join("");
  const body = rows.map((row) => {
    const cells = cellsOf(row).slice(0, -1).map((value) => `<td>${typeof value === "number" ? short(value) : text(value ?? "")}</td>`);
    const link = row.report ? `<a href="reports/${text(row.report)}">open</a>` : text(row.message);
    return `<tr class="${row.pareto ? "front" : row.status === "ok" ? "" : "failed"}">${cells.join("")}<td class="text">${link}</td></tr>`;
  }).join("");
  points.innerHTML = `<thead><tr>${head}</tr></thead><tbody>${body}</tbody>`;
  document.getElementById("count").textContent = 
    `${found} of ${data.rows.length}` + (found > mostRows ? `, the first ${mostRows} are shown` : "");
  points.querySelectorAll("th").forEach((th) => {
    th.onclick = () => {
      const column = Number(th.dataset.column);
      order.sign = order.column === column ? -order.sign : 1;
      order.column = column;
      drawTable();
    };
  });
}

// --- start
front.innerHTML = '<div class="choose"></div><div class="canvas"></div>';
heat.innerHTML = '<div class="choose"></div><div class="canvas"></div>';
const names = measures.map((each) => each.name);
chooser(front.firstChild, "horizontal axis", names, axes.x, (i) => { axes.x = i; drawFront(); });
chooser(front.firstChild, "vertical axis", names, axes.y, (i) => { axes.y = i; drawFront(); });
drawFront();
if (data.parameters.length) {
  chooser(heat.firstChild, "columns", data.parameters, choice.x, (i) => { choice.x = i; drawHeat(); });
  chooser(heat.firstChild, "rows", data.parameters, choice.y, (i) => { choice.y = i; drawHeat(); });
  chooser(heat.firstChild, "colour", data.objectives.map((each) => each.name), 0, (i) => { choice.value = i; drawHeat(); });
  drawHeat();
} else {
  document.getElementById("map").remove();
}
filter.oninput = drawTable;
drawTable();
