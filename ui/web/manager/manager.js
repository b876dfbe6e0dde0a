// The day of the hall: as it goes, asked every few seconds, and as it went.
"use strict";

const ASK_MS = 5000;
const OLD_MS = 15000;
// Whoever waits for longer is pointed out, in minutes.
const LATE_MINUTES = 30;
const STATE = { open: "đang mở", paused: "tạm dừng", closed: "đóng" };
const REASON = { break: "nghỉ giải lao", meeting: "họp", fault: "máy hỏng", other: "việc khác" };

let told, chosen = "", letter = "", timer, heardAt = 0, asking = 0;

const minutes = (secs) => (secs === null || secs === undefined ? "–" : secs < 60 ? `${secs} giây` : `${Math.round(secs / 60)} phút`);
const length = (secs) => (secs < 60 ? `${secs} giây` : secs < 3600 ? `${Math.round(secs / 60)} phút` : `${Math.floor(secs / 3600)} giờ ${Math.round((secs % 3600) / 60) % 60} phút`);
const share = (part, whole) => (whole ? `${part}/${whole} (${Math.round((100 * part) / whole)}%)` : "–");
const date = (day) => day.split("-").reverse().join("/");
const clock = (at) => new Date(at).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });

const tile = (words, value, more, kind) => make("li", kind ? { class: kind } : {}, make("span", {}, words), make("b", {}, value), make("span", { class: "quiet for" }, more || ""));

const NONE = { drawn: 0, calls: 0, "first-calls": 0, absent: 0, done: 0, "sent-on": 0, parked: 0, wait: { count: 0 }, serve: { count: 0 } };

// The figures of the chosen field: of an hour, or of the day.
const inHour = (hour) => (letter ? (hour.series.find(([of]) => of === letter) || [letter, NONE])[1] : hour);
const ofDay = () => (letter ? told.view.series.find((one) => one.letter === letter) || { ...NONE, standing: {} } : { ...told.view.total, standing: told.view.standing });

const COLUMNS = [
  ["Phát số", (of) => of.drawn], ["Lượt gọi", (of) => of.calls], ["Vắng", (of) => share(of.absent, of.calls)], ["Xong", (of) => of.done],
  ["Chuyển", (of) => of["sent-on"]], ["Chờ bổ sung", (of) => of.parked],
  ["Chờ: giữa", (of) => minutes(of.wait["median-secs"])], ["Chờ: 9/10", (of) => minutes(of.wait["p90-secs"])], ["Chờ: lâu nhất", (of) => minutes(of.wait["longest-secs"])],
  ["Phục vụ: giữa", (of) => minutes(of.serve["median-secs"])], ["Phục vụ: 9/10", (of) => minutes(of.serve["p90-secs"])],
];

function table(id, first, rows, columns) {
  const head = make("tr", {}, make("th", { scope: "col" }, first), ...columns.map(([words]) => make("th", { scope: "col" }, words)));
  const body = rows.map(([name, of, kind]) => make("tr", kind ? { class: kind } : {}, make("th", { scope: "row" }, name), ...columns.map(([, cell, words]) => make("td", words ? { class: "words" } : {}, String(cell(of))))));
  by(id).replaceChildren(make("thead", {}, head), make("tbody", {}, ...(body.length ? body : [make("tr", {}, make("td", { class: "empty", colspan: String(columns.length + 1) }, "Chưa có gì."))])));
}

function drawNow() {
  const { view, open } = told, live = view.day === told.today;
  by("now").hidden = !live;
  if (!live) return;
  by("queues").replaceChildren(...view.series.map((one) => {
    const longest = one["longest-since"] ? Math.max(0, Math.floor((view.until - one["longest-since"]) / 60000)) : 0;
    const late = longest >= LATE_MINUTES;
    const more = one.closed ? "ngừng phát số" : one["in-queue"] ? `lâu nhất ${longest} phút` : "không ai chờ";
    return tile(`${one.letter} · ${one.name}`, String(one["in-queue"]), one["in-queue"] && one.closed ? `lâu nhất ${longest} phút, ngừng phát số` : more, late ? "late" : "");
  }));
  const queues = view.series.filter((one) => one["in-queue"]);
  const all = queues.reduce((sum, one) => sum + one["in-queue"], 0);
  by("open").textContent = (all ? `${all} người đang chờ. ` : "Không ai đang chờ. ") + (open.length ? `Quầy đang mở: ${open.join(", ")}.` : "Không quầy nào đang mở.") + (view.closed ? " Hôm nay đã ngừng phát số." : "");
}

function drawSums() {
  const of = ofDay(), on = of.standing;
  by("sums").replaceChildren(
    tile("Phát số", String(of.drawn)), tile("Xong", String(of.done), on.here ? `${on.here} đang ở quầy` : ""),
    tile("Vắng, lượt gọi", share(of.absent, of.calls)), tile("Chờ, giữa", minutes(of.wait["median-secs"]), `${of.wait.count} người`),
    tile("Chờ, 9/10", minutes(of.wait["p90-secs"])), tile("Chờ lâu nhất", minutes(of.wait["longest-secs"])),
    tile("Phục vụ, giữa", minutes(of.serve["median-secs"]), `${of.serve.count} lượt`));
  by("standing").textContent = `Trong ${of.drawn} số: ${on.done || 0} xong, ${on.here || 0} ở quầy, ${on.waiting || 0} ${told.view.day === told.today ? "đang chờ" : "chưa gọi"}, ${on.parked || 0} chờ bổ sung, ${on.gone || 0} bỏ lượt.`;
}

