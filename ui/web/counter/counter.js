// A counter: what the clerk does, and how the hall stands for it.
"use strict";

const REASON = { break: "nghỉ giải lao", meeting: "họp", fault: "máy hỏng", other: "việc khác" };
const TOLD_MS = 6000;

let me, view, lineHolds = false, busy = false, telling;

function tell(words) {
  by("told").textContent = words;
  by("told").hidden = false;
  clearTimeout(telling);
  telling = setTimeout(() => { by("told").hidden = true; }, TOLD_MS);
}

async function act(body) {
  if (busy || !lineHolds || (view && view.apart)) return false;
  busy = true;
  draw();
  const answer = await send("/api/act", body);
  busy = false;
  if (answer.error) tell(because(answer));
  if (answer.error === "not-signed-in" || answer.error === "not-paired") begin();
  draw();
  return !answer.error;
}

// Whoever is done calls the next with one touch.
async function next() {
  if (view && view.here && view.here.serving && !(await act({ act: "done" }))) return;
  await act({ act: "next" });
}

function ago(since) {
  const minutes = Math.max(0, Math.floor((view.now + (Date.now() - seenAt) - since) / 60000));
  return minutes < 1 ? "dưới 1 phút" : `${minutes} phút`;
}
let seenAt = 0;

function draw() {
  if (!view) return;
  const open = view.state.is === "open", paused = view.state.is === "paused";
  const here = view.here, may = lineHolds && !busy && !view.apart;
  by("apart").hidden = !view.apart || !lineHolds;
  by("name").textContent = view.counter;
  by("state").textContent = open ? "đang mở" : paused ? `tạm dừng: ${REASON[view.state.reason]}` : "đóng";
  by("clerk").textContent = me && me.who ? me.who : "";
  by("open").hidden = open;
  by("open").disabled = !may;
  by("pause").hidden = !open;
  by("pause").disabled = !may || Boolean(here);
  by("close").hidden = !(open || paused);
  by("close").disabled = !may || Boolean(here);

  by("here-words").textContent = !here ? "Quầy đang trống" : here.serving ? "Đang làm việc với" : here.calls > 1 ? `Đã gọi ${here.calls} lần` : "Đang gọi";
  by("number").textContent = here ? here.number : "–";
  by("here-more").textContent = here
    ? [here["goes-first"] ? "Ưu tiên" : "", `lấy số ${ago(here["drawn-at"])} trước`, here.absent ? `vắng ${here.absent} lần` : ""].filter(Boolean).join(" · ")
    : "";
  by("here-for").textContent = here && here.errand ? `${here.errand.name} · ${here.errand.procedure}` : "";
  by("next").disabled = !may || !open || (Boolean(here) && !here.serving);
  by("recall").disabled = by("start").disabled = by("absent").disabled = !may || !here || here.serving;
  by("done").disabled = by("park").disabled = !may || !here;
  for (const field of by("transfer").elements) field.disabled = !may || !here;
  for (const field of by("call").elements) field.disabled = !may || !open;
  by("first").disabled = !may;

  by("queues").replaceChildren(...view.queues.map((queue) => make("li", {},
    make("span", {}, `${queue.letter} · ${queue.name}`),
    make("b", {}, String(queue.waiting)),
    queue["longest-since"] ? make("small", {}, `lâu nhất ${ago(queue["longest-since"])}`) : null)));
  by("next-words").textContent = !open ? "Mở quầy để biết ai đang chờ." : view.next ? `Tiếp theo: ${view.next.number}${view.next["goes-first"] ? " (ưu tiên)" : ""}${view.next.errand ? `: ${view.next.errand.name}` : ""}` : "";
  by("aside").replaceChildren(...view.aside.map((who) => make("li", {},
    make("b", {}, who.number),
    make("span", { class: "row" },
      make("button", { type: "button", disabled: !may || !open || Boolean(here), onclick: () => act({ act: "call", number: who.number }) }, "Gọi"),
      make("button", { type: "button", disabled: !may, onclick: () => act({ act: "back", number: who.number }) }, "Chờ lại")))));
  by("no-aside").hidden = view.aside.length > 0;
  choices("to", view.all.map((queue) => [queue.letter, `${queue.letter} · ${queue.name}`]));
  choices("to-counter", [["", "quầy bất kỳ"]].concat(view.counters.filter((one) => one !== view.counter).map((one) => [one, `quầy ${one}`])));
}

