"""What can be done with a phone on the page, by name."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.phone import Phone, PhoneRefuses


@dataclass(slots=True)
class Given:
    """What came with an act: facts, and files by name and content."""

    facts: dict[str, Any]
    files: list[tuple[str, bytes]] = field(default_factory=list)

    def text(self, name: str) -> str:
        """Return a text, empty if it was not given."""
        return str(self.facts.get(name) or "")


Act = Callable[[Phone, Given, list[Phone]], Awaitable[Any]]


async def _start(phone: Phone, given: Given, _phones: list[Phone]) -> None:
    await phone.start(given.text("payload") or None)


async def _say(phone: Phone, given: Given, _phones: list[Phone]) -> None:
    if given.text("text").strip():
        await phone.say(given.text("text").strip())


async def _press(phone: Phone, given: Given, _phones: list[Phone]) -> None:
    # The toast reaches the page as an event of its own.
    await phone.press(int(given.facts["message_id"]), given.text("data"), timeout=0)


async def _tap_keyboard(phone: Phone, given: Given, _phones: list[Phone]) -> None:
    await phone.tap_keyboard(given.text("label"))


async def _photo(phone: Phone, given: Given, _phones: list[Phone]) -> None:
    pictures = [content for _name, content in given.files]
    if len(pictures) == 1:
        await phone.photo(pictures[0], given.text("caption"))
    else:
        await phone.album(pictures, given.text("caption"))


async def _voice(phone: Phone, given: Given, _phones: list[Phone]) -> None:
    await phone.voice(given.files[0][1], int(given.text("seconds") or 3))


async def _document(phone: Phone, given: Given, _phones: list[Phone]) -> None:
    for name, content in given.files:
        await phone.document(name, content, given.text("caption"))


async def _place(phone: Phone, given: Given, _phones: list[Phone]) -> None:
    await phone.place(float(given.facts["latitude"]), float(given.facts["longitude"]))


async def _contact(phone: Phone, given: Given, _phones: list[Phone]) -> None:
    own = phone.account.id if given.facts.get("own") else None
    await phone.contact(given.text("name"), given.text("number"), own)


async def _edit(phone: Phone, given: Given, _phones: list[Phone]) -> None:
    await phone.edit(int(given.facts["message_id"]), given.text("text"))


async def _forward(phone: Phone, given: Given, phones: list[Phone]) -> None:
    receiver = next((other for other in phones if other.key == given.text("to")), None)
    if receiver is None:
        raise PhoneRefuses("no such phone")
    wanted = int(given.facts["message_id"])
    bubble = next(bubble for bubble in phone.messages if bubble.id == wanted)
    await receiver.forward_message(bubble)


async def _block(phone: Phone, _given: Given, _phones: list[Phone]) -> None:
    await phone.block()


async def _unblock(phone: Phone, _given: Given, _phones: list[Phone]) -> None:
    await phone.unblock()


ACTS: dict[str, Act] = {
    "start": _start,
    "say": _say,
    "press": _press,
    "keyboard": _tap_keyboard,
    "photo": _photo,
    "voice": _voice,
    "document": _document,
    "place": _place,
    "contact": _contact,
    "edit": _edit,
    "forward": _forward,
    "block": _block,
    "unblock": _unblock,
}
