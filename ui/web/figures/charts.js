// Small charts by hour, drawn as SVG. The table beneath has the same numbers, so a screen reader is told to pass by.
"use strict";

const CHART = { width: 560, height: 220, left: 50, right: 8, top: 34, bottom: 30 };

function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// The next 1, 2 or 5 with zeros: four steps of it hold the greatest value.
function step(greatest) {
  for (let ten = 1; ; ten *= 10) for (const one of [1, 2, 5]) if (one * ten * 4 >= greatest) return one * ten;
}

// `bars`: [{words, kind, of(hour)}], side by side in each hour. A value that is not there has no bar, which is not zero.
function chart(hours, bars) {
  const { width, height, left, right, top, bottom } = CHART;
  const values = hours.flatMap((hour) => bars.map((bar) => bar.of(hour) || 0));
  const each = step(Math.max(1, ...values)), greatest = each * 4;
  const tall = height - top - bottom, broad = (width - left - right) / Math.max(1, hours.length);
  const y = (value) => top + tall - (value / greatest) * tall;
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", focusable: "false" });
  let at = left;
  for (const bar of bars) {
    picture.append(svg("rect", { x: at, y: 6, width: 12, height: 12, class: bar.kind }), svg("text", { x: at + 17, y: 17 }, bar.words));
    at += 34 + bar.words.length * 9;
  }
  for (let line = 0; line <= 4; line += 1) {
    const value = line * each;
    picture.append(svg("line", { x1: left, x2: width - right, y1: y(value), y2: y(value), class: "grid" }));
    picture.append(svg("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, String(value)));
  }
  const thin = Math.min(22, (broad * 0.8) / bars.length);
  hours.forEach((hour, index) => {
    const middle = left + broad * (index + 0.5);
    bars.forEach((bar, place) => {
      const value = bar.of(hour);
      if (value === null || value === undefined) return;
      const x = middle + (place - bars.length / 2) * thin;
      picture.append(svg("rect", { x, y: y(value), width: thin - 1, height: Math.max(0, y(0) - y(value)), class: bar.kind }));
    });
    if (broad > 34 || index % 2 === 0) picture.append(svg("text", { x: middle, y: height - 8, "text-anchor": "middle" }, `${hour.hour}h`));
  });
  return picture;
}
