// What counter, board and manager have in common: asking, looking on, and the door. No build step, nothing from elsewhere.
"use strict";

const by = (id) => document.getElementById(id);

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

// Words for what the kiosk answers when it does not do what was asked.
const WHY = {
  "wrong-code": "Mã không đúng hoặc đã hết hạn. Hãy xin mã mới.",
  "no-such-day": "Kiosk không còn số liệu của ngày này.",
  "too-often": "Thử quá nhiều lần. Hãy chờ một phút rồi thử lại.",
  "not-a-clerk": "Mã PIN này không mở quầy. Hãy dùng mã của cán bộ quầy, hoặc hỏi người quản lý.",
  "not-a-manager": "Mã PIN này không mở trang quản lý. Hãy dùng mã của người quản lý.",
  "wrong-pin": "Mã PIN không đúng.",
  "not-paired": "Trình duyệt này chưa được ghép.",
  "not-signed-in": "Phiên làm việc đã hết. Mời đăng nhập lại.",
  "no-such-counter": "Không có quầy này.",
  "nobody-waits": "Chưa có ai chờ quầy này.",
  "nobody-there": "Quầy đang không có khách.",
  "counter-not-open": "Quầy chưa mở.",
  "counter-open": "Quầy đã mở rồi.",
  "counter-busy": "Quầy đang có khách. Hãy bấm Xong trước.",
  "too-soon": "Vừa gọi xong. Chờ vài giây rồi gọi lại.",
  "for-another": "Số này đang được giữ cho quầy khác.",
  "first-already": "Số này đã được ưu tiên.",
  "not-drawn": "Không có số này hôm nay.",
  "elsewhere": "Số này không còn ở đó nữa.",
  "serves-nothing": "Hãy chọn ít nhất một lĩnh vực.",
  "too-many": "Quá nhiều trình duyệt đang mở.",
  "failed": "Kiosk không ghi được. Hãy báo kỹ thuật viên.",
  "foreign": "Yêu cầu không hợp lệ.",
  "crowded": "Nhiều quầy bấm cùng lúc. Hãy bấm lại.",
  "apart": "Kiosk chưa liên lạc được với các máy khác. Hãy xem số đang hiện, rồi bấm lại.",
  "unreachable": "Không kết nối được với kiosk.",
};

const because = (answer) => (answer.error === "locked"
  ? `Sai quá nhiều lần. Hãy chờ ${answer.secs} giây.`
  : WHY[answer.error] || WHY.failed);

// {} when it was done, {"error"} when not.
async function send(path, body) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", "x-kiosk-page": "1" },
      body: JSON.stringify(body === undefined ? {} : body),
    });
    if (answer.ok) return {};
    return await answer.json().catch(() => ({ error: "failed" }));
  } catch (_) {
    return { error: "unreachable" };
  }
}

async function who() {
  try {
    const answer = await fetch("/api/who");
    return answer.ok ? await answer.json() : undefined;
  } catch (_) {
    return undefined;
  }
}

// A page that hears nothing for so long says so.
const QUIET_MS = 9000;
const AGAIN_MS = 2000;

// Looks on until it may not any more. `show` gets each view, `line` whether the line holds.
function lookOn(path, show, line, ended) {
  let source, quiet;
  const heard = () => {
    clearTimeout(quiet);
    quiet = setTimeout(lost, QUIET_MS);
    line(true);
  };
  const lost = () => {
    line(false);
    if (source) source.close();
    clearTimeout(quiet);
    quiet = setTimeout(again, AGAIN_MS);
  };
  async function again() {
    const me = await who();
    if (me === undefined) return lost();
    if (ended(me)) return;
    open();
  }
  function open() {
    source = new EventSource(path);
    quiet = setTimeout(lost, QUIET_MS);
    source.addEventListener("beat", heard);
    source.addEventListener("hall", (event) => {
      heard();
      show(JSON.parse(event.data));
    });
    source.addEventListener("error", lost);
  }
  open();
}

// The form that asks for the code on the kiosk.
function askForCode(kind, paired) {
  const form = by("pair-form");
  by("pair").hidden = false;
  by("pair-code").focus();
  form.onsubmit = async (event) => {
    event.preventDefault();
    const answer = await send("/api/pair", { code: by("pair-code").value.replace(/\D/g, ""), kind });
    by("pair-code").value = "";
    if (answer.error) {
      by("pair-wrong").textContent = because(answer);
      return;
    }
    by("pair").hidden = true;
    paired();
  };
}
