"""A talk: one person, one moment, one transaction. Everything a flow or a page needs, and no way to send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from dialog.book import Book
from dialog.kept import Kept
from dialog.screen import Button, Pressable, Rendered, Screen, Share, Url
from dialog.words import Words, _, width
from models.person import Permission, Person

MOST_TEXT = 4096
_SHARES = {Share.PLACE: _("📍 Share my place")}
MOST_CAPTION = 1024


@dataclass(frozen=True)
class House:
    """What is the same for everybody: the flows and pages, the languages, the firm."""

    book: Book
    languages: Mapping[str, Words]
    language: str
    zone: ZoneInfo
    company: str
    bot_username: str

    def words_for(self, person: Person | None) -> Words:
        """Return the person's language, or the firm's."""
        wanted = person.language if person is not None and person.language in self.languages else self.language
        return self.languages[wanted or self.language]


class Talk:
    """The person's side of one turn. ``looked_at`` is the page the newest message shows, and since when."""

    def __init__(self, house: House, session: Session, person: Person, now: datetime) -> None:
        self.house = house
        self.session = session
        self.person = person
        self.now = now
        self.words = house.words_for(person)
        self.zone = ZoneInfo(person.zone) if person.zone else house.zone
        self.kept = Kept()
        self.messages: dict[int, str] = {}
        self.line = 0
        self.said: dict[str, str] = {}
        self.looked_at = ""
        self.looked_when: datetime | None = None
        self.answers: dict[str, Any] = {}
        self.heard: Any = None
        """This turn's answer, held on to: the session forgets what nobody holds, and would look it up again."""
        self.thawed: dict[tuple[str, str], tuple[Any, Any]] = {}
        self.looked_for: dict[str, Any] = {}
        """What lines were found to name this turn: it is asked for several times."""

    @property
    def today(self) -> date:
        """The day it is where the person is."""
        return self.now.astimezone(self.zone).date()

    def said_at(self, question: str = "") -> datetime:
        """Return when this question's answer was given: what is relative in it counts from then.

        If none was, it is when the first words came that are kept, or that began the conversation; or else now.
        """
        told = self.said.get(question) or self.said.get("")
        return datetime.fromisoformat(told) if told else self.now

    def said_on(self, question: str = "") -> date:
        """Return the day it was then where the person is."""
        return self.said_at(question).astimezone(self.zone).date()

    def messages_of(self, question: str) -> list[int]:
        """Return the ids of the messages that gave this question's answer, for whoever corrects them later.

        If none did, it is the line that began the conversation, where there was one.
        """
        answering = [id_ for id_, name in self.messages.items() if name == question]
        return answering or [line for line in [self.line] if line]

    def may(self, permission: Permission) -> bool:
        """Return whether the person holds the permission today."""
        return self.person.may(permission)

    def say(self, label: str) -> str:
        """Return a label in the person's language."""
        return self.words.say(label)

    def phrase(self, template: str, **facts: Any) -> str:
        """Return a template's words in the person's language."""
        return self.words.render(template, self._common() | facts)

    def render(self, screen: Screen, *, revision: int = 0, above: str = "") -> Rendered:
        """Return the screen in the person's language, with a refusal's words above it if there are any."""
        text = self.phrase(screen.template, **screen.facts)
        if above:
            text = f"{above}\n\n{text}"
        _must_fit(screen, text)
        return Rendered(
            text=text,
            keyboard=tuple(tuple(self._press(button, revision) for button in row) for row in screen.rows),
            picture=screen.picture,
            thread=screen.thread,
            share=screen.share,
            share_label=self.say(_SHARES[screen.share]) if screen.share else "",
            fresh=screen.fresh,
            address=screen.address,
            files=screen.files,
            table=screen.table,
            document=screen.document,
        )

    def _press(self, button: Button, revision: int) -> Pressable:
        if isinstance(button, Url):
            return Pressable(self.say(button.label), None, button.url)
        return Pressable(self.say(button.label), button.data(revision))

    def _common(self) -> dict[str, Any]:
        return {"now": self.now, "zone": self.zone, "person": self.person, "company": self.house.company}


class TooLong(ValueError):
    """A screen is longer than Telegram takes: its template must cut what people wrote."""


def _must_fit(screen: Screen, text: str) -> None:
    most = MOST_CAPTION if screen.picture or screen.table or screen.document else MOST_TEXT
    if len(text) > most // 2 and width(text) > most:
        raise TooLong(f"{screen.template} has {width(text)} characters; Telegram takes {most}")
