"""Strangers: people the bot does not know. An invitation lets them in; anything else gets one kind sentence.

Nothing is kept about a customer's person before she agrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from crm import consent, joining
from dialog.events import Command, Edit, Event, Tap
from dialog.page import page
from dialog.screen import Button, Go, Rendered, Screen
from dialog.talk import House, Talk
from dialog.words import _, brief, clean, closest_language
from handlers.invite import PREFIX
from handlers.menu import home
from handlers.privacy import privacy_page
from models.person import Invite, Person, Role

AGREE, READ, LATER = "/agree/", "/notice/", "/later"


@dataclass(frozen=True, slots=True)
class Stranger:
    """What Telegram says of somebody we do not know."""

    telegram_id: int
    name: str
    language_code: str | None = None


def answer(house: House, session: Session, stranger: Stranger, event: Event, *, now: datetime) -> Rendered | None:
    """Return what a stranger is told; None when there is nothing to say, as when she edits a message."""
    return _Doorstep(house, session, stranger, now).answer(event)


@page("/agree/{token}")
def agreed_before(talk: Talk, token: str) -> Screen:  # noqa: ARG001 - it let her in
    """Answer a second tap on Agree: she is in, so this is home."""
    return home(talk)


@page("/notice/{token}")
def read_before(talk: Talk, token: str) -> Screen:  # noqa: ARG001 - it let her in
    """Show the notice to somebody who has agreed to it since."""
    return privacy_page(talk)


@page(LATER)
def decided_before(talk: Talk) -> Screen:
    """Answer an old Not now: she decided otherwise since."""
    return home(talk)


class _Doorstep:
    def __init__(self, house: House, session: Session, stranger: Stranger, now: datetime) -> None:
        self.house = house
        self.session = session
        self.stranger = stranger
        self.now = now
        self.language = closest_language(stranger.language_code, house.language)
        self.name = brief(clean(stranger.name, line=True), 60) or f"#{stranger.telegram_id}"
        # She stands in no table: this row is never added to a session.
        nobody = Person(name=self.name, role=Role.CUSTOMER, language=self.language, joined_at=now)
        self.talk = Talk(house, session, nobody, now)

    def answer(self, event: Event) -> Rendered | None:
        try:
            return self._answer(event)
        except joining.InviteUnusable as problem:
            return self.talk.render(Screen(problem.template))

    def _answer(self, event: Event) -> Rendered | None:
        match event:
            case Edit():
                return None
            case Command(name="start", argument=argument) if argument.startswith(PREFIX):
                return self._invited(argument.removeprefix(PREFIX))
            case Tap(data=data) if data.startswith(AGREE):
                return self._let_in(data.removeprefix(AGREE))
            case Tap(data=data) if data.startswith(READ):
                token = data.removeprefix(READ)
                self._look(token)
                return self.talk.render(Screen("stranger/notice", rows=[_choice(token)]))
            case Tap(data=data) if data == LATER:
                return self.talk.render(Screen("stranger/later"))
        return self.talk.render(Screen("stranger/hello"))

    def _invited(self, token: str) -> Rendered:
        found = self._look(token)
        if found.role is not Role.CUSTOMER:
            return self._let_in(token)
        return self.talk.render(Screen("stranger/invited", invite=found, rows=[_choice(token), _whole(token)]))

    def _look(self, token: str) -> Invite:
        return joining.invited(self.session, token, telegram_id=self.stranger.telegram_id, at=self.now)

    def _let_in(self, token: str) -> Rendered:
        person = joining.accept(
            self.session,
            token,
            telegram_id=self.stranger.telegram_id,
            name=self.name,
            language=self.language,
            at=self.now,
        )
        if person.role is Role.CUSTOMER:
            consent.agree(self.session, person, at=self.now)
        talk = Talk(self.house, self.session, person, self.now)
        return talk.render(home(talk), above=talk.phrase("stranger/welcome"))


def _choice(token: str) -> list[Button]:
    return [Go(_("✅ I agree"), AGREE + token), Go(_("Not now"), LATER)]


def _whole(token: str) -> list[Button]:
    return [Go(_("📄 Read all"), READ + token)]
