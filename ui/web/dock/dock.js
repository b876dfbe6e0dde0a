// The dock's page. No build step, nothing from elsewhere: everything it knows it asks the kiosk.
//
// What it expects (beyond the table in the kiosk's own documents; unknown members are ignored,
// missing ones are shown as "–", a part whose GET answers 404 is hidden):
//   GET  /dock/screen.png      PNG of the panel, in its own pixels
//   GET  /dock/screen          {"page","language","spoken","texts":[…],"buttons":[{"label","x","y","width","height","enabled"}]}
//   POST /dock/touch           {"x":n,"y":n} in the panel's pixels, or {"label":"…"}; a long press adds "hold_ms":n;
//                              a finger that moves {"path":[[x,y],…]}
//   POST /dock/type            {"text":"…"}; "\b" is backspace, "\n" is enter
//   GET  /dock/printer/slips   [{"n","whole","copy","codes":[…],"png"}]
//   POST /dock/printer         {"fault":name|null,"after_bytes":n?}
//   GET  /dock/page-printer    {"fault":name|null,"waiting":n,"papers":[{"n","pdf"}]}
//   POST /dock/page-printer    {"fault":name|null,"at_next_job":bool?}
//   GET  /dock/card            [{"name","qr","lying":bool,"second":bool}] (or {"samples":[…]})
//   POST /dock/card            {"insert":name} shows its front and lays it down, {"lay":name} {"remove":true} {"second":name|null}
//                              {"fault":name|null,"after_commands":n?} {"service":"gone"|null} {"reader":"unplugged"|"held"|"shared"|null}
//   POST /dock/code            {"text":"…"}; also {"fault":"unplugged"|null} and {"noise":true}
//   GET  /dock/scanner         {"samples":[name or {"name"}],"tray":[name,…],"fault":name|null}
//   POST /dock/scanner         {"load":[name,…]} puts them on top of what is in the tray; {"fault":name|null}
//   GET  /dock/panel           {"light","buzzer","presence","door","power"}
//   POST /dock/panel           {"press":"call-staff"} {"present":bool} {"door":"open"|"closed"} {"power":"failing"|"good"} {"fault":"gone"|null}
//   GET  /dock/province        {"fault":mode|null}, POST the same body as the stand-in's /admin/faults; 404 hides the part
//   GET  /health               any JSON
"use strict";

const SCREEN_EVERY_MS = 300;
const FACTS_EVERY_MS = 1000;
const ANSWER_MS_MAX = 5000;
const HOLD_MS_MIN = 500;
const DRAG_PX_MIN = 24;
const PATH_PLACES_MAX = 300;
const SLIPS_SHOWN_MAX = 40;
const NOTICE_MS = 5000;

const by = (id) => document.getElementById(id);
const list = (value) => (Array.isArray(value) ? value : []);
const nameOf = (value) => (typeof value === "string" ? value : String(value?.name ?? ""));

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

const both = (vietnamese, english) => [vietnamese + " ", make("small", { lang: "en" }, english)];

let noticeTimer;
function notice(text) {
  by("notice").textContent = text;
  by("notice").hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => { by("notice").hidden = true; }, NOTICE_MS);
}