function drawTables() {
  const { view } = told, live = view.day === told.today, inMinutes = (secs) => (secs === undefined || secs === null ? null : secs / 60);
  const hours = view.hours.map((hour) => ({ hour: hour.hour, of: inHour(hour) }));
  const empty = () => make("p", { class: "quiet" }, "Chưa có gì.");
  by("chart-counts").replaceChildren(hours.length ? chart(hours, [
    { words: "Phát số", kind: "one", of: (one) => one.of.drawn }, { words: "Gọi lần đầu", kind: "two", of: (one) => one.of["first-calls"] }, { words: "Xong", kind: "three", of: (one) => one.of.done }]) : empty());
  by("chart-waits").replaceChildren(hours.length ? chart(hours, [
    { words: "Giữa", kind: "two", of: (one) => inMinutes(one.of.wait["median-secs"]) }, { words: "9/10", kind: "three", of: (one) => inMinutes(one.of.wait["p90-secs"]) }]) : empty());
  const sum = [["Cả ngày", ofDay(), "sum"]];
  table("hours", "Giờ", hours.map((one) => [`${one.hour}–${one.hour + 1} giờ`, one.of]).concat(hours.length ? sum : []),
    COLUMNS.slice(0, 2).concat([["Gọi lần đầu", (of) => of["first-calls"]]], COLUMNS.slice(2)));
  table("series", "Lĩnh vực", view.series.map((one) => [`${one.letter} · ${one.name}`, one]).concat([["Tất cả", { ...view.total, standing: view.standing }, "sum"]]),
    COLUMNS.concat([["Bỏ lượt", (of) => of.standing.gone], [live ? "Đang chờ" : "Chưa gọi", (of) => of.standing.waiting]]));
  const paused = (one) => one["paused-secs"].map((secs, at) => (secs ? `${Object.values(REASON)[at]} ${length(secs)}` : "")).filter(Boolean).join(", ") || "–";
  table("counters", "Quầy", view.counters.map((one) => [`Quầy ${one.counter}`, one]), [
    [live ? "Lúc này" : "Cuối ngày", (of) => STATE[of.is] + (of.reason ? `: ${REASON[of.reason]}` : ""), true],
    ["Lượt gọi", (of) => of.calls], ["Vắng", (of) => share(of.absent, of.calls)], ["Xong", (of) => of.done], ["Chuyển", (of) => of["sent-on"]], ["Chờ bổ sung", (of) => of.parked],
    ["Phục vụ: giữa", (of) => minutes(of.serve["median-secs"])], ["Mở", (of) => length(of["open-secs"])],
    ["Có khách", (of) => (of["open-secs"] ? `${length(of["busy-secs"])} (${Math.round((100 * of["busy-secs"]) / of["open-secs"])}%)` : "–")], ["Tạm dừng", paused, true]]);
}

function draw() {
  if (!told) return;
  const { view } = told;
  by("when").textContent = view.day === told.today ? `hôm nay, lúc ${clock(view.until)}` : `ngày ${date(view.day)}`;
  const days = told.days.includes(told.today) ? told.days : [told.today].concat(told.days);
  options("day", days.map((day) => [day === told.today ? "" : day, day === told.today ? "Hôm nay" : date(day)]), chosen);
  options("letter", [["", "Tất cả"]].concat(view.series.map((one) => [one.letter, `${one.letter} · ${one.name}`])), letter);
  drawNow();
  drawSums();
  drawTables();
  for (const name of ["hours", "counters"]) by(`csv-${name}`).href = `/api/manager.csv?day=${view.day}&table=${name}`;
  by("aside").hidden = !view["left-aside"];
  by("aside").textContent = `${view["left-aside"]} dòng trong nhật ký của sảnh không khớp và không được tính. Hãy báo kỹ thuật viên.`;
}

function options(id, wanted, value) {
  const select = by(id), key = JSON.stringify(wanted);
  if (select.dataset.told !== key) {
    select.dataset.told = key;
    select.replaceChildren(...wanted.map(([of, words]) => make("option", { value: of }, words)));
  }
  select.value = value;
}

async function ask() {
  clearTimeout(timer);
  const mine = (asking += 1);
  try {
    const answer = await fetch("/api/manager" + (chosen ? `?day=${chosen}` : ""));
    if (mine !== asking) return;
    if (answer.status === 401) return begin();
    const body = await answer.json();
    if (mine !== asking) return;
    if (answer.ok) {
      told = body;
      heardAt = Date.now();
      by("told").hidden = true;
      draw();
    } else {
      by("told").textContent = because(body);
      by("told").hidden = false;
      if (body.error === "no-such-day") chosen = "";
    }
  } catch (_) { /* the line says so */ }
  by("line").hidden = Date.now() - heardAt < OLD_MS;
  // A day that is over does not change.
  if (!chosen || by("line").hidden === false) timer = setTimeout(ask, ASK_MS);
}

by("day").onchange = () => { chosen = by("day").value; ask(); };
by("letter").onchange = () => { letter = by("letter").value; draw(); };
by("sign-out").onclick = async () => { await send("/api/sign-out"); begin(); };
by("sign-in-form").onsubmit = async (event) => {
  event.preventDefault();
  const answer = await send("/api/sign-in", { pin: by("pin").value });
  by("pin").value = "";
  by("sign-in-wrong").textContent = answer.error ? because(answer) : "";
  if (!answer.error) begin();
};

async function begin() {
  clearTimeout(timer);
  asking += 1;
  const me = await who();
  by("line").hidden = Boolean(me);
  if (!me) {
    timer = setTimeout(begin, AGAIN_MS);
    return;
  }
  by("sign-in").hidden = by("work").hidden = by("pair").hidden = true;
  if (me.paired !== "manager") return askForCode("manager", begin);
  if (!me.who) {
    by("sign-in").hidden = false;
    by("pin").focus();
    return;
  }
  by("who").textContent = me.who;
  by("work").hidden = false;
  heardAt = Date.now();
  ask();
}

begin();
