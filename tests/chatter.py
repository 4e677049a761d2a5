"""A person at the other end, for tests: she says, taps and sends; the engine answers.

No Telegram and no network: each act is one turn in the caller's session.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from itertools import count

from sqlalchemy.orm import Session

from dialog import turn
from dialog.events import Card, Command, Edit, Event, File, Message, Spot, Tap
from dialog.memory import Shown
from dialog.screen import Rendered
from dialog.talk import House
from dialog.turn import Reply
from dialog.words import plain
from models.attachment import FileKind
from models.person import Person
from models.problem import Problem


class Chatter:
    """One person in one private chat. ``screen`` is what she sees last, ``toast`` what the last tap answered."""

    def __init__(self, house: House, session: Session, person: Person, now: Callable[[], datetime]) -> None:
        self.house = house
        self.session = session
        self.person = person
        self.now = now
        self.ids = count(100)
        self.screens: dict[int, Rendered] = {}
        self.newest = 0
        self.shows = Shown("", None)
        self.toast: str | None = None
        self.problem: Problem | None = None
        self.reply = Reply()
        self.taps_made = 0

    @property
    def screen(self) -> Rendered:
        return self.screens[self.newest]

    @property
    def sees(self) -> str:
        """The words of the screen, without markup."""
        return plain(self.screen.text)

    @property
    def buttons(self) -> list[str]:
        return [button.text for row in self.screen.keyboard for button in row]

    def says(self, text: str, **parts: object) -> int:
        """Send a message or a command; return its id."""
        message_id = next(self.ids)
        if text.startswith("/"):
            name, _space, argument = text[1:].partition(" ")
            self.does(Command(name, argument.strip(), message_id))
        else:
            self.does(Message(message_id, text, **parts))  # type: ignore[arg-type]
        return message_id

    def sends(self, kind: FileKind = FileKind.PHOTO, caption: str = "", album: str | None = None) -> int:
        """Send a file; return the message's id."""
        message_id = next(self.ids)
        file = File(kind, f"file-{message_id}", f"unique-{message_id}", album=album, message_id=message_id)
        self.does(Message(message_id, caption, file=file, album=album))
        return message_id

    def shares_place(self, latitude: float, longitude: float) -> None:
        self.does(Message(next(self.ids), spot=Spot(latitude, longitude)))

    def shares_card(self, name: str, phone: str) -> None:
        self.does(Message(next(self.ids), card=Card(name, phone)))

    def edits(self, message_id: int, text: str) -> None:
        self.does(Edit(message_id, text.partition(" ")[2] if text.startswith("/") else text))

    def taps(self, label: str, message_id: int | None = None) -> None:
        """Tap the button whose words contain ``label`` on the newest screen, or on an older one."""
        where = message_id or self.newest
        found = [
            button.data
            for row in self.screens[where].keyboard
            for button in row
            if button.data and label in button.text
        ]
        assert found, f"no button {label!r} among {self.buttons} under: {self.sees}"
        exact = [
            button.data
            for row in self.screens[where].keyboard
            for button in row
            if button.data and button.text == label
        ]
        self.taps_made += 1
        self.presses((exact or found)[0], where)

    def presses(self, data: str, message_id: int | None = None) -> None:
        """Press a button with this data, forged or not."""
        where = message_id or self.newest
        on_picture = where in self.screens and self.screens[where].picture is not None
        self.does(Tap(data, where, on_picture))

    def does(self, event: Event) -> None:
        """Take one turn, as the gate does: a problem undoes it and is answered."""
        facts = {"now": self.now(), "newest": self.newest, "shown": self.shows}
        savepoint = self.session.begin_nested()
        self.problem = None
        try:
            self.reply = turn.take(self.house, self.session, self.person, event, **facts)
            savepoint.commit()
        except Problem as problem:
            savepoint.rollback()
            self.problem = problem
            self.reply = turn.refuse(self.house, self.session, self.person, event, problem, **facts)
        self._receive(self.reply)

    def opens(self, address: str, because: StrEnum | None = None) -> None:
        """See a page that was pushed to her, such as a reminder."""
        screen = turn.open_page(self.house, self.session, self.person, address, now=self.now(), because=because)
        self._receive(Reply(screen))

    def _receive(self, reply: Reply) -> None:
        self.toast = reply.toast
        if reply.screen is None:
            return
        self.newest = reply.edit if reply.edit in self.screens else next(self.ids)
        self.screens[self.newest] = reply.screen
        self.shows = Shown(reply.screen.address or "", self.now())
