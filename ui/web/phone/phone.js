// One number on its holder's phone. Asks every ten seconds; keeps nothing, sends nothing but the link itself.
"use strict";

const ASK_MS = 10000;
// One answer that fails is nothing; so long without one is said.
const QUIET_MS = 25000;
const ANSWER_MS = 8000;

const by = (id) => document.getElementById(id);
const slip = location.pathname.split("/p/")[1] || "";
const address = location.pathname.split("/p/")[0] + "/api/p/" + slip;

let last, lastAt = 0, began = Date.now(), rung = "", ringing = false, sound, awake, timer, asking = false, over = false;

const people = (count) => (count === 1 ? "1 person" : `${count} people`);

// Sentences: Vietnamese, English, and more of each.
const WORDS = {
  waiting: (place) => {
    const { ahead, only } = place, from = place["from-minutes"], to = place["to-minutes"];
    const known = to !== null && to !== undefined;
    const wait = !known ? ["Lúc này chưa có quầy nào gọi lĩnh vực của bạn. Bạn chờ thêm.", "No counter is calling this queue at the moment. Please wait."]
      : from === 0 ? [`Chờ nhiều nhất khoảng ${to} phút.`, `About ${to} minutes at most.`]
        : [`Chờ khoảng ${from}–${to} phút.`, `About ${from}–${to} minutes.`];
    const before = ahead === 0 ? ["Bạn là người tiếp theo.", "You are next."] : [`Trước bạn còn ${ahead} người.`, `${people(ahead)} before you.`];
    const kept = only ? [`Quầy ${only} sẽ gọi bạn.`, `Counter ${only} will call you.`] : ["", ""];
    const missed = place.absent > 0 ? ["Số của bạn đã được gọi mà chưa thấy bạn. Bạn ở gần quầy: số sẽ được gọi lại.", "Your number was called before. Stay near: it will be called again."] : ["", ""];
    const join = (at) => [missed[at], kept[at], wait[at]].filter(Boolean).join(" ");
    return ["Bạn đang chờ. " + before[0], "You are waiting. " + before[1], join(0), join(1)];
  },
  called: (place) => [`Mời bạn đến quầy ${place.counter}`, `Please go to counter ${place.counter}`, place.times > 1 ? `Gọi lần ${place.times}` : "", ""],
  serving: (place) => [`Bạn đang ở quầy ${place.counter}`, `You are at counter ${place.counter}`, "", ""],
  parked: (place) => [`Khi có đủ giấy tờ, bạn đến quầy ${place.counter} và báo cán bộ.`, `When you have your papers, go to counter ${place.counter} and tell staff.`, "Bạn không phải lấy số mới.", "You need no new number."],
  gone: () => ["Bạn đã lỡ lượt. Bạn báo cán bộ tại quầy để được gọi lại.", "You missed your turn. Tell the staff at a counter: they will call you again.", "Bạn không phải lấy số mới.", "You need no new number."],
  done: () => ["Bạn đã xong. Cảm ơn bạn.", "You are done. Thank you.", "", ""],
};
const NONE = ["Không có lượt nào ở đường dẫn này hôm nay.", "There is no turn behind this link today.", "Mã trên phiếu chỉ dùng trong ngày lấy số. Bạn hỏi cán bộ, hoặc lấy số mới ở kiosk.", "A slip is good on its day only. Ask the staff, or take a new number at the kiosk."];

function say([vi, en, more, moreEn]) {
  for (const [id, text] of [["vi", vi], ["en", en], ["more", more], ["more-en", moreEn]]) {
    // The same words once more are not read out again.
    if (by(id).textContent !== text) by(id).textContent = text;
    by(id).hidden = !text;
  }
}

