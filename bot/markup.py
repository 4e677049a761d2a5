"""Markup: a screen's words and buttons as the Bot API wants them. It sends nothing."""

from __future__ import annotations

from typing import Any

from telegram.constants import ParseMode

from dialog.screen import Pressable, Rendered, Share
from dialog.words import plain

_NO_PREVIEW = {"is_disabled": True}
_ASKED = {Share.PLACE: "request_location"}


def text_of(chat_id: int, screen: Rendered) -> dict[str, Any]:
    """Return the parameters of a message with the screen's words."""
    return {
        "chat_id": chat_id,
        "text": screen.text,
        "parse_mode": ParseMode.HTML,
        "link_preview_options": _NO_PREVIEW,
    }


def bare_text_of(chat_id: int, screen: Rendered) -> dict[str, Any]:
    """Return the same without anything Telegram has to read."""
    return {"chat_id": chat_id, "text": plain(screen.text), "link_preview_options": _NO_PREVIEW}


def keys_of(screen: Rendered) -> dict[str, Any]:
    """Return the parameter with the screen's buttons, or with the keyboard that asks for something of the phone's."""
    if screen.share is None:
        return inline_keys_of(screen)
    asked: dict[str, Any] = {"text": screen.share_label or screen.share.value, _ASKED[screen.share]: True}
    rows = [[asked], *([{"text": button.text} for button in row] for row in screen.keyboard)]
    return {"reply_markup": {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True}}


def inline_keys_of(screen: Rendered) -> dict[str, Any]:
    """Return the parameter with the buttons beneath the message; a message without any needs none."""
    if not screen.keyboard:
        return {}
    return {"reply_markup": {"inline_keyboard": [[_button(button) for button in row] for row in screen.keyboard]}}


def _button(button: Pressable) -> dict[str, str]:
    if button.url:
        return {"text": button.text, "url": button.url}
    return {"text": button.text, "callback_data": button.data or ""}
