// The day of the hall: as it goes, asked every few seconds, and as it went.
"use strict";

const ASK_MS = 5000;
const OLD_MS = 15000;
const STATE = { open: "đang mở", paused: "tạm dừng", closed: "đóng" };
const REASON = { break: "nghỉ giải lao", meeting: "họp", fault: "máy hỏng", other: "việc khác" };

let told, chosen = "", letter = "", timer, heardAt = 0, asking = 0;

const NONE = { drawn: 0, calls: 0, "first-calls": 0, absent: 0, done: 0, "sent-on": 0, parked: 0, wait: { count: 0 }, serve: { count: 0 } };

// The figures of the chosen field: of an hour, or of the day.
const inHour = (hour) => (letter ? (hour.series.find(([of]) => of === letter) || [letter, NONE])[1] : hour);
const ofDay = () => (letter ? told.view.series.find((one) => one.letter === letter) || { ...NONE, standing: {} } : { ...told.view.total, standing: told.view.standing });

function drawNow() {
  const { view, open } = told, live = view.day === told.today;
  by("now").hidden = !live;
  if (!live) return;
  by("queues").replaceChildren(...view.series.map((one) => queueTile(one, view.until)));
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
  const { view } = told, live = view.day === told.today;
  drawHours(view.hours.map((hour) => ({ hour: hour.hour, of: inHour(hour) })), ofDay());
  table("series", "Lĩnh vực", view.series.map((one) => [named(one), one]).concat([["Tất cả", { ...view.total, standing: view.standing }, "sum"]]),
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
  options("letter", [["", "Tất cả"]].concat(view.series.map((one) => [one.letter, named(one)])), letter);
  drawNow();
  drawSums();
  drawTables();
  for (const name of ["hours", "counters"]) by(`csv-${name}`).href = `/api/manager.csv?day=${view.day}&table=${name}`;
  by("aside").hidden = !view["left-aside"];
  by("aside").textContent = `${view["left-aside"]} dòng trong nhật ký của sảnh không khớp và không được tính. Hãy báo kỹ thuật viên.`;
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
