// One phone: its head, its chat, its foot.

import { draw, units } from "./bubbles.js";
import { Composer } from "./composer.js";
import { avatar, h, icon } from "./dom.js";
import { Sheets } from "./sheets.js";
import { t } from "./words.js";

const NEAR = 80;

export class Phone {
  constructor(data, page) {
    this.key = data.phone;
    this.data = data;
    this.page = page;
    this.unread = 0;
    this.drawn = new Map();
    this.element = h("section", { class: "phone", "data-phone": this.key });
    this.build();
  }

  get zone() { return this.page.zone; }

  build() {
    const { account, legend } = this.data;
    this.element.setAttribute("aria-label", [account.name, legend].filter(Boolean).join(" · "));
    this.drawn.clear();
    this.list = h("div", { class: "list" });
    this.chat = h("div", { class: "chat", role: "log", tabindex: 0, "aria-label": this.data.bot.name, "data-chat": true, onscroll: () => this.scrolled() }, this.list);
    this.newest = h("button", { type: "button", class: "newest", hidden: true, "aria-label": t("newest"), onclick: () => this.toBottom(true) }, icon("down"), h("b", { "data-unread": true }));
    this.toastLine = h("div", { class: "toast", role: "status", "data-toast": true, hidden: true });
    this.menu = h("div", { class: "popover", role: "menu", hidden: true });
    this.head = h("header", { class: "head" });
    this.sheets = new Sheets(this);
    const draft = this.composer?.input?.value ?? "";
    this.composer = new Composer(this);
    if (this.composer.input) this.composer.input.value = draft;
    const device = h("div", { class: "device" }, this.head, h("div", { class: "middle" }, this.chat, this.newest, this.toastLine), this.composer.element, this.menu, this.sheets.element);
    this.element.replaceChildren(h("div", { class: "owner" }, avatar(account.name, account.id), h("strong", {}, account.name), legend && h("span", { "data-legend": true }, legend)), device);
    this.drawHead();
    this.drawMessages();
    this.toBottom();
    this.keepAtBottom();
  }

  keepAtBottom() {
    // The chat gives way to keyboards and strips below it without losing its newest bubble.
    this.watch?.disconnect();
    this.watch = new ResizeObserver(() => this.wasAtBottom && this.toBottom());
    this.watch.observe(this.chat);
    this.watch.observe(this.list);
  }

  drawHead() {
    const { bot, blocked } = this.data;
    const status = this.typing ? t("typing") : blocked ? t("blocked") : t("bot");
    this.head.replaceChildren(avatar(bot.name, 2), h("div", { class: "head-words" }, h("strong", { "data-bot-name": true }, bot.name), h("small", { class: this.typing ? "busy" : "", "data-status": true }, status)),
      h("button", { type: "button", class: "flat", "aria-label": t("more"), "data-more": true, onclick: (event) => this.moreMenu(event.currentTarget) }, icon("more")));
  }

  drawMessages() {
    const wanted = units(this.data.messages, this.page.now() / 1000, this.zone);
    const keys = new Set(wanted.map((unit) => unit.key));
    for (const [key, { node }] of this.drawn) if (!keys.has(key)) { node.remove(); this.drawn.delete(key); }
    let before = null;
    for (const unit of wanted) {
      const old = this.drawn.get(unit.key);
      let node = old?.node;
      if (old?.signature !== unit.signature) {
        node = draw(unit, this, this.acts);
        if (old) old.node.replaceWith(node);
        this.drawn.set(unit.key, { node, signature: unit.signature });
      }
      const place = before ? before.nextSibling : this.list.firstChild;
      if (place !== node) this.list.insertBefore(node, place);
      before = node;
    }
    this.drawEmpty();
  }

  drawEmpty() {
    this.list.querySelector(".empty")?.remove();
    if (this.data.messages.length) return;
    const { bot } = this.data;
    this.list.append(h("div", { class: "empty" }, avatar(bot.name, 2), h("b", {}, bot.name), h("p", {}, bot.description || t("empty"))));
  }

  get acts() {
    return {
      press: (message_id, data) => this.act("press", { message_id, data }),
      say: (text) => this.act("say", { text }),
      enlarge: (address) => this.page.enlarge(address),
      menu: (message, anchor) => this.messageMenu(message, anchor),
      deepLink: (link) => this.page.openDeepLink(this, link),
    };
  }

  // What the simulator tells

  hearMessage({ message }) {
    const known = this.data.messages.findIndex(({ raw }) => raw.message_id === message.raw.message_id);
    const atBottom = this.isAtBottom() || message.mine;
    if (known >= 0) this.data.messages[known] = message;
    else this.data.messages.push(message);
    if (!message.mine) this.setTyping(false);
    this.settleButtons();
    this.drawMessages();
    if (atBottom) this.toBottom();
    if (known < 0 && !message.mine && (!atBottom || !this.page.isShown(this))) this.setUnread(this.unread + 1);
  }

