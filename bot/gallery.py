"""``huifang screens``: every screen of every page and conversation, Chinese beside English, on one page of HTML."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from html import escape
from itertools import groupby
from pathlib import Path

from bot.crawl import Crawl, Sight
from bot.stage import stage
from dialog.screen import Pressable, Rendered
from dialog.words import LANGUAGES

_STYLE = """
body { margin: 0; font: 15px/1.45 system-ui, "PingFang SC", "Noto Sans SC", sans-serif; }
body { background: #f4f5f7; color: #16181d; }
header, section { max-width: 1180px; margin: 0 auto; padding: 16px 24px; }
nav a { display: inline-block; margin: 2px 10px 2px 0; color: #2a6db0; text-decoration: none; }
h2 { margin: 32px 0 8px; padding-bottom: 4px; border-bottom: 1px solid #d5d9e0; }
h3 { margin: 20px 0 6px; font-size: 14px; font-weight: 600; color: #555c68; }
h3 small { font-weight: 400; color: #8a919d; }
.pair { display: flex; flex-wrap: wrap; gap: 20px; }
.phone { width: 360px; padding: 10px; border-radius: 14px; background: #dbe6d4; }
.bubble { padding: 8px 12px; border-radius: 12px; background: #fff; white-space: pre-wrap; overflow-wrap: anywhere; }
.bubble img { display: block; max-width: 100%; margin: -2px -6px 6px; border-radius: 8px; }
.row { display: flex; gap: 4px; margin-top: 4px; }
.row span { flex: 1; min-width: 0; padding: 6px 4px; border-radius: 8px; background: #9db58f; color: #fff;
  text-align: center; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.row.share span { background: #fff; color: #2a6db0; }
.toast { display: table; margin: 6px auto 0; padding: 4px 12px; border-radius: 12px; background: #0009; color: #fff; }
.faults { padding: 12px 16px; border-left: 4px solid #c0392b; background: #fdecea; }
"""


def run(out: Path, say: Callable[[str], None]) -> int:
    """Write the page and return 0, or 1 when something went wrong on the way; the page says what."""
    with stage() as scene:
        crawl = scene.crawl(*LANGUAGES)
        titles = {flow.name: str(flow.title) for flow in scene.house.book.flows.values()}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page(crawl, titles), encoding="utf-8")
    say(f"{len(crawl.sights)} screens: {out}")
    for fault in crawl.faults:
        say(f"! {fault}")
    return 1 if crawl.faults else 0


def page(crawl: Crawl, titles: Mapping[str, str]) -> str:
    """Return the whole page. ``titles`` name the conversations; other groups name themselves."""
    first = {(sight.group, sight.name): place for place, sight in reversed(list(enumerate(crawl.sights)))}
    ordered = sorted(crawl.sights, key=lambda sight: first[sight.group, sight.name])
    ordered.sort(key=lambda sight: (sight.group not in titles, sight.group.startswith("/"), sight.group))
    groups = [(name, list(sights)) for name, sights in groupby(ordered, key=lambda sight: sight.group)]
    return "\n".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Huifang · every screen</title>',
            f"<style>{_STYLE}</style></head><body><header><h1>Every screen</h1>",
            f"<p>{len(crawl.sights)} screens, found by pressing every button and answering every question.</p>",
            _faults(crawl),
            f"<nav>{''.join(_entry(name, titles) for name, _sights in groups)}</nav></header>",
            *(_section(name, sights, titles) for name, sights in groups),
            "</body></html>",
        )
    )


def _faults(crawl: Crawl) -> str:
    if not crawl.faults:
        return ""
    return '<div class="faults">' + "<br>".join(escape(str(fault)) for fault in crawl.faults) + "</div>"


def _entry(name: str, titles: Mapping[str, str]) -> str:
    return f'<a href="#{escape(name)}">{escape(titles.get(name, name))}</a>'


def _section(name: str, sights: Iterable[Sight], titles: Mapping[str, str]) -> str:
    title = f"{titles[name]} <small>{escape(name)}</small>" if name in titles else escape(name)
    return f'<section id="{escape(name)}"><h2>{title}</h2>{"".join(_pair(sight) for sight in sights)}</section>'


def _pair(sight: Sight) -> str:
    how = f" · {escape(sight.how)}" if sight.how else ""
    phones = "".join(_phone(sight.shown.get(language), sight.toasts.get(language)) for language in LANGUAGES)
    return f'<h3>{escape(sight.name)}{how} <small>{escape(sight.role)}</small></h3><div class="pair">{phones}</div>'


def _phone(screen: Rendered | None, toast: str | None) -> str:
    said = _bubble(screen) if screen else ""
    word = f'<div class="toast">{escape(toast)}</div>' if toast else ""
    return f'<div class="phone">{said}{word}</div>'


def _bubble(screen: Rendered) -> str:
    """Return the message and its buttons. The text is HTML already: Telegram's few tags are the browser's too."""
    shared = f'<div class="row share"><span>{escape(screen.share_label)}</span></div>' if screen.share else ""
    rows = "".join(_row(row) for row in screen.keyboard)
    table = f"📄 {escape(screen.table.name)}.xlsx<br>" if screen.table else ""
    return f'<div class="bubble">{_picture(screen.picture)}{table}{screen.text}</div>{shared}{rows}'


def _row(row: Iterable[Pressable]) -> str:
    return '<div class="row">' + "".join(_button(button) for button in row) + "</div>"


def _button(button: Pressable) -> str:
    return f'<span title="{escape(button.data or button.url or "")}">{escape(button.text)}</span>'


def _picture(picture: bytes | None) -> str:
    if picture is None:
        return ""
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(picture).decode()}">'