async function ask(path) {
  const answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

const askJson = async (path) => (await ask(path))?.json();

// Returns whether the kiosk took it.
async function tell(path, body) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    if (!answer.ok) notice(`${path}: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
    return answer.ok;
  } catch (error) {
    notice(`${path}: ${error.message}`);
    return false;
  } finally {
    refresh();
  }
}

// Writes only what changed, so that a list does not lose its focus while it is looked at.
const shown = new Map();
function showOnce(id, value, draw) {
  const text = JSON.stringify(value);
  if (shown.get(id) === text) return;
  shown.set(id, text);
  by(id).replaceChildren(...draw());
}

// --- the screen -------------------------------------------------------------------------------

async function showScreen() {
  const picture = await (await ask("/dock/screen.png"))?.blob();
  if (!picture) return;
  const image = by("screen-picture");
  const before = image.src;
  image.src = URL.createObjectURL(picture);
  await image.decode().catch(() => {});
  if (before.startsWith("blob:")) URL.revokeObjectURL(before);
}

async function showPage() {
  const page = (await askJson("/dock/screen")) ?? {};
  by("page").textContent = page.page ?? "–";
  by("language").textContent = page.language ?? "";
  by("spoken").textContent = page.spoken ?? "";
  const buttons = list(page.buttons).filter((button) => button?.label);
  const named = buttons.map((button) => [button.label, button.enabled !== false]);
  showOnce("buttons", named, () => named.map(([label, enabled]) =>
    make("button", { type: "button", disabled: !enabled, onclick: () => tell("/dock/touch", { label }) }, label)));
}

function listenToFinger() {
  const screen = by("screen");
  const image = by("screen-picture");
  const finger = by("finger");
  let down;

  const place = (event) => {
    const box = image.getBoundingClientRect();
    const part = (at, from, size) => Math.min(Math.max((at - from) / size, 0), 0.9999);
    const across = part(event.clientX, box.left, box.width);
    const along = part(event.clientY, box.top, box.height);
    return { across, along, x: Math.floor(across * image.naturalWidth), y: Math.floor(along * image.naturalHeight) };
  };
  screen.addEventListener("pointerdown", (event) => {
    if (!image.naturalWidth || event.button !== 0) return;
    event.preventDefault();
    screen.focus({ preventScroll: true });
    screen.setPointerCapture(event.pointerId);
    down = { ...place(event), at: performance.now() };
    down.path = [[down.x, down.y]];
    finger.style.left = `${down.across * 100}%`;
    finger.style.top = `${down.along * 100}%`;
    finger.hidden = false;
  });
  screen.addEventListener("pointermove", (event) => {
    if (!down) return;
    const now = place(event);
    down.path.push([now.x, now.y]);
    finger.style.left = `${now.across * 100}%`;
    finger.style.top = `${now.along * 100}%`;
  });
  screen.addEventListener("pointerup", () => {
    finger.hidden = true;
    if (!down) return;
    const held = Math.round(performance.now() - down.at);
    const far = down.path.some(([x, y]) => Math.hypot(x - down.x, y - down.y) >= DRAG_PX_MIN);
    const every = Math.ceil(down.path.length / PATH_PLACES_MAX);
    const touch = far
      ? { path: down.path.filter((_, at) => at % every === 0) }
      : { x: down.x, y: down.y };
    if (!far && held >= HOLD_MS_MIN) touch.hold_ms = held;
    down = undefined;
    tell("/dock/touch", touch);
  });
  screen.addEventListener("pointercancel", () => { finger.hidden = true; down = undefined; });
}

function listenToKeys() {
  const named = { Backspace: "\b", Enter: "\n" };
  let typed = "";
  let sending = false;

  // One request at a time keeps the letters in order.
  const send = async () => {
    if (sending) return;
    sending = true;
    while (typed) {
      const text = typed;
      typed = "";
      await tell("/dock/type", { text });
    }
    sending = false;
  };
  by("screen").addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const text = named[event.key] ?? ([...event.key].length === 1 ? event.key : "");
    if (!text) return;
    event.preventDefault();
    typed += text;
    send();
  });
}

// --- the paper --------------------------------------------------------------------------------

function slipItem(slip) {
  const codes = list(slip.codes).map(String);
  return make("li", {},
    make("p", { class: "marks" },
      make("b", {}, `#${slip.n ?? "–"}`),
      slip.whole === false ? make("span", { class: "mark bad" }, "dở dang · torn") : make("span", { class: "mark" }, "nguyên · whole"),
      slip.copy ? make("span", { class: "mark copy" }, "bản in lại · copy") : undefined),
    make("img", { src: slip.png ?? `/dock/printer/slips/${slip.n}.png`, alt: `Phiếu ${slip.n ?? ""}`, loading: "lazy" }),
    ...codes.map((text) => make("p", { class: "code" },
      make("code", {}, text),
      make("button", { type: "button", onclick: () => tell("/dock/code", { text }) }, ...both("Đưa mã", "show")))));
}

