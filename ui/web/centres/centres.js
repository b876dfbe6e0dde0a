// The halls of all centres, as the province's server has them; asked every few seconds.
"use strict";

const ASK_MS = 10000;
const OLD_MS = 30000;

// No day: today, also after midnight.
let told, one, chosen = "", chosenDay = "", timer, heardAt = Date.now(), asking = 0;

const sum = (of) => told.centres.reduce((all, centre) => all + of(centre), 0);
const live = () => told.day === told.today;
const absent = (part, whole) => (whole ? `${Math.round((100 * part) / whole)}%` : "–");
const queue = (centre) => centre.view.series.reduce((all, series) => all + series["in-queue"], 0);
const longest = (centre) => Math.max(0, ...centre.view.series.map((series) => longestMinutes(series, centre.view.until)));
// Of a day that is over, or a centre that is not heard, nobody knows who waits.
const now = (centre, of) => (live() && centre.current ? of(centre) : "–");

function since(centre) {
  if (centre.current) return "";
  const at = centre["silent-since"];
  if (!at) return "chưa có số liệu";
  const day = new Date(at).toLocaleDateString("sv-SE", { timeZone: "Asia/Ho_Chi_Minh" });
  return `mất kết nối từ ${clock(at)}${day === told.today ? "" : ` ngày ${date(day)}`}`;
}

function draw() {
  by("when").textContent = live() ? `hôm nay, lúc ${clock(Date.now())}` : `ngày ${date(told.day)}`;
  by("day").max = told.today;
  by("day").value = told.day;
  const lost = told.centres.filter((centre) => !centre.current);
  const heard = told.centres.filter((centre) => centre.current);
  const late = heard.filter((centre) => longest(centre) >= LATE_MINUTES);
  by("sums").replaceChildren(
    tile("Trung tâm", String(told.centres.length), lost.length ? `${lost.length} mất kết nối` : "đều có kết nối", lost.length ? "late" : ""),
    ...(live() ? [tile("Đang chờ", String(heard.reduce((all, centre) => all + queue(centre), 0)), late.length ? `${late.length} trung tâm có người chờ từ ${LATE_MINUTES} phút` : "", late.length ? "late" : "")] : []),
    tile("Phát số", String(sum((centre) => centre.view.total.drawn))), tile("Xong", String(sum((centre) => centre.view.total.done))),
    tile("Vắng", absent(sum((centre) => centre.view.total.absent), sum((centre) => centre.view.total.calls)), `trên ${sum((centre) => centre.view.total.calls)} lượt gọi`));
  by("unheard").textContent = lost.length ? "Trung tâm mất kết nối vẫn phát số và gọi số bình thường. Số liệu dưới đây dừng ở lúc mất kết nối, và sẽ đủ khi có kết nối lại." : "";
  table("centres", "Trung tâm", told.centres.map((centre) => [centre.name, centre, centre.current ? "" : "lost"]), [
    ["Kết nối", (of) => since(of) || "có", true], ["Đang chờ", (of) => now(of, queue)],
    ["Chờ lâu nhất", (of) => now(of, (centre) => (queue(centre) ? `${longest(centre)} phút` : "–"))],
    ...COLUMNS.filter(([words]) => words !== "Chuyển" && words !== "Chờ bổ sung" && words !== "Lượt gọi").map(([words, cell]) => [words, (of) => cell(of.view.total)])]);
  options("centre", told.centres.map((centre) => [centre.id, centre.name]), chosen);
  by("csv").href = `/api/centres.csv?day=${told.day}`;
  if (!one) return;
  const { view } = one;
  by("state").textContent = one.current ? "" : `${since(one)[0].toUpperCase()}${since(one).slice(1)}.`;
  by("queues").hidden = !live() || !one.current;
  by("queues").replaceChildren(...view.series.map((series) => queueTile(series, view.until)));
  drawHours(view.hours.map((hour) => ({ hour: hour.hour, of: hour })), view.total);
  table("series", "Lĩnh vực", view.series.map((series) => [named(series), series]).concat([["Tất cả", view.total, "sum"]]), COLUMNS);
}

async function ask() {
  clearTimeout(timer);
  const mine = (asking += 1);
  const asked = chosenDay ? `day=${chosenDay}` : "";
  try {
    const all = await fetch(`/api/centres?${asked}`);
    if (all.ok) {
      const body = await all.json();
      if (!chosen) chosen = body.centres[0].id;
      const alone = await fetch(`/api/centre?centre=${chosen}&${asked}`);
      if (alone.ok && mine === asking) {
        told = body;
        one = (await alone.json()).centre;
        heardAt = Date.now();
        draw();
      }
    }
  } catch (_) { /* the line says so */ }
  if (mine !== asking) return;
  by("line").hidden = Date.now() - heardAt < OLD_MS;
  timer = setTimeout(ask, ASK_MS);
}

by("day").onchange = () => { chosenDay = told && by("day").value !== told.today ? by("day").value : ""; ask(); };
by("centre").onchange = () => { chosen = by("centre").value; ask(); };
ask();
