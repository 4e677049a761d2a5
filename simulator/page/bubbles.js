// Bubbles: one message, or one album, as a person sees it.

import { avatar, h, icon } from "./dom.js";
import { formatted, openLink } from "./formatted.js";
import { clockTime, dayName, day, t } from "./words.js";

const media = (file) => `/media/${encodeURIComponent(file.file_id)}`;

// The units of a chat: day marks, bubbles and albums, each with a key and a signature that tells whether to draw anew.
export function units(messages, now, zone) {
  const list = [];
  let lastDay = "";
  const answered = Math.max(0, ...messages.filter((message) => !message.mine).map((message) => message.raw.message_id));
  for (const message of messages) {
    const today = day(message.raw.date, zone);
    if (today !== lastDay) {
      const name = dayName(message.raw.date, now, zone);
      list.push({ key: `day-${today}-${message.raw.message_id}`, signature: name, day: name });
      lastDay = today;
    }
    const album = message.raw.media_group_id;
    const previous = list.at(-1);
    if (album && previous?.album === album) previous.messages.push(message);
    else list.push({ key: `message-${message.raw.message_id}`, album, messages: [message] });
  }
  list.forEach((unit, index) => {
    if (!unit.messages) return;
    unit.follows = list[index - 1]?.messages?.[0].mine === unit.messages[0].mine;
    unit.read = answered > unit.messages[0].raw.message_id;
    unit.signature = JSON.stringify([unit.messages, unit.follows, unit.messages[0].mine && unit.read]);
  });
  return list;
}

export function draw(unit, phone, act) {
  if (unit.day) return h("div", { class: "day" }, h("span", {}, unit.day));
  const [message] = unit.messages;
  const { raw, mine } = message;
  const said = unit.messages.find(({ raw }) => raw.caption ?? raw.text)?.raw ?? raw;
  const bubble = h("div", { class: `bubble of-${kind(raw)}${hasWords(said) ? "" : " wordless"}`, oncontextmenu: (event) => { event.preventDefault(); act.menu(message, event.currentTarget); } },
    raw.forward_origin && h("div", { class: "forwarded" }, `${t("forwarded")} ${origin(raw.forward_origin)}`),
    raw.reply_to_message && h("div", { class: "reply" }, raw.reply_to_message.text ?? raw.reply_to_message.caption ?? t("photo")),
    content(unit, act),
    hasWords(said) && h("div", { class: "text", "data-text": true }, formatted(said.text ?? said.caption, said.entities ?? said.caption_entities, act), space(raw, mine)),
    meta(message, unit.read, phone.zone),
    h("button", { type: "button", class: "bubble-menu", "aria-label": t("message_menu"), "data-message-menu": true, onclick: (event) => act.menu(message, event.currentTarget) }, icon("down")));
  return h("article", { class: `message ${mine ? "mine" : "theirs"}${unit.follows ? " follows" : ""}`, "data-message-id": raw.message_id, "data-mine": mine ? "true" : "false" },
    h("div", { class: "stack" }, bubble, keyboard(raw, act)));
}

const hasWords = (raw) => Boolean(raw.text ?? raw.caption);
const kind = (raw) => ["photo", "document", "voice", "location", "contact", "sticker"].find((name) => raw[name]) ?? "words";
const origin = (from) => from.sender_user_name ?? [from.sender_user?.first_name, from.sender_user?.last_name].filter(Boolean).join(" ");

function space(raw, mine) {
  // Leaves room in the last line for the time that stands in the corner.
  const width = 38 + (mine ? 18 : 0) + (raw.edit_date ? 44 : 0);
  return h("span", { class: "space", style: { width: `${width}px` } });
}

function meta(message, read, zone) {
  const { raw, mine, silent } = message;
  return h("div", { class: "meta" },
    raw.edit_date && h("span", { "data-edited": true }, t("edited")),
    silent && h("span", { class: "silent", role: "img", "aria-label": t("silent"), title: t("silent") }, icon("mute")),
    h("time", {}, clockTime(raw.date, zone)),
    mine && h("span", { class: `ticks${read ? " read" : ""}`, "aria-hidden": "true" }, read ? "✓✓" : "✓"));
}

