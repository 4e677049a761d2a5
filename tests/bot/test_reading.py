"""From Telegram's updates to what people did."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Bot, Update

from bot.reading import MOST_NAME, Arrival, Membership, read
from dialog.events import Card, Command, Edit, Event, File, Message, Spot, Tap
from models.attachment import FileKind

BOT = Bot("1:a")
LI = {"id": 1001, "is_bot": False, "first_name": "李伟", "language_code": "zh-hans"}
CHAT = {"id": 1001, "type": "private", "first_name": "李伟"}
SOME_BOT = {"id": 5, "is_bot": True, "first_name": "Robot"}
GROUP = {"id": -100, "type": "group", "title": "华东组"}
SMALL, LARGE = (
    {"file_id": f"{size}-id", "file_unique_id": f"{size}-unique", "width": 9, "height": 9}
    for size in ("small", "large")
)


def update(kind: str = "message", **content: Any) -> dict[str, Any]:
    return {"update_id": 7, kind: {"message_id": 50, "date": 1700000000, "chat": CHAT, "from": LI} | content}


def query(**content: Any) -> dict[str, Any]:
    message = {"message_id": 50, "date": 1700000000, "chat": CHAT, "from": SOME_BOT, "text": "?"}
    return {
        "update_id": 7,
        "callback_query": {"id": "q1", "from": LI, "chat_instance": "c", "message": message} | content,
    }


def blob(name: str, **more: Any) -> dict[str, Any]:
    return {"file_id": f"{name}-id", "file_unique_id": f"{name}-unique", **more}


def heard(raw: dict[str, Any]) -> Event | None:
    arrival = read(Update.de_json(raw, BOT), 0)
    return arrival.event if isinstance(arrival, Arrival) else None


def file(kind: FileKind, of: str, name: str = "", album: str | None = None) -> File:
    return File(kind, f"{of}-id", f"{of}-unique", name, album, 50)


@pytest.mark.parametrize(
    ("raw", "event"),
    [
        (update(text="你好"), Message(50, "你好")),
        (update(text=" 3号线 /stop \n"), Message(50, " 3号线 /stop \n")),
        (update(text="/visit 华东轴承 谈了备件"), Command("visit", "华东轴承 谈了备件", 50)),
        (update(text="/Visit@huifang_bot  华东轴承 "), Command("visit", "华东轴承", 50)),
        (update(text="/start invite-abc"), Command("start", "invite-abc", 50)),
        (update(text="/visit\n华东轴承"), Command("visit", "华东轴承", 50)),
        (update(text="/"), Command("", "", 50)),
        (update(photo=[SMALL, LARGE]), Message(50, file=file(FileKind.PHOTO, "large"))),
        (update(photo=[LARGE], caption="漏油"), Message(50, "漏油", file=file(FileKind.PHOTO, "large"))),
        (update(photo=[LARGE], caption="/visit 漏油"), Message(50, "/visit 漏油", file=file(FileKind.PHOTO, "large"))),
        (
            update(photo=[LARGE], media_group_id="a1"),
            Message(50, file=file(FileKind.PHOTO, "large", album="a1"), album="a1"),
        ),
        (update(voice=blob("v", duration=3)), Message(50, file=file(FileKind.VOICE, "v"))),
        (
            update(document=blob("d", file_name="报告.pdf"), caption="见附件"),
            Message(50, "见附件", file=file(FileKind.DOCUMENT, "d", "报告.pdf")),
        ),
        (
            update(document=blob("d", file_name="a\u202egnp.exe\x00")),
            Message(50, file=file(FileKind.DOCUMENT, "d", "agnp.exe")),
        ),
        (
            update(video=blob("m", width=9, height=9, duration=1)),
            Message(50, file=file(FileKind.VIDEO, "m")),
        ),
        (update(video_note=blob("n", length=9, duration=1)), Message(50, file=file(FileKind.VIDEO, "n"))),
        (update(audio=blob("s", duration=9)), Message(50, file=file(FileKind.DOCUMENT, "s"))),
        (update(location={"latitude": 31.2, "longitude": 121.5}), Message(50, spot=Spot(31.2, 121.5))),
        (
            update(contact={"phone_number": "+86138", "first_name": "王", "last_name": "芳", "user_id": 9}),
            Message(50, card=Card("王 芳", "+86138", 9)),
        ),
        (
            update(contact={"phone_number": "138", "first_name": "\u202e王\x00芳"}),
            Message(50, card=Card("王芳", "138")),
        ),
        (update(sticker=blob("k", type="regular", width=9, height=9, is_animated=False, is_video=False)), Message(50)),
        (update(dice={"emoji": "🎲", "value": 3}), Message(50)),
        (
            update(
                text="轴承坏了", forward_origin={"type": "user", "date": 1, "sender_user": {**LI, "first_name": "王芳"}}
            ),
            Message(50, "轴承坏了", forwarded_from="王芳"),
        ),
        (
            update(text="坏了", forward_origin={"type": "hidden_user", "date": 1, "sender_user_name": "\u202e隐身"}),
            Message(50, "坏了", forwarded_from="隐身"),
        ),
        (
            update(
                text="坏了",
                forward_origin={
                    "type": "chat",
                    "date": 1,
                    "sender_chat": {"id": -6, "type": "group", "title": "客户群"},
                },
            ),
            Message(50, "坏了", forwarded_from="客户群"),
        ),
        (
            update(
                text="坏了",
                forward_origin={
                    "type": "channel",
                    "date": 1,
                    "message_id": 3,
                    "chat": {"id": -5, "type": "channel", "title": "行业新闻"},
                },
            ),
            Message(50, "坏了", forwarded_from="行业新闻"),
        ),
        (update("edited_message", text="改了"), Edit(50, "改了")),
        (update("edited_message", photo=[LARGE], caption="改了"), Edit(50, "改了")),
        (update("edited_message", location={"latitude": 31.2, "longitude": 121.5}), None),
        (query(data="7:save"), Tap("7:save", 50)),
        (query(data="/visits/3", message=update(photo=[LARGE])["message"]), Tap("/visits/3", 50, on_picture=True)),
        (query(data="7:save", message={"message_id": 50, "date": 0, "chat": CHAT}), Tap("7:save", 50)),
        (query(data="7:save", message=None, inline_message_id="i"), None),
        (query(data=None, game_short_name="chess"), None),
    ],
)
def test_an_update_becomes_what_the_person_did(raw, event):
    assert heard(raw) == event


@pytest.mark.parametrize(
    "raw",
    [
        update(chat=GROUP, text="你好"),
        update(chat={"id": -5, "type": "supergroup", "title": "x"}, text="/visit"),
        query(data="7:save", message=update(chat=GROUP, text="?")["message"]),
        update("channel_post", chat={"id": -5, "type": "channel", "title": "x"}, text="新闻"),
        update(**{"from": SOME_BOT}, text="你好"),
        update(**{"from": {"id": 1087968824, "is_bot": False, "first_name": "Group"}}, text="你好"),
        update(**{"from": {"id": 136817688, "is_bot": False, "first_name": "Channel"}}, text="你好"),
        update(**{"from": {"id": 777000, "is_bot": False, "first_name": "Telegram"}}, text="Login code: 12345"),
        update(pinned_message=update(text="报价")["message"]),
        update(message_auto_delete_timer_changed={"message_auto_delete_time": 86400}),
        update(
            chat_background_set={
                "type": {"type": "fill", "fill": {"type": "solid", "color": 1}, "dark_theme_dimming": 0}
            }
        ),
        {"update_id": 7, "some_kind_of_tomorrow": {"id": 1}},
        {"update_id": 7},
    ],
)
def test_what_no_person_says_in_private_is_ignored(raw):
    assert read(Update.de_json(raw, BOT), 0) is None


@pytest.mark.parametrize(("status", "blocked"), [("kicked", True), ("member", False), ("left", True)])
def test_blocking_the_bot_and_letting_it_back_in(status, blocked):
    until = {"until_date": 0} if status == "kicked" else {}
    change = {
        "chat": CHAT,
        "from": LI,
        "date": 1700000000,
        "old_chat_member": {"user": SOME_BOT, "status": "member"},
        "new_chat_member": {"user": SOME_BOT, "status": status, **until},
    }

    assert read(Update.de_json({"update_id": 7, "my_chat_member": change}, BOT), 5) == Membership(7, 5, 1001, blocked)


def test_an_arrival_tells_who_and_in_which_language_and_which_tap_waits():
    assert read(Update.de_json(query(data="7:save"), BOT), 5) == Arrival(
        7, 5, 1001, "李伟", "zh-hans", Tap("7:save", 50), "q1"
    )


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ({"first_name": "Li", "last_name": "Wei"}, "Li Wei"),
        ({"first_name": ""}, "#1001"),
        ({"first_name": " \u2066\u2069 "}, "#1001"),
        ({"first_name": "a" * 256}, "a" * MOST_NAME),
        ({"first_name": "李" * 255 + "\u202e"}, "李" * MOST_NAME),
        ({"first_name": "\u202emoc.live"}, "moc.live"),
        ({"first_name": "👩\u200d🔧"}, "👩\u200d🔧"),
        ({"first_name": "<b>Li</b> & Co"}, "<b>Li</b> & Co"),
        ({"first_name": "L\x00i\x1b"}, "Li"),
        ({"first_name": "L\ud83di"}, "Li"),
        ({"first_name": "Li\nWei\t!"}, "Li Wei !"),
        ({"first_name": "Jose\u0301"}, "José"),
    ],
    ids=[
        "two",
        "empty",
        "invisible",
        "256",
        "256 and RLO",
        "RLO",
        "ZWJ",
        "tags",
        "NUL",
        "surrogate",
        "lines",
        "accent",
    ],
)
def test_a_name_is_made_fit_to_be_shown(user, name):
    arrival = read(Update.de_json(update(**{"from": {"id": 1001, "is_bot": False, **user}}, text="?"), BOT), 0)

    assert isinstance(arrival, Arrival)
    assert arrival.name == name
    arrival.name.encode()
