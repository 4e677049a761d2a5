// The page: several phones side by side, the clock above them, and what the simulator tells.

import { avatar, h } from "./dom.js";
import { Phone } from "./phone.js";
import { fullTime, locale, switchLanguage, t } from "./words.js";

const find = (selector) => document.querySelector(selector);
const narrow = matchMedia("(max-width: 700px)");

const page = {
  phones: [],
  zone: "Asia/Shanghai",
  offset: 0,
  shown: "",
  now: () => Date.now() + page.offset,
  isShown: (phone) => !document.hidden && (!narrow.matches || phone.key === page.shown),
  enlarge(address) {
    find("[data-viewer] img").src = address;
    find("[data-viewer]").showModal();
  },
  openDeepLink(from, { username, payload }) {
    const phones = page.phones.filter((phone) => phone.data.bot.username.toLowerCase() === username.toLowerCase());
    if (!phones.length) return false;
    from.sheets.choosePhone(t("open_in"), phones, (phone) => { page.show(phone.key); phone.act("start", { payload }); });
    return true;
  },
  show(key) {
    page.shown = key;
    for (const phone of page.phones) phone.element.classList.toggle("shown", phone.key === key);
    const phone = page.phones.find((each) => each.key === key);
    if (narrow.matches && phone) phone.toBottom();
    page.drawTabs();
  },
  drawTabs() {
    find("[data-tabs]").replaceChildren(...page.phones.map((phone) => h("button", { type: "button", role: "tab", "data-tab": phone.key, "aria-selected": phone.key === page.shown ? "true" : "false", onclick: () => page.show(phone.key) },
      avatar(phone.data.account.name, phone.data.account.id), h("span", {}, phone.data.account.name), phone.unread > 0 && h("b", { class: "badge", "aria-label": `${phone.unread} ${t("unread")}` }, phone.unread))));
  },
};

function drawBar() {
  document.documentElement.lang = locale();
  find("[data-title]").textContent = [page.phones[0]?.data.bot.name, t("title")].filter(Boolean).join(" · ");
  document.title = find("[data-title]").textContent;
  const labels = { "+1h": "jump_hour", tomorrow: "jump_morning", "+1w": "jump_week" };
  for (const button of document.querySelectorAll("[data-clock]")) button.textContent = t(labels[button.dataset.clock]);
  find("[data-clock-bar]").setAttribute("aria-label", t("clock"));
  find("[data-language]").textContent = t("language");
  find("[data-language]").setAttribute("aria-label", t("language_label"));
  find("[data-tabs]").setAttribute("aria-label", t("phones"));
  find("[data-close]").setAttribute("aria-label", t("close"));
  find("[data-close]").textContent = "×";
  drawClock();
}

function drawClock() {
  const line = fullTime(page.now() / 1000, page.zone);
  if (find("[data-now]").textContent !== line) find("[data-now]").textContent = line;
  find("[data-now]").title = page.zone;
}

function setClock({ now, zone }) {
  page.offset = now - Date.now();
  page.zone = zone;
  drawClock();
}

function begin(everything) {
  setClock(everything);
  page.phones = everything.phones.map((data) => new Phone(data, page));
  find("[data-phones]").replaceChildren(...page.phones.map((phone) => phone.element));
  find("[data-phones]").style.setProperty("--count", page.phones.length);
  page.show(page.phones.some((phone) => phone.key === page.shown) ? page.shown : page.phones[0]?.key);
  drawBar();
  for (const phone of page.phones) phone.toBottom();
  document.body.dataset.ready = "true";
}

function connect() {
  const events = new EventSource("/events");
  const hear = (name, act) => events.addEventListener(name, (event) => act(JSON.parse(event.data)));
  const tell = (name, method) => hear(name, (news) => page.phones.find((phone) => phone.key === news.phone)?.[method](news));
  hear("hello", begin);
  hear("clock", (news) => { setClock(news); page.phones.forEach((phone) => phone.drawMessages()); });
  tell("message", "hearMessage");
  tell("gone", "hearGone");
  tell("phone", "hearPhone");
  tell("toast", "hearToast");
  tell("typing", "hearTyping");
  events.onerror = () => page.phones.forEach((phone) => phone.showToast(t("offline")));
}

const JUMPS = { "+1h": { hours: 1 }, tomorrow: { to: "tomorrow" }, "+1w": { hours: 168 } };
for (const button of document.querySelectorAll("[data-clock]")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    await fetch("/clock", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(JUMPS[button.dataset.clock]) }).catch(() => null);
    button.disabled = false;
  });
}
find("[data-language]").addEventListener("click", () => { switchLanguage(); drawBar(); page.phones.forEach((phone) => phone.build()); page.drawTabs(); });
find("[data-viewer]").addEventListener("click", () => find("[data-viewer]").close());
document.addEventListener("visibilitychange", () => page.phones.forEach((phone) => phone.scrolled()));
narrow.addEventListener("change", () => page.show(page.shown));
setInterval(drawClock, 1000);
connect();