// What was chosen stays chosen.
function choices(id, options) {
  const select = by(id), told = JSON.stringify(options);
  if (select.dataset.told === told) return;
  const chosen = select.value;
  select.dataset.told = told;
  select.replaceChildren(...options.map(([value, words]) => make("option", { value }, words)));
  if (options.some(([value]) => value === chosen)) select.value = chosen;
}

function typed() {
  const number = by("call-number").value.trim();
  if (!/^[A-Za-z] ?\d{1,4}$/.test(number)) return tell("Số phiếu gồm một chữ và các chữ số, ví dụ A 012.");
  return number;
}

by("next").onclick = next;
for (const name of ["recall", "start", "done", "absent", "park", "close"]) by(name).onclick = () => act({ act: name });
by("open").onclick = () => {
  const mine = (me.counters || []).find((counter) => counter.name === view.counter);
  act({ act: "open", serves: mine ? mine.serves : [] });
};
by("pause").onclick = () => by("pausing").showModal();
by("pausing").onclose = () => {
  const reason = by("pausing").returnValue;
  if (reason) act({ act: "pause", reason });
};
by("transfer").onsubmit = async (event) => {
  event.preventDefault();
  const counter = by("to-counter").value;
  // The keys are the counter's again.
  if (await act({ act: "transfer", to: by("to").value, ...(counter ? { "to_counter": counter } : {}) })) document.activeElement.blur();
};
by("call").onsubmit = async (event) => {
  event.preventDefault();
  const number = typed();
  if (number && await act({ act: "call", number })) by("call-number").value = "";
};
by("first").onclick = async () => {
  const number = typed();
  if (number && await act({ act: "go-first", number })) {
    by("call-number").value = "";
    tell("Số này sẽ được gọi trước.");
  }
};
by("sign-out").onclick = async () => {
  await send("/api/sign-out");
  begin();
};

// Everything by keys, too; whoever types a number is not disturbed.
const KEYS = { Enter: "next", l: "recall", d: "start", x: "done", v: "absent", b: "park", m: "open", p: "pause" };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || by("work").hidden || by("pausing").open) return;
  if (["INPUT", "SELECT", "BUTTON"].includes(event.target.tagName) && (event.key === "Enter" || event.target.tagName !== "BUTTON")) return;
  if (event.key.toLowerCase() === "c") {
    event.preventDefault();
    by("to").focus();
    return;
  }
  const button = by(KEYS[event.key] || KEYS[event.key.toLowerCase()] || "");
  if (!button || button.hidden || button.disabled) return;
  event.preventDefault();
  button.click();
});

by("sign-in-form").onsubmit = async (event) => {
  event.preventDefault();
  const answer = await send("/api/sign-in", { pin: by("pin").value, counter: by("counter").value });
  by("pin").value = "";
  by("sign-in-wrong").textContent = answer.error ? because(answer) : "";
  if (!answer.error) begin();
};

let looking = false;

function work() {
  by("work").hidden = false;
  if (looking) return;
  looking = true;
  lookOn("/api/counter", (now) => { view = now; seenAt = Date.now(); draw(); }, (holds) => {
    lineHolds = holds;
    by("line").hidden = holds;
    draw();
  }, (now) => {
    if (now.who) return false;
    // Another browser has taken the counter, or the day is over.
    looking = false;
    by("line").hidden = true;
    begin();
    return true;
  });
}

async function begin() {
  me = await who();
  if (!me) {
    by("line").hidden = false;
    setTimeout(begin, AGAIN_MS);
    return;
  }
  by("line").hidden = true;
  by("sign-in").hidden = by("work").hidden = by("pair").hidden = true;
  if (me.paired !== "counter") return askForCode("counter", begin);
  if (me.who) return work();
  choices("counter", (me.counters || []).map((counter) => [counter.name, `Quầy ${counter.name} (${counter.serves.join(", ")})`]));
  by("sign-in").hidden = false;
  by("pin").focus();
}

setInterval(draw, 20000);
begin();