async function showSlips() {
  const slips = list(await askJson("/dock/printer/slips")).filter((slip) => slip && typeof slip === "object");
  slips.sort((one, other) => (other.n ?? 0) - (one.n ?? 0));
  by("no-slips").hidden = slips.length > 0;
  showOnce("slips", slips, () => slips.slice(0, SLIPS_SHOWN_MAX).map(slipItem));
}

async function showPages() {
  const printer = await askJson("/dock/page-printer");
  by("page-printer-part").hidden = printer === undefined;
  const papers = list(printer?.papers).reverse().slice(0, SLIPS_SHOWN_MAX);
  showOnce("pages", papers, () => papers.map((paper) =>
    make("a", { href: paper.pdf, target: "_blank" }, `Tờ ${paper.n} · sheet ${paper.n} (PDF)`)));
}

// --- hands: codes, feeder, faults, front panel ------------------------------------------------

async function showCards() {
  const answer = await askJson("/dock/card");
  const cards = list(answer?.samples ?? answer).filter((card) => card?.qr);
  showOnce("cards", cards, () => cards.map((card) =>
    make("button", {
      type: "button",
      "aria-pressed": String(Boolean(card.lying)),
      onclick: () => tell("/dock/card", card.lying ? { remove: true } : { insert: nameOf(card) }),
    }, ...both(nameOf(card), card.lying ? "lấy ra · take away" : "đưa mã, đặt thẻ · show and lay down"))));
}

async function showFeeder() {
  const feeder = (await askJson("/dock/scanner")) ?? {};
  const tray = list(feeder.tray).map(nameOf);
  by("tray").textContent = tray.length ? tray.join(", ") : "trống · empty";
  const samples = list(feeder.samples).map(nameOf).filter(Boolean);
  showOnce("samples", samples, () => samples.map((name) =>
    make("label", { class: "tick" }, make("input", { type: "checkbox", name: "sample", value: name }), name)));
  if ("fault" in feeder) press("scanner-faults", feeder.fault ?? null);
}

// Which switch of a row is on; the kiosk's own word counts where it gives one.
function press(row, fault) {
  for (const button of by(row).children) {
    button.setAttribute("aria-pressed", String(button.dataset.fault === String(fault)));
  }
}

function faultRow(id, path, faults, body) {
  const all = [[null, "Tốt", "mended"], ...faults];
  by(id).replaceChildren(...all.map(([fault, vietnamese, english]) =>
    make("button", {
      type: "button",
      "data-fault": String(fault),
      "aria-pressed": String(fault === null),
      onclick: async () => { if (await tell(path, body(fault))) press(id, fault); },
    }, ...both(vietnamese, english))));
}

const count = (id) => (by(id).value === "" ? undefined : Number(by(id).value));

