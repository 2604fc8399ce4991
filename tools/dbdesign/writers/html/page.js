
"use strict";
(() => {
const schema = JSON.parse(document.getElementById("schema").textContent);
const byId = (id) => document.getElementById(id);
const canvas = byId("canvas"), search = byId("search"), columns = byId("columns"), details = byId("details");
const ROW = 19, HEAD = 26, GAP_X = 90, GAP_Y = 26, PAD = 26;
const SPACE = "http://www.w3.org/2000/svg";

const make = (name, attributes = {}, text) => {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
};
const cut = (text, length) => (text.length > length ? text.slice(0, length - 1) + "…" : text);

// Tables by name; stubs are tables without columns, in a group of their own.
const nodes = new Map();
for (const table of schema.tables) nodes.set(table.name, { ...table, stub: false });
for (const stub of schema.stubs) {
  nodes.set(stub.name, { name: stub.name, title: `${stub.name} (${stub.where})`, group: schema.groups.length, comment: "", columns: [], stub: true });
}
const links = schema.links.filter((link) => nodes.has(link.child) && nodes.has(link.parent));
const linked = new Map([...nodes.keys()].map((name) => [name, []]));
for (const link of links) {
  linked.get(link.child).push(link);
  if (link.parent !== link.child) linked.get(link.parent).push(link);
}
let chosen = null, near = new Set(), view = { x: 0, y: 0, scale: 1 };

const shown = (node) =>
  columns.value === "all" ? node.columns : columns.value === "keys" ? node.columns.filter((column) => column.marks.length) : [];

function measure(node) {
  const rows = shown(node);
  const name = Math.max(8, ...rows.map((column) => Math.min(column.name.length, 34)));
  const type = Math.max(0, ...rows.map((column) => Math.min(column.type.length, 22)));
  node.rows = rows;
  node.nameAt = 44;
  node.typeAt = 52 + name * 7;
  node.width = Math.max(rows.length ? node.typeAt + type * 6.6 + 30 : 0, 24 + Math.min(node.title.length, 44) * 7.4);
  node.height = HEAD + rows.length * ROW + (rows.length ? 4 : 0);
}

// Inside a group: parents left of their children, ranks as columns of a limited height; tables without links in a block after them.
function arrange(members) {
  const names = new Set(members.map((node) => node.name));
  const parents = new Map(members.map((node) => [node.name, linked.get(node.name)
    .filter((link) => link.child === node.name && link.parent !== node.name && names.has(link.parent)).map((link) => link.parent)]));
  const rank = new Map();
  const order = [];
  for (const node of members) {
    const stack = [[node.name, 0]];
    const open = new Set();
    while (stack.length) {
      const [name, index] = stack[stack.length - 1];
      open.add(name);
      const next = rank.has(name) ? undefined : parents.get(name)[index];
      if (next === undefined) {
        if (!rank.has(name)) {
          rank.set(name, Math.max(0, ...parents.get(name).filter((one) => rank.has(one)).map((one) => rank.get(one) + 1)));
          order.push(name);
        }
        open.delete(name);
        stack.pop();
      } else {
        stack[stack.length - 1][1] += 1;
        if (!rank.has(next) && !open.has(next)) stack.push([next, 0]);
      }
    }
  }
  const alone = members.filter((node) => !linked.get(node.name).some((link) => names.has(link.child) && names.has(link.parent) && link.child !== link.parent));
  const ranks = [];
  for (const node of members) if (!alone.includes(node)) (ranks[rank.get(node.name)] ??= []).push(node);
  const limit = Math.max(700, Math.sqrt(members.reduce((area, node) => area + (node.width + GAP_X) * (node.height + GAP_Y), 0)));
  let x = 0, bottom = 0;
  for (const column of [...ranks.filter(Boolean), alone]) {
    let y = 0, width = 0;
    for (const node of column) {
      if (y && y + node.height > limit) { x += width + GAP_X; y = 0; width = 0; }
      node.x = x; node.y = y;
      y += node.height + GAP_Y;
      width = Math.max(width, node.width);
      bottom = Math.max(bottom, node.y + node.height);
    }
    if (column.length) x += width + GAP_X;
  }
  return { width: Math.max(0, x - GAP_X), height: bottom };
}

// Groups on shelves, in their order, to about the shape of the window.
function layout() {
  for (const node of nodes.values()) measure(node);
  const names = schema.stubs.length ? [...schema.groups, "elsewhere"] : schema.groups;
  const boxes = names.map((name, number) => {
    const members = [...nodes.values()].filter((node) => node.group === number);
    return { name, members, ...arrange(members) };
  }).filter((box) => box.members.length);
  const area = boxes.reduce((sum, box) => sum + (box.width + 3 * PAD) * (box.height + 4 * PAD), 0);
  const limit = Math.max(Math.sqrt(area * 1.9), ...boxes.map((box) => box.width + 2 * PAD));
  let x = 0, y = 0, shelf = 0;
  for (const box of boxes) {
    const width = box.width + 2 * PAD, height = box.height + 2 * PAD + 12;
    if (x && x + width > limit) { x = 0; y += shelf + PAD; shelf = 0; }
    Object.assign(box, { x, y, width, height });
    for (const node of box.members) { node.x += x + PAD; node.y += y + PAD + 12; }
    x += width + PAD;
    shelf = Math.max(shelf, height);
  }
  return boxes;
}

const anchor = (node, column, right) => {
  const index = node.rows.findIndex((one) => one.name === column);
  return [right ? node.x + node.width : node.x, node.y + (index < 0 ? HEAD / 2 : HEAD + 2 + (index + 0.5) * ROW)];
};

// The two ends of a line: a crow's foot or a bar at the child, one or a circle and one bar at the parent.
function ends(x, y, side, many, optional) {
  const at = (distance) => x + side * distance;
  const foot = many ? `M${at(0)},${y - 6}L${at(11)},${y}L${at(0)},${y + 6}` : `M${at(7)},${y - 6}V${y + 6}`;
  const circle = optional ? `M${at(13)},${y}a4,4 0 1,1 ${side * 8},0a4,4 0 1,1 ${-side * 8},0` : `M${at(12)},${y - 6}V${y + 6}`;
  return foot + circle;
}

function drawLink(link) {
  const child = nodes.get(link.child), parent = nodes.get(link.parent);
  const self = child === parent;
  const right = !self && parent.x + parent.width / 2 > child.x + child.width / 2;
  const [x1, y1] = anchor(child, link.from, self || right);
  const [x2, y2] = anchor(parent, link.to, self || !right);
  const out = self || right ? 1 : -1, back = self ? 1 : -out;
  const reach = self ? 60 : Math.max(40, Math.min(160, Math.abs(x2 - x1) / 2));
  const group = make("g", { class: "link" + (link.identifying ? "" : " weak") });
  group.append(
    make("path", { d: `M${x1},${y1}C${x1 + out * reach},${y1} ${x2 + back * reach},${y2} ${x2},${y2}` }),
    make("path", { d: ends(x1, y1, out, !link.unique, true) + ends(x2, y2, back, false, link.optional), "stroke-dasharray": "none" }),
    make("title", {}, `${link.child} (${link.role}) → ${link.parent}${link.actions ? ": " + link.actions : ""}`),
  );
  group.classList.toggle("near", chosen !== null && (link.child === chosen || link.parent === chosen));
  group.classList.toggle("dimmed", chosen !== null && link.child !== chosen && link.parent !== chosen);
  return group;
}

function drawTable(node, words) {
  const group = make("g", { class: "table" + (node.stub ? " stub" : ""), transform: `translate(${node.x},${node.y})`, "data-name": node.name });
  group.append(make("title", {}, node.comment ? `${node.title}\n${node.comment}` : node.title));
  group.append(make("rect", { class: "body", width: node.width, height: node.height, rx: 4 }));
  if (!node.stub) group.append(make("rect", { class: "head", width: node.width, height: HEAD, rx: 4 }));
  group.append(make("text", { class: "title", x: 10, y: 17 }, cut(node.title, 44)));
  node.rows.forEach((column, index) => {
    const y = HEAD + 2 + index * ROW;
    const hit = words && column.name.toLowerCase().includes(words);
    const row = make("g");
    row.append(make("rect", { class: "row" + (hit ? " hit" : ""), x: 1, y, width: node.width - 2, height: ROW }));
    row.append(make("text", { class: "marks", x: 8, y: y + 14 }, column.marks.join(" ")));
    row.append(make("text", { class: column.marks.includes("PK") ? "primary" : "", x: node.nameAt + 8, y: y + 14 }, cut(column.name, 34)));
    row.append(make("text", { class: "type", x: node.typeAt + 8, y: y + 14 }, cut(column.type, 22) + (column.required ? " •" : "")));
    if (column.comment) row.append(make("title", {}, column.comment));
    group.append(row);
  });
  group.classList.toggle("hit", Boolean(words) && node.name.toLowerCase().includes(words));
  group.classList.toggle("chosen", node.name === chosen);
  group.classList.toggle("dimmed", chosen !== null && !near.has(node.name));
  return group;
}

let boxes = layout(), root = null, world = null;

function draw() {
  const words = search.value.trim().toLowerCase();
  const svg = make("svg", { role: "img" });
  root = make("g");
  for (const box of boxes.length > 1 ? boxes : []) {
    const group = make("g", { class: "group" });
    group.append(make("rect", { x: box.x, y: box.y, width: box.width, height: box.height, rx: 8 }));
    group.append(make("text", { x: box.x + 12, y: box.y + 20 }, box.name));
    root.append(group);
  }
  for (const link of links) root.append(drawLink(link));
  for (const node of nodes.values()) root.append(drawTable(node, words));
  svg.append(root);
  canvas.replaceChildren(svg);
  world = { width: Math.max(1, ...boxes.map((box) => box.x + box.width)), height: Math.max(1, ...boxes.map((box) => box.y + box.height)) };
  move();
}

const move = () => root.setAttribute("transform", `translate(${view.x},${view.y}) scale(${view.scale})`);

function fit() {
  const { clientWidth: width, clientHeight: height } = canvas;
  view.scale = Math.min(1.2, Math.max(0.03, Math.min(width / (world.width + 40), height / (world.height + 40))));
  view.x = (width - world.width * view.scale) / 2;
  view.y = (height - world.height * view.scale) / 2;
  move();
}

function centre(name) {
  const node = nodes.get(name);
  view.scale = Math.max(view.scale, 0.8);
  view.x = canvas.clientWidth / 2 - (node.x + node.width / 2) * view.scale;
  view.y = canvas.clientHeight / 2 - (node.y + node.height / 2) * view.scale;
}

function choose(name, go) {
  chosen = name;
  near = new Set(name === null ? [] : [name, ...linked.get(name).flatMap((link) => [link.child, link.parent])]);
  describe();
  draw();
  if (go && name !== null) { centre(name); move(); }
}

function describe() {
  details.hidden = chosen === null;
  if (chosen === null) return;
  const node = nodes.get(chosen);
  const html = (name, text) => { const element = document.createElement(name); element.textContent = text; return element; };
  const list = (title, found, other) => found.length ? [html("h3", title), ...found.map((link) => {
    const button = html("button", `${link[other]} (${link.role})`);
    button.type = "button";
    button.addEventListener("click", () => choose(link[other], true));
    return button;
  })] : [];
  const own = linked.get(chosen);
  details.replaceChildren(
    html("h2", node.title),
    ...(node.comment ? [html("p", node.comment)] : []),
    ...list("references", own.filter((link) => link.child === chosen), "parent"),
    ...list("is referenced by", own.filter((link) => link.parent === chosen), "child"),
  );
}

function matches() {
  const words = search.value.trim().toLowerCase();
  if (!words) return [];
  const named = [...nodes.values()].filter((node) => node.name.toLowerCase().includes(words));
  const having = [...nodes.values()].filter((node) => !named.includes(node) && node.columns.some((column) => column.name.toLowerCase().includes(words)));
  return [...named, ...having].map((node) => node.name);
}

let step = -1;
search.addEventListener("input", () => {
  step = -1;
  const count = matches().length;
  byId("found").textContent = search.value.trim() ? `${count} found${count ? ", Enter to go" : ""}` : "";
  draw();
});
search.addEventListener("keydown", (event) => {
  const found = matches();
  if (event.key === "Enter" && found.length) {
    step = (step + 1) % found.length;
    choose(found[step], true);
  } else if (event.key === "Escape") {
    search.value = "";
    byId("found").textContent = "";
    choose(null);
  }
});
columns.addEventListener("change", () => { boxes = layout(); draw(); fit(); });
byId("fit").addEventListener("click", fit);
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== search) { event.preventDefault(); search.focus(); }
  if (event.key === "Escape" && document.activeElement !== search) choose(null);
});

canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  const { left, top } = canvas.getBoundingClientRect();
  const x = event.clientX - left, y = event.clientY - top;
  const scale = Math.min(4, Math.max(0.03, view.scale * Math.exp(-event.deltaY * 0.0015)));
  view.x = x - (x - view.x) * (scale / view.scale);
  view.y = y - (y - view.y) * (scale / view.scale);
  view.scale = scale;
  move();
}, { passive: false });

let grip = null;
canvas.addEventListener("pointerdown", (event) => {
  grip = { x: event.clientX, y: event.clientY, from: { ...view }, moved: false, table: event.target.closest(".table") };
  canvas.classList.add("panning");
});
window.addEventListener("pointermove", (event) => {
  if (!grip) return;
  const dx = event.clientX - grip.x, dy = event.clientY - grip.y;
  grip.moved ||= Math.abs(dx) + Math.abs(dy) > 4;
  if (grip.moved) { view.x = grip.from.x + dx; view.y = grip.from.y + dy; move(); }
});
window.addEventListener("pointerup", () => {
  canvas.classList.remove("panning");
  if (grip && !grip.moved) {
    const name = grip.table ? grip.table.getAttribute("data-name") : null;
    choose(name === chosen ? null : name);
  }
  grip = null;
});

byId("summary").textContent = schema.title;
if (schema.tables.length > 60) { columns.value = "keys"; boxes = layout(); }
draw();
fit();
if (location.hash.length > 1) {
  let wanted = "";
  try { wanted = decodeURIComponent(location.hash.slice(1)); } catch { wanted = ""; }
  if (nodes.has(wanted)) choose(wanted, true);
}
})();
