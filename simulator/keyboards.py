"""Keyboards under a message and under the input: read, checked, refused as Telegram does."""

import json
from typing import Any

from simulator.refusals import bad_request

Keyboard = dict[str, Any]
Rows = list[list[dict[str, Any]]]

MOST_BUTTONS = 100
ACTIONS = ("url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat")
ADDRESSES = ("http://", "https://", "tg://", "t.me/", "www.")


def read_keyboard(given: Any) -> Keyboard | None:
    """Return the keyboard in `reply_markup`, checked; None if there is none."""
    if not given:
        return None
    keyboard = _json_object(given)
    if "inline_keyboard" in keyboard:
        rows = _checked(keyboard["inline_keyboard"], "inline keyboard", _check_inline_button)
        return {"inline_keyboard": rows} if rows else None
    if "keyboard" in keyboard:
        rows = _checked(keyboard["keyboard"], "keyboard", _check_reply_button)
        return keyboard | {"keyboard": rows}
    return keyboard or None


def is_inline(keyboard: Keyboard | None) -> bool:
    """Tell whether the keyboard stands under its message."""
    return keyboard is not None and "inline_keyboard" in keyboard


def _json_object(given: Any) -> Keyboard:
    try:
        keyboard = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        keyboard = None
    if not isinstance(keyboard, dict):
        raise bad_request("can't parse reply keyboard markup JSON object")
    return keyboard


def _checked(rows: Any, name: str, check: Any) -> Rows:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{name.replace(" ", "_")}" of the ReplyMarkup must be an Array of Arrays')
    if sum(map(len, rows)) > MOST_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return [[check(button) for button in row] for row in rows if row]


def _check_inline_button(button: Any) -> dict[str, Any]:
    complaint = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad_request(f"{complaint}expected an Object")
    if not isinstance(button.get("text"), str):
        raise bad_request(f'{complaint}Field "text" must be of type String')
    if not any(action in button for action in ACTIONS):
        raise bad_request(f"{complaint}Text buttons are unallowed in the inline keyboard")
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not str(button["url"]).startswith(ADDRESSES):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return button


def _check_reply_button(button: Any) -> dict[str, Any]:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad_request('can\'t parse keyboard button: Field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request("keyboard button text must be non-empty")
    return button
