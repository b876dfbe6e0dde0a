// The figures of a day: how they are written, and the tables that the manager's and the province's page have in common.
"use strict";

// Whoever waits for longer is pointed out, in minutes.
const LATE_MINUTES = 30;

const minutes = (secs) => (secs === null || secs === undefined ? "–" : secs < 60 ? `${secs} giây` : `${Math.round(secs / 60)} phút`);
const length = (secs) => (secs < 60 ? `${secs} giây` : secs < 3600 ? `${Math.round(secs / 60)} phút` : `${Math.floor(secs / 3600)} giờ ${Math.round((secs % 3600) / 60) % 60} phút`);
const share = (part, whole) => (whole ? `${part}/${whole} (${Math.round((100 * part) / whole)}%)` : "–");
const date = (day) => day.split("-").reverse().join("/");
const clock = (at) => new Date(at).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
const longestMinutes = (one, until) => (one["longest-since"] ? Math.max(0, Math.floor((until - one["longest-since"]) / 60000)) : 0);

// A field that the configuration does not name is its letter.
const named = (series) => (series.name === series.letter ? series.letter : `${series.letter} · ${series.name}`);

const tile = (words, value, more, kind) => make("li", kind ? { class: kind } : {}, make("span", {}, words), make("b", {}, value), make("span", { class: "quiet for" }, more || ""));

// Who waits for one series, until that moment.
function queueTile(one, until) {
  const longest = longestMinutes(one, until), late = longest >= LATE_MINUTES;
  const more = one.closed ? "ngừng phát số" : one["in-queue"] ? `lâu nhất ${longest} phút` : "không ai chờ";
  return tile(named(one), String(one["in-queue"]), one["in-queue"] && one.closed ? `lâu nhất ${longest} phút, ngừng phát số` : more, late ? "late" : "");
}

const COLUMNS = [
  ["Phát số", (of) => of.drawn], ["Lượt gọi", (of) => of.calls], ["Vắng", (of) => share(of.absent, of.calls)], ["Xong", (of) => of.done],
  ["Chuyển", (of) => of["sent-on"]], ["Chờ bổ sung", (of) => of.parked],
  ["Chờ: giữa", (of) => minutes(of.wait["median-secs"])], ["Chờ: 9/10", (of) => minutes(of.wait["p90-secs"])], ["Chờ: lâu nhất", (of) => minutes(of.wait["longest-secs"])],
  ["Phục vụ: giữa", (of) => minutes(of.serve["median-secs"])], ["Phục vụ: 9/10", (of) => minutes(of.serve["p90-secs"])],
];

// `rows`: [name, of, class]; `columns`: [words, cell(of), whether it is words].
function table(id, first, rows, columns) {
  const head = make("tr", {}, make("th", { scope: "col" }, first), ...columns.map(([words, , left]) => make("th", { scope: "col", class: left ? "words" : undefined }, words)));
  const body = rows.map(([name, of, kind]) => make("tr", kind ? { class: kind } : {}, make("th", { scope: "row" }, name), ...columns.map(([, cell, words]) => make("td", words ? { class: "words" } : {}, String(cell(of))))));
  by(id).replaceChildren(make("thead", {}, head), make("tbody", {}, ...(body.length ? body : [make("tr", {}, make("td", { class: "empty", colspan: String(columns.length + 1) }, "Chưa có gì."))])));
}

// Two charts and a table by hour: [{hour, of}], and the sum of the day.
function drawHours(hours, sum) {
  const inMinutes = (secs) => (secs === undefined || secs === null ? null : secs / 60);
  const empty = () => make("p", { class: "quiet" }, "Chưa có gì.");
  by("chart-counts").replaceChildren(hours.length ? chart(hours, [
    { words: "Phát số", kind: "one", of: (one) => one.of.drawn }, { words: "Gọi lần đầu", kind: "two", of: (one) => one.of["first-calls"] }, { words: "Xong", kind: "three", of: (one) => one.of.done }]) : empty());
  by("chart-waits").replaceChildren(hours.length ? chart(hours, [
    { words: "Giữa", kind: "two", of: (one) => inMinutes(one.of.wait["median-secs"]) }, { words: "9/10", kind: "three", of: (one) => inMinutes(one.of.wait["p90-secs"]) }]) : empty());
  table("hours", "Giờ", hours.map((one) => [`${one.hour}–${one.hour + 1} giờ`, one.of]).concat(hours.length ? [["Cả ngày", sum, "sum"]] : []),
    COLUMNS.slice(0, 2).concat([["Gọi lần đầu", (of) => of["first-calls"]]], COLUMNS.slice(2)));
}

function options(id, wanted, value) {
  const select = by(id), key = JSON.stringify(wanted);
  if (select.dataset.told !== key) {
    select.dataset.told = key;
    select.replaceChildren(...wanted.map(([of, words]) => make("option", { value: of }, words)));
  }
  select.value = value;
}