function layHands() {
  faultRow("printer-faults", "/dock/printer", [
    ["out-of-paper", "Hết giấy", "out of paper"], ["near-end", "Gần hết giấy", "near end"], ["cover-open", "Mở nắp", "cover open"],
    ["cutter-jam", "Kẹt dao", "cutter jam"], ["hot", "Quá nóng", "hot"], ["silent", "Im lặng", "silent"],
    ["unplugged", "Rút dây", "unplugged"], ["garbage", "Trả lời rác", "garbage"],
  ], (fault) => ({ fault, after_bytes: fault === null ? undefined : count("after-bytes") }));
  faultRow("page-printer-faults", "/dock/page-printer", [
    ["out-of-paper", "Hết giấy", "out of paper"], ["jam", "Kẹt giấy", "jam"], ["cover-open", "Mở nắp", "cover open"],
    ["no-toner", "Hết mực", "no toner"], ["paused", "Tạm dừng", "paused"], ["unplugged", "Rút dây", "unplugged"],
    ["silent", "Im lặng", "silent"], ["garbage", "Trả lời rác", "garbage"], ["lose-answer", "Mất câu trả lời", "lose answer"],
  ], (fault) => ({ fault, at_next_job: by("at-next-job").checked }));
  faultRow("scanner-faults", "/dock/scanner", [
    ["jam", "Kẹt giấy", "jam"], ["cover-open", "Mở nắp", "cover open"], ["empty", "Hết giấy", "empty"],
    ["hang", "Treo", "hang"], ["crash", "Sập", "crash"],
  ], (fault) => ({ fault }));
  faultRow("card-faults", "/dock/card", [
    ["pulled", "Rút giữa chừng", "pulled"], ["silent", "Chip im lặng", "silent"], ["wrong-key6300", "Sai khoá", "wrong key"],
    ["bad-mac", "Sai MAC", "bad MAC"], ["cut-files", "Tệp cụt", "cut files"], ["altered-dg13", "Dữ liệu bị sửa", "altered data"],
    ["altered-sod-signature", "Chữ ký sai", "wrong signature"], ["unknown-signer", "Người ký lạ", "unknown signer"],
    ["expired-signer", "Chứng thư hết hạn", "expired signer"],
  ], (fault) => ({ fault }));
  by("card-faults").append(
    make("button", { type: "button", onclick: () => tell("/dock/card", { service: "gone" }) }, ...both("Dừng pcscd", "stop pcscd")),
    make("button", { type: "button", onclick: () => tell("/dock/card", { service: null }) }, ...both("Chạy pcscd", "start pcscd")));
  faultRow("reader-faults", "/dock/card", [
    ["unplugged", "Rút dây đầu đọc", "unplug the reader"], ["held", "Chương trình khác chiếm", "held by another program"],
    ["shared", "Chương trình khác dùng chung", "shared by another program"],
  ], (reader) => ({ reader }));
  by("reader-faults").append(
    make("button", { type: "button", onclick: () => tell("/dock/card", { second: "one-word-name" }) }, ...both("Đặt thẻ thứ hai", "lay a second card")),
    make("button", { type: "button", onclick: () => tell("/dock/card", { second: null }) }, ...both("Lấy thẻ thứ hai", "take it away")));
  faultRow("code-faults", "/dock/code", [["unplugged", "Rút dây", "unplugged"]], (fault) => ({ fault }));
  by("code-faults").append(make("button", { type: "button", onclick: () => tell("/dock/code", { noise: true }) }, ...both("Nhiễu", "noise")));
  faultRow("province-faults", "/dock/province", [
    ["refuse", "Từ chối", "refuse"], ["busy", "Bận", "busy"], ["drop-connection", "Đứt kết nối", "drop connection"],
    ["lose-answer", "Mất câu trả lời", "lose answer"], ["slow", "Chậm", "slow"],
  ], (mode) => ({ mode, count: count("province-count"), after_bytes: count("province-bytes") }));

  const hand = (body, vietnamese, english) =>
    make("button", { type: "button", onclick: () => tell("/dock/panel", body) }, ...both(vietnamese, english));
  by("panel-hands").append(
    hand({ press: "call-staff" }, "Bấm gọi cán bộ", "press call staff"),
    hand({ present: true }, "Có người", "someone near"), hand({ present: false }, "Đi khỏi", "away"),
    hand({ door: "open" }, "Mở cửa", "door open"), hand({ door: "closed" }, "Đóng cửa", "door closed"),
    hand({ power: "failing" }, "Sắp mất điện", "power failing"), hand({ power: "good" }, "Có điện", "power good"),
    hand({ fault: "gone" }, "Mất mặt trước", "panel gone"), hand({ fault: null }, "Trở lại", "panel back"));

  by("code-form").addEventListener("submit", (event) => {
    event.preventDefault();
    tell("/dock/code", { text: by("code-text").value });
  });
  by("feeder-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const load = new FormData(event.target).getAll("sample");
    if (!load.length) return notice("Chọn tờ giấy trước · Tick a sample first");
    if (await tell("/dock/scanner", { load })) event.target.reset();
  });
}

