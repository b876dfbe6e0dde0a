// A board: the last calls, one announcement after the other, neutral when something fails.
"use strict";

const SHOWN_MAX = 4;
// How long a call has the board for itself before the next is announced, spoken or not.
const ANNOUNCE_MS = 7000;
// After its last word.
const PAUSE_MS = 1200;
// A voice that takes longer to come is not waited for.
const VOICE_MS = 3000;
// Calls of before are shown and not announced: a board that starts again does not shout the morning.
const FRESH_MS = 20000;

let view, waiting = [], announcing, known = new Set(), lineHolds = true, sound;

const keyOf = (call) => `${call.number}/${call.counter}/${call.at}`;

function seen(now) {
  const first = view === undefined;
  view = now;
  for (const call of now.calls.slice().reverse()) {
    const key = keyOf(call);
    if (known.has(key)) continue;
    known.add(key);
    if (!first || now.now - call.at < FRESH_MS) waiting.push(call);
  }
  if (known.size > 500) known = new Set(now.calls.map(keyOf));
  if (!announcing) announce();
  draw();
}

function announce() {
  announcing = waiting.shift();
  draw();
  if (!announcing) return;
  const shown = wait(ANNOUNCE_MS);
  Promise.all([shown, speak(announcing)]).then(announce);
}

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// Chime and words, to their end. A browser that may not sound yet stays quiet: the picture is what counts.
async function speak(call) {
  try {
    sound = sound || new AudioContext();
    if (sound.state !== "running") await Promise.race([sound.resume(), wait(200)]);
    by("touch").hidden = sound.state === "running";
    if (sound.state !== "running") return;
    const voice = await Promise.race([spoken(call), wait(VOICE_MS)]);
    if (!voice) return chime();
    await new Promise((ended) => {
      const source = sound.createBufferSource();
      source.buffer = voice;
      source.onended = ended;
      source.connect(sound.destination);
      source.start();
    });
    document.body.dataset.spoken = `${(document.body.dataset.spoken || "").slice(-200)} ${call.number}/${call.counter}`.trim();
    await wait(PAUSE_MS);
  } catch (_) { /* no loudspeaker */ }
}

// Nothing, where the kiosk has no voice.
async function spoken(call) {
  const asked = new URLSearchParams({ number: call.number, counter: call.counter });
  const answer = await fetch(`/api/announcement?${asked}`);
  return answer.ok ? sound.decodeAudioData(await answer.arrayBuffer()) : undefined;
}

// A browser lets a page sound once somebody has touched it.
document.addEventListener("pointerdown", () => {
  if (!sound) return;
  sound.resume().then(() => { by("touch").hidden = true; });
});

// Two tones. A browser that may not sound yet stays quiet: the picture is what counts.
function chime() {
  try {
    sound = sound || new AudioContext();
    [[880, 0], [660, 0.28]].forEach(([tone, after]) => {
      const voice = sound.createOscillator(), loudness = sound.createGain();
      const at = sound.currentTime + after;
      voice.frequency.value = tone;
      loudness.gain.setValueAtTime(0.3, at);
      loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.9);
      voice.connect(loudness).connect(sound.destination);
      voice.start(at);
      voice.stop(at + 1);
    });
  } catch (_) { /* no loudspeaker */ }
}

function row(call, fresh) {
  return make("div", { class: fresh ? "call new" : "call" },
    make("div", {}, make("span", { class: "word" }, "Số · ", make("span", { lang: "en" }, "Number")), make("b", {}, call.number)),
    make("span", { class: "arrow", "aria-hidden": "true" }, "→"),
    make("div", { class: "to" }, make("span", { class: "word" }, "Quầy · ", make("span", { lang: "en" }, "Counter")), make("b", {}, call.counter)));
}

function draw() {
  if (!view) return;
  const pending = new Set(waiting.map(keyOf));
  const rest = view.calls.filter((call) => !pending.has(keyOf(call)) && (!announcing || keyOf(call) !== keyOf(announcing)));
  const rows = (announcing ? [row(announcing, true)] : []).concat(rest.map((call) => row(call, false))).slice(0, SHOWN_MAX);
  by("calls").replaceChildren(...(rows.length ? rows
    : [make("p", { class: "empty" }, "Xin mời lấy số ở kiosk", make("br"), make("small", { lang: "en" }, "Please take a number at the kiosk"))]));
  // Without a line nothing false is said: who waits where is not known, so it is not shown.
  by("queues").replaceChildren(...(lineHolds && !view.apart ? view.queues.map((queue) => make("li", {}, `${queue.letter} · ${queue.name}: ${queue.waiting} người chờ`))
    : [make("li", {}, "Bảng đang nối lại. Xin nghe gọi tại quầy. · ", make("span", { lang: "en" }, "Please listen for your number."))]));
}

function tick() {
  by("clock").textContent = new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
}

async function begin() {
  const me = await who();
  if (!me) return setTimeout(begin, AGAIN_MS);
  if (me.paired !== "board") return askForCode("board", begin);
  by("board").hidden = false;
  lookOn("/api/board", seen, (holds) => { lineHolds = holds; draw(); }, (now) => {
    if (now.paired === "board") return false;
    location.reload();
    return true;
  });
}

tick();
setInterval(tick, 1000);
begin();
