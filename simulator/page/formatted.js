// Formatted text: Telegram's entities become elements. Offsets are UTF-16 units, as in JavaScript's own strings.

import { h } from "./dom.js";

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote", expandable_blockquote: "blockquote" };
const SAFE = /^(https?:|tel:|mailto:)/i;

export function formatted(text, entities = [], act = {}) {
  const sorted = [...entities].sort((one, other) => one.offset - other.offset || other.length - one.length);
  return pieces(text, sorted, 0, text.length, act);
}

function pieces(text, entities, start, end, act) {
  const nodes = [];
  let at = start;
  for (let index = 0; index < entities.length; index++) {
    const entity = entities[index];
    if (entity.offset < at || entity.offset >= end) continue;
    const stop = Math.min(entity.offset + entity.length, end);
    if (entity.offset > at) nodes.push(after(nodes, text.slice(at, entity.offset)));
    const inner = pieces(text, entities.slice(index + 1), entity.offset, stop, act);
    nodes.push(element(entity, text.slice(entity.offset, stop), inner, act));
    at = stop;
  }
  if (at < end) nodes.push(after(nodes, text.slice(at, end)));
  return nodes;
}

// A block ends its line by itself: the line break behind it would show as an empty line.
function after(nodes, words) {
  return /^(PRE|BLOCKQUOTE)$/.test(nodes.at(-1)?.tagName) ? words.replace(/^\n/, "") : words;
}

function element(entity, words, inner, act) {
  switch (entity.type) {
    case "spoiler":
      return h("span", { class: "spoiler", tabindex: 0, onclick: (event) => event.currentTarget.classList.add("shown") }, inner);
    case "bot_command":
      return h("a", { href: "#", onclick: (event) => { event.preventDefault(); act.say?.(words); } }, inner);
    case "text_link":
    case "url":
      return link(entity.url ?? words, inner, act);
    case "email":
      return link(`mailto:${words}`, inner, act);
    case "text_mention":
    case "mention":
    case "hashtag":
      return h("span", { class: "link" }, inner);
    default:
      return TAGS[entity.type] ? h(TAGS[entity.type], { class: entity.type === "expandable_blockquote" ? "expandable" : undefined }, inner) : h("span", {}, inner);
  }
}

export function deepLink(address) {
  const found = /^(?:https?:\/\/)?(?:t\.me|telegram\.me)\/(\w+)\/?(?:\?start=([\w-]*))?$/i.exec(address);
  const app = /^tg:\/\/resolve\?domain=(\w+)(?:&start=([\w-]*))?$/i.exec(address);
  const match = found ?? app;
  return match && { username: match[1], payload: match[2] ?? "" };
}

export function openLink(address, act) {
  const deep = deepLink(address);
  if (deep && act.deepLink?.(deep)) return;
  const whole = SAFE.test(address) ? address : `https://${address}`;
  window.open(whole, "_blank", "noopener,noreferrer");
}

function link(address, inner, act) {
  const whole = SAFE.test(address) ? address : `https://${address}`;
  const go = (event) => { event.preventDefault(); openLink(address, act); };
  return h("a", { href: whole, rel: "noopener noreferrer", "data-link": address, onclick: go }, inner);
}