function keyboard(raw, act) {
  const rows = raw.reply_markup?.inline_keyboard;
  if (!rows) return null;
  return h("div", { class: "keyboard", role: "group" }, rows.map((row) => h("div", { class: "keys" }, row.map((button) =>
    h("button", { type: "button", "data-button": button.callback_data ?? button.url ?? button.text, onclick: (event) => tap(raw, button, event.currentTarget, act) },
      h("span", {}, button.text), button.url && icon("link"))))));
}

function tap(raw, button, element, act) {
  if (button.url) return openLink(button.url, act);
  if (button.callback_data === undefined) return undefined;
  element.classList.add("waiting");
  setTimeout(() => element.classList.remove("waiting"), 15000);
  return act.press(raw.message_id, button.callback_data);
}

function content(unit, act) {
  const { raw } = unit.messages[0];
  if (raw.photo) return h("div", { class: `pictures count-${Math.min(unit.messages.length, 4)}` }, unit.messages.map(({ raw }) => picture(raw, act)));
  if (raw.document) return unit.messages.map(({ raw }) => documentRow(raw.document));
  if (raw.voice) return voice(raw.voice);
  if (raw.location) return place(raw.location);
  if (raw.contact) return contact(raw.contact);
  if (raw.sticker) return h("div", { class: "sticker-face" }, raw.sticker.emoji);
  return null;
}

function picture(raw, act) {
  const size = raw.photo.at(-1);
  const image = h("img", { src: media(size), alt: raw.caption ?? t("photo"), loading: "lazy", width: size.width, height: size.height });
  return h("button", { type: "button", class: "picture", "data-photo": raw.message_id, "aria-label": t("enlarge"), onclick: () => act.enlarge(media(size)) }, image);
}

function documentRow(file) {
  const ending = (file.file_name ?? "").split(".").pop().slice(0, 4);
  return h("a", { class: "document", href: media(file), download: file.file_name, "aria-label": `${t("download")} ${file.file_name}` },
    h("span", { class: "file-icon" }, ending || icon("file")),
    h("span", { class: "file-facts" }, h("b", {}, file.file_name), h("small", {}, weight(file.file_size))));
}

function weight(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1048576 ? `${(bytes / 1024).toFixed(1)} kB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function voice(file) {
  const audio = new Audio(media(file));
  audio.preload = "none";
  const button = h("button", { type: "button", class: "play", "aria-label": t("play"), onclick: () => (audio.paused ? audio.play().catch(() => {}) : audio.pause()) }, icon("play"));
  audio.addEventListener("play", () => button.replaceChildren(icon("pause")));
  audio.addEventListener("pause", () => button.replaceChildren(icon("play")));
  const seed = [...file.file_unique_id].map((letter) => letter.charCodeAt(0));
  const bars = Array.from({ length: 28 }, (_, index) => h("i", { style: { height: `${4 + ((seed[index % seed.length] * (index + 7)) % 17)}px` } }));
  return h("div", { class: "voice-row" }, button, h("div", { class: "wave", "aria-hidden": "true" }, bars), h("small", {}, `0:${String(file.duration).padStart(2, "0")}`));
}

function place({ latitude, longitude }) {
  return h("div", { class: "map", role: "img", "aria-label": `${t("place")} ${latitude}, ${longitude}` }, h("span", { class: "pin" }, icon("pin")),
    h("small", {}, `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`));
}

function contact(card) {
  const name = [card.first_name, card.last_name].filter(Boolean).join(" ");
  return h("div", { class: "card" }, avatar(name, card.user_id ?? name.length), h("span", { class: "file-facts" }, h("b", {}, name), h("small", {}, card.phone_number)));
}