const LAMPS = [
  ["light", "Đèn", "light"], ["buzzer", "Còi", "buzzer"], ["presence", "Người", "presence"], ["door", "Cửa", "door"], ["power", "Điện", "power"],
];
const ON = new Set(["steady", "sounding", "near", "calling"]);
const ALARM = new Set(["trouble", "failing", "open"]);

async function showPanel() {
  const panel = (await askJson("/dock/panel")) ?? {};
  const lamps = LAMPS.map(([name, ...words]) => [words, panel[name] === undefined ? "–" : String(panel[name])]);
  showOnce("lamps", lamps, () => lamps.map(([words, value]) =>
    make("div", { class: ALARM.has(value) ? "alarm" : ON.has(value) ? "on" : "" },
      make("dt", {}, words.join(" · ")), make("dd", {}, value))));
}

async function showProvince() {
  const province = await askJson("/dock/province");
  by("province-part").hidden = province === undefined;
  if (province && "fault" in province) press("province-faults", province.fault?.mode ?? province.fault ?? null);
}

// --- health -----------------------------------------------------------------------------------

const GOOD = new Set(["good", "ok", "ready", "works", "open", "none", "reachable"]);
const BAD = new Set([
  "unplugged", "out-of-paper", "cover-open", "cutter-jam", "cutter-jammed", "too-hot", "hot", "silent", "garbled", "garbage", "broken",
  "jam", "jammed", "busy", "hung", "hang", "crashed", "torn", "no-room", "damaged", "offline", "refused", "gone", "shut", "unreachable",
]);
function healthValue(value) {
  if (value === null) return make("dd", {}, "–");
  if (value === true) return make("dd", { class: "good" }, "có · yes");
  if (value === false) return make("dd", {}, "không · no");
  if (GOOD.has(value)) return make("dd", { class: "good" }, value);
  if (BAD.has(value)) return make("dd", { class: "bad" }, value);
  if (Array.isArray(value)) return make("dd", {}, ...(value.length ? [healthTree(Object.assign({}, value))] : ["–"]));
  if (typeof value === "object") return make("dd", {}, healthTree(value));
  return make("dd", {}, String(value));
}

const healthTree = (value) => make("dl", {}, ...Object.entries(value).flatMap(([name, inner]) => [make("dt", {}, name), healthValue(inner)]));

async function showHealth() {
  const health = await askJson("/health");
  if (health && typeof health === "object") showOnce("health", health, () => [healthTree(health)]);
}

// --- the turn of things -----------------------------------------------------------------------

const PARTS = [showPage, showSlips, showPages, showCards, showFeeder, showPanel, showProvince, showHealth];

let refreshing = false;
async function refresh() {
  if (refreshing) return;
  refreshing = true;
  const outcomes = await Promise.allSettled(PARTS.map((part) => part()));
  refreshing = false;
  const failed = outcomes.filter((outcome) => outcome.status === "rejected");
  const link = by("link");
  link.classList.toggle("bad", failed.length > 0);
  link.textContent = failed.length === 0 ? "Đang nối · connected"
    : failed.length === PARTS.length ? "Kiosk không trả lời · no answer"
    : `Có phần lỗi · ${failed.map((outcome) => outcome.reason.message).join("; ")}`;
}

// Starts again only when the answer is there, and rests while nobody looks.
function repeat(act, everyMs) {
  const turn = async () => {
    if (!document.hidden) await act().catch(() => {});
    setTimeout(turn, everyMs);
  };
  turn();
}

layHands();
listenToFinger();
listenToKeys();
repeat(showScreen, SCREEN_EVERY_MS);
repeat(refresh, FACTS_EVERY_MS);
