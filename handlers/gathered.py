"""What somebody has said in a conversation, as a record takes it over: the answer, and what was kept beside it."""

from __future__ import annotations

from crm import corrections
from crm.attachments import Sent
from dialog.questions import Said
from dialog.talk import Talk
from dialog.words import clean
from handlers import files
from models.base import Base
from models.person import Role


def words(talk: Talk, said: Said | None, *, cards: bool = False) -> str:
    """Return all words, one below the other; with ``cards`` the contact cards among them, as name and number.

    A place a customer shares belongs to what she reports. A colleague's is used for near or not, and not written down.
    """
    shared = cards_of(talk) if cards else []
    spot = talk.kept.spot if talk.person.role is Role.CUSTOMER else None
    if spot is not None:
        shared.append(f"📍 {spot.latitude:.3f}, {spot.longitude:.3f}")
    return together(said.text if said else "", talk.kept.text, *shared)


def cards_of(talk: Talk) -> list[str]:
    """Return the contact cards shared in this conversation, each as a line with name and number."""
    return [clean(f"👤 {card.name} {card.phone}", line=True) for card in talk.kept.cards]


def sent(talk: Talk, said: Said | None) -> list[Sent]:
    """Return all files, as the business keeps them."""
    return files.kept([*(said.files if said else ()), *talk.kept.files])


def remember(talk: Talk, record: Base, question: str, said: str) -> None:
    """Remember which messages the record's words came from, so that editing one of them corrects it.

    ``said`` is what the record holds of the question's answer.
    """
    corrections.remember(talk.session, talk.person, record, talk.messages_of(question), said=said)
    for part in talk.kept.parts:
        if part.text and not part.by:
            corrections.remember(talk.session, talk.person, record, [part.message_id], said=part.text)


def together(*texts: str) -> str:
    """Return the texts that are not empty, one below the other."""
    return "\n".join(text for text in texts if text)
