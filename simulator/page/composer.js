// The foot of a phone: the input, its menus, the keyboard a bot put up, START.

import { h, icon } from "./dom.js";
import { hum, samplePhoto } from "./samples.js";
import { t } from "./words.js";

export class Composer {
  constructor(phone) {
    this.phone = phone;
    this.editing = null;
    this.attached = null;
    this.keyboardHidden = false;
    this.draft = "";
    this.element = h("footer", { class: "composer" });
    this.draw();
  }

  draw() {
    const { started, blocked } = this.phone.data;
    if (this.input) this.draft = this.input.value;
    this.input = null;
    if (blocked) return this.element.replaceChildren(this.bigButton("unblock", "data-unblock"));
    if (!started) return this.element.replaceChildren(this.bigButton("start", "data-start"));
    const keyboard = this.keyboard();
    return this.element.replaceChildren(...[this.strip(), this.row(keyboard), keyboard].filter(Boolean));
  }

  bigButton(act, mark) {
    return h("button", { type: "button", class: "big", [mark]: true, onclick: () => this.phone.act(act) }, t(act));
  }

  row(keyboard) {
    const { commands } = this.phone.data;
    this.input = h("textarea", { rows: 1, placeholder: this.attached ? t("caption") : t("input"), "aria-label": t("input"), "data-input": true, oninput: () => this.typed(), onkeydown: (event) => this.key(event) });
    this.input.value = this.draft;
    this.sendButton = h("button", { type: "button", class: "round send", "aria-label": t("send"), "data-send": true, onclick: () => this.send() }, icon("send"));
    this.voiceButton = h("button", { type: "button", class: "round voice-button", "aria-label": t("voice"), "data-voice": true, onclick: () => this.record() }, icon("mic"));
    this.photos = h("input", { type: "file", accept: "image/*", multiple: true, hidden: true, "data-photo-input": true, onchange: () => this.attach("photo", this.photos.files) });
    this.documents = h("input", { type: "file", multiple: true, hidden: true, "data-document-input": true, onchange: () => this.attach("document", this.documents.files) });
    const row = h("div", { class: "row" },
      commands.length > 0 && h("button", { type: "button", class: "slash", "aria-label": t("commands"), "data-commands": true, onclick: (event) => this.commandMenu(event.currentTarget) }, "/"),
      this.input,
      this.phone.data.keyboard?.keyboard && h("button", { type: "button", class: "flat", "aria-label": t("keyboard"), "aria-pressed": keyboard ? "true" : "false", onclick: () => { this.keyboardHidden = !this.keyboardHidden; this.draw(); } }, icon("keyboard")),
      h("button", { type: "button", class: "flat", "aria-label": t("attach"), "data-attach": true, onclick: (event) => this.attachMenu(event.currentTarget) }, icon("clip")),
      this.sendButton, this.voiceButton, this.photos, this.documents);
    this.typed();
    return row;
  }

  typed() {
    const full = this.input.value.trim() !== "" || this.attached || this.editing;
    this.sendButton.hidden = !full;
    this.voiceButton.hidden = Boolean(full);
    this.input.style.height = "auto";
    if (this.input.scrollHeight) this.input.style.height = `${Math.min(this.input.scrollHeight, 132)}px`;
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape") this.drop();
  }

  async send() {
    const text = this.input.value.trim();
    const { attached, editing } = this;
    if (!text && !attached) return;
    this.input.value = this.draft = "";
    this.attached = this.editing = null;
    this.draw();
    this.input.focus();
    if (editing) await this.phone.act("edit", { message_id: editing, text });
    else if (attached) await this.phone.upload(attached.kind, attached.files, { caption: text });
    else await this.phone.act("say", { text });
  }

  edit(message) {
    this.editing = message.raw.message_id;
    this.attached = null;
    this.input.value = message.raw.text ?? message.raw.caption ?? "";
    this.draw();
    this.input.focus();
  }

  attach(kind, files) {
    if (!files.length) return;
    this.attached = { kind, files: [...files] };
    this.editing = null;
    this.draw();
    this.input.focus();
  }

  drop() {
    if (!this.editing && !this.attached) return;
    if (this.editing) this.input.value = "";
    this.attached = this.editing = null;
    this.draw();
  }

  strip() {
    if (!this.editing && !this.attached) return null;
    const what = this.editing ? [h("b", {}, t("editing"))] : this.attached.files.map((file) => this.preview(file));
    return h("div", { class: "strip", "data-strip": true }, h("div", { class: "strip-content" }, what),
      h("button", { type: "button", class: "flat", "aria-label": this.editing ? t("cancel") : t("drop"), onclick: () => this.drop() }, icon("close")));
  }

  preview(file) {
    if (this.attached.kind !== "photo") return h("span", { class: "chip" }, icon("file"), file.name);
    const image = h("img", { alt: file.name });
    image.src = URL.createObjectURL(file);
    image.onload = () => URL.revokeObjectURL(image.src);
    return image;
  }

  keyboard() {
    const rows = this.phone.data.keyboard?.keyboard;
    if (!rows || this.keyboardHidden) return null;
    return h("div", { class: "reply-keyboard", role: "group", "aria-label": t("keyboard") }, rows.map((row) => h("div", { class: "keys" }, row.map((button) =>
      h("button", { type: "button", "data-key": button.text, onclick: () => this.phone.act("keyboard", { label: button.text }) }, button.text)))));
  }

  commandMenu(anchor) {
    const items = this.phone.data.commands.map(({ command, description }) => ({
      words: [h("b", {}, description), h("small", {}, `/${command}`)], mark: { "data-command": command }, go: () => this.phone.act("say", { text: `/${command}` }),
    }));
    this.phone.popover(anchor, items, "commands");
  }

  attachMenu(anchor) {
    const item = (name, picture, go) => ({ words: [icon(picture), t(name)], mark: { "data-attach-item": name }, go });
    this.phone.popover(anchor, [
      item("photo", "image", () => this.photos.click()),
      item("sample", "sparkle", async () => this.phone.upload("photo", [await samplePhoto()])),
      item("document", "file", () => this.documents.click()),
      item("place", "pin", () => this.phone.sheets.place()),
      item("contact", "person", () => this.phone.sheets.contact()),
    ], "attach");
  }

  record() {
    if (!this.recordingSince) {
      this.recordingSince = Date.now();
      this.voiceButton.classList.add("recording");
      this.input.placeholder = t("recording");
      return undefined;
    }
    const seconds = Math.max(1, Math.min(60, Math.round((Date.now() - this.recordingSince) / 1000)));
    this.recordingSince = null;
    this.draw();
    return this.phone.upload("voice", [hum(seconds)], { seconds });
  }
}