  hearGone({ message_id }) {
    this.data.messages = this.data.messages.filter(({ raw }) => raw.message_id !== message_id);
    this.drawMessages();
  }

  hearPhone(surroundings) {
    const atBottom = this.isAtBottom();
    Object.assign(this.data, surroundings);
    this.drawHead();
    this.composer.draw();
    this.drawEmpty();
    if (atBottom) this.toBottom();
  }

  hearToast({ text, alert }) {
    this.settleButtons();
    if (!text) return;
    if (alert) return this.sheets.alert(text);
    this.showToast(text);
  }

  hearTyping() { this.setTyping(true); }

  showToast(text) {
    this.toastLine.textContent = text;
    this.toastLine.hidden = false;
    clearTimeout(this.toastAlarm);
    this.toastAlarm = setTimeout(() => { this.toastLine.hidden = true; }, 4000);
  }

  settleButtons() {
    this.list.querySelectorAll(".waiting").forEach((button) => button.classList.remove("waiting"));
  }

  setTyping(typing) {
    clearTimeout(this.typingAlarm);
    if (typing) this.typingAlarm = setTimeout(() => this.setTyping(false), 5000);
    if (this.typing === typing) return;
    this.typing = typing;
    this.drawHead();
  }

  setUnread(count) {
    this.unread = count;
    this.newest.querySelector("b").textContent = count || "";
    this.page.drawTabs();
  }

  isAtBottom() { return this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < NEAR; }

  toBottom(smooth = false) {
    this.chat.scrollTo({ top: this.chat.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.scrolled();
  }

  scrolled() {
    const bottom = this.isAtBottom();
    this.wasAtBottom = bottom;
    this.newest.hidden = bottom;
    if (bottom && this.unread && this.page.isShown(this)) this.setUnread(0);
  }

  // What the person does

  act(name, facts = {}) { return this.post(name, { headers: { "Content-Type": "application/json" }, body: JSON.stringify(facts) }); }

  upload(name, files, facts = {}) {
    const form = new FormData();
    for (const [key, value] of Object.entries(facts)) form.append(key, value);
    for (const file of files) form.append("file", file, file.name);
    return this.post(name, { body: form });
  }

  async post(name, request) {
    const answer = await fetch(`/phones/${encodeURIComponent(this.key)}/${name}`, { method: "POST", ...request }).catch(() => null);
    if (answer?.status === 400) this.showToast((await answer.json()).problem);
    return answer?.ok;
  }

  moreMenu(anchor) {
    const act = this.data.blocked ? "unblock" : "block";
    this.popover(anchor, [{ words: [t(act)], mark: { "data-menu-item": act }, go: () => this.act(act) }], "below");
  }

  messageMenu(message, anchor) {
    const words = message.raw.text ?? message.raw.caption;
    const items = [];
    const add = (name, go) => items.push({ words: [t(name)], mark: { "data-menu-item": name }, go });
    if (message.mine && words !== undefined && !message.raw.forward_origin) add("edit", () => this.composer.edit(message));
    if (!message.raw.has_protected_content) add("forward", () => this.sheets.choosePhone(t("forward_to"), this.page.phones, (to) => this.act("forward", { message_id: message.raw.message_id, to: to.key })));
    if (words) add("copy", () => navigator.clipboard?.writeText(words));
    this.popover(anchor, items, "message");
  }

  popover(anchor, items, kind) {
    if (!items.length) return;
    const close = () => { this.menu.hidden = true; document.removeEventListener("pointerdown", outside); };
    const outside = (event) => !this.menu.contains(event.target) && close();
    this.menu.className = `popover for-${kind}`;
    this.menu.replaceChildren(...items.map(({ words, mark, go }) => h("button", { type: "button", role: "menuitem", ...mark, onclick: () => { close(); go(); } }, words)));
    this.menu.hidden = false;
    this.place(anchor);
    this.menu.onkeydown = (event) => event.key === "Escape" && close();
    this.menu.firstElementChild.focus({ preventScroll: true });
    setTimeout(() => document.addEventListener("pointerdown", outside));
  }

  place(anchor) {
    const device = this.menu.parentElement.getBoundingClientRect();
    const at = anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.menu;
    const left = Math.max(8, Math.min(at.left - device.left, device.width - width - 8));
    const below = at.bottom - device.top + 6;
    const above = at.top - device.top - height - 6;
    const top = below + height < device.height - 8 ? below : Math.max(8, above);
    Object.assign(this.menu.style, { left: `${left}px`, top: `${top}px` });
  }
}