function show(told) {
  const { place } = told;
  last = told;
  by("number").textContent = place.number;
  by("card").hidden = false;
  by("center").textContent = told.center;
  by("name").textContent = told.name;
  by("name-en").textContent = told["name-en"] || "";
  by("page").className = "page " + (place.is === "gone" || (place.is === "waiting" && place.absent > 0) ? "missed" : place.is);
  document.title = place.is === "called" ? `Quầy ${place.counter} · ${place.number}` : `${place.number} · Lượt của bạn`;
  const words = WORDS[place.is](place);
  if (place.closed && place.is === "waiting") {
    words[2] += " Trung tâm đã ngừng phát số; bạn vẫn được gọi.";
    words[3] += " No more numbers today; you will still be called.";
  }
  say(words);
  over = place.is === "done";
  by("bell-part").hidden = place.is !== "waiting" && place.is !== "called" && place.is !== "parked";
  by("again-part").hidden = !over;
  if (place.is === "called") {
    const call = `${place.counter}/${place.times}`;
    if (rung !== call) ring();
    rung = call;
  } else {
    rung = "";
  }
}

function none() {
  last = undefined;
  over = true;
  by("card").hidden = true;
  for (const id of ["center", "name", "name-en"]) by(id).textContent = "";
  by("page").className = "page";
  by("bell-part").hidden = true;
  by("again-part").hidden = false;
  say(NONE);
}

// A phone that was never touched may neither sound nor shake: the picture is what counts.
function ring() {
  if (!ringing) return;
  try { if (navigator.vibrate) navigator.vibrate([400, 200, 400]); } catch (_) { /* cannot */ }
  try {
    [[880, 0], [660, 0.28]].forEach(([tone, after]) => {
      const voice = sound.createOscillator(), loudness = sound.createGain();
      const at = sound.currentTime + after;
      voice.frequency.value = tone;
      loudness.gain.setValueAtTime(0.25, at);
      loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.9);
      voice.connect(loudness).connect(sound.destination);
      voice.start(at);
      voice.stop(at + 1);
    });
  } catch (_) { /* no loudspeaker */ }
}

async function stayAwake() {
  if (!ringing || !navigator.wakeLock || document.visibilityState !== "visible") return;
  try { awake = await navigator.wakeLock.request("screen"); } catch (_) { awake = undefined; }
}

by("bell").onclick = () => {
  ringing = !ringing;
  by("bell").setAttribute("aria-pressed", String(ringing));
  by("bell-vi").textContent = ringing ? "Chuông đang bật" : "Bật chuông khi đến lượt";
  by("bell-en").textContent = ringing ? "The bell is on" : "Ring when it is my turn";
  if (!ringing) {
    if (awake) awake.release().catch(() => {});
    awake = undefined;
    return;
  }
  try { sound = sound || new AudioContext(); sound.resume(); } catch (_) { /* no loudspeaker */ }
  ring();
  stayAwake();
};

function line() {
  const quiet = Date.now() - (lastAt || began) > QUIET_MS;
  by("line").hidden = !quiet;
  by("page").classList.toggle("old", quiet && Boolean(last));
  by("as-of").textContent = quiet && lastAt ? `Bên dưới là lúc ${new Date(lastAt).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" })}.` : "";
  if (quiet && !last) say(["Chưa xem được lượt của bạn.", "Your turn cannot be shown yet.", "", ""]);
}

async function ask() {
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  const stop = new AbortController(), late = setTimeout(() => stop.abort(), ANSWER_MS);
  let again = ASK_MS;
  try {
    const answer = await fetch(address, { signal: stop.signal, credentials: "omit" });
    if (answer.ok || answer.status === 404) {
      lastAt = Date.now();
      if (answer.ok) show(await answer.json());
      else none();
    } else if (answer.status === 429) {
      again = Math.max(ASK_MS, 1000 * Number(answer.headers.get("retry-after") || 0));
    }
  } catch (_) { /* the line says so */ }
  clearTimeout(late);
  asking = false;
  if (!over || !lastAt) timer = setTimeout(ask, again);
  line();
}

by("again").onclick = ask;
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") return;
  stayAwake();
  if (!over) ask();
});
setInterval(() => { if (!over) line(); }, 5000);
ask();
