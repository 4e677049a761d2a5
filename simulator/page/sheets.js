// Sheets that slide over one phone: questions, alerts, places, contacts, choices.

import { avatar, h, icon } from "./dom.js";
import { t } from "./words.js";

const PLACES = [["people_square", 31.2304, 121.4737], ["guomao", 39.9087, 116.4605], ["suzhou", 31.3220, 120.7240], ["shenzhen", 22.5405, 113.9345]];

export class Sheets {
  constructor(phone) {
    this.phone = phone;
    this.element = h("div", { class: "overlay", hidden: true, onclick: (event) => event.target === this.element && this.close(), onkeydown: (event) => event.key === "Escape" && this.close() });
  }

  open(title, role, ...content) {
    const sheet = h("div", { class: "sheet", role, "aria-modal": "true", "aria-label": title, "data-sheet": true }, title && h("h2", {}, title), content);
    this.element.replaceChildren(sheet);
    this.element.hidden = false;
    (sheet.querySelector("[autofocus]") ?? sheet.querySelector("button, input"))?.focus({ preventScroll: true });
  }

  close() {
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  alert(text) {
    this.open("", "alertdialog", h("p", { class: "alert-text", "data-alert": true }, text),
      h("div", { class: "sheet-buttons" }, h("button", { type: "button", class: "primary", "data-alert-ok": true, onclick: () => this.close() }, t("ok"))));
  }

  choosePhone(title, phones, go) {
    this.open(title, "dialog", phones.map((phone) => {
      const { account, legend } = phone.data;
      return h("button", { type: "button", class: "choice", "data-choice": phone.key, onclick: () => { this.close(); go(phone); } },
        avatar(account.name, account.id), h("span", { class: "file-facts" }, h("b", {}, account.name), legend && h("small", {}, legend)));
    }), this.cancelRow());
  }

  place() {
    const latitude = number("latitude", "31.23040");
    const longitude = number("longitude", "121.47370");
    const send = (one, other) => { this.close(); this.phone.act("place", { latitude: one, longitude: other }); };
    this.open(t("place"), "dialog",
      PLACES.map(([name, one, other]) => h("button", { type: "button", class: "choice", "data-place": name, onclick: () => send(one, other) },
        h("span", { class: "pin-small" }, icon("pin")), h("span", { class: "file-facts" }, h("b", {}, t(name)), h("small", {}, `${one}, ${other}`)))),
      h("form", { class: "fields", onsubmit: (event) => { event.preventDefault(); send(latitude.value, longitude.value); } },
        labelled("latitude", latitude), labelled("longitude", longitude), h("button", { class: "primary", "data-send-place": true }, t("send_place"))),
      this.cancelRow());
  }

  contact() {
    const { account } = this.phone.data;
    const name = h("input", { required: true, autocomplete: "off", "data-contact-name": true });
    const numberField = h("input", { required: true, type: "tel", autocomplete: "off", "data-contact-number": true });
    const send = (facts) => { this.close(); this.phone.act("contact", facts); };
    const own = { name: account.name, number: `+86139${String(account.id).padStart(8, "0")}`, own: true };
    this.open(t("contact"), "dialog",
      h("button", { type: "button", class: "choice", "data-own-card": true, onclick: () => send(own) }, avatar(account.name, account.id), h("span", { class: "file-facts" }, h("b", {}, t("own_card")), h("small", {}, `${own.name} ${own.number}`))),
      h("form", { class: "fields", onsubmit: (event) => { event.preventDefault(); send({ name: name.value, number: numberField.value }); } },
        labelled("name", name), labelled("number", numberField), h("button", { class: "primary", "data-send-contact": true }, t("send_contact"))),
      this.cancelRow());
  }

  cancelRow() {
    return h("div", { class: "sheet-buttons" }, h("button", { type: "button", class: "quiet", onclick: () => this.close() }, t("cancel")));
  }
}

const number = (name, value) => h("input", { type: "number", step: "any", required: true, value, [`data-${name}`]: true });
const labelled = (name, input) => h("label", {}, h("span", {}, t(name)), input);
