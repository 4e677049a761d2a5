"""The newest message of a chat is the newest one sent, whichever was edited last."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.recent import Recent
from dialog.screen import Rendered
from models.chat import Chat
from models.person import Person
from tests.conftest import Clock


def test_an_older_message_edited_does_not_become_the_newest(session: Session, li_wei: Person, clock: Clock):
    recent = Recent()
    recent.showed(li_wei.id, 100, Rendered("menu", address="/"), clock.now)
    recent.stored(recent.store(session))
    recent.showed(li_wei.id, 50, Rendered("card", address="/complaints/1", thread="complaint:1"), clock.now)
    recent.stored(recent.store(session))
    chat = select(Chat.last_message_id, Chat.shown).where(Chat.person_id == li_wei.id)
    assert session.execute(chat).one() == (100, "/")


def test_the_same_message_edited_shows_its_new_page(session: Session, li_wei: Person, clock: Clock):
    recent = Recent()
    recent.showed(li_wei.id, 100, Rendered("menu", address="/"), clock.now)
    recent.stored(recent.store(session))
    recent.showed(li_wei.id, 100, Rendered("card", address="/today"), clock.now)
    recent.stored(recent.store(session))
    assert session.scalar(select(Chat.shown).where(Chat.person_id == li_wei.id)) == "/today"
