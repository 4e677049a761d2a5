"""Which message is the newest in each chat, which one shows a living subject, and what a file sent anew is called.

Telegram tells such an id only after it was sent, so this is stored a moment later, many at once. Losing a second of
it costs nothing but a screen sent anew where it could have been edited, or a file uploaded once more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, update
from sqlalchemy.orm import Session

from crm import attachments, outbox
from dialog.memory import Shown
from dialog.screen import Rendered
from models.chat import Chat

MOST_ADDRESS = 120


@dataclass(frozen=True)
class Learned:
    """What Telegram told: a person's newest message and what it shows, a thread's message, a copy's file id."""

    newest: dict[int, int] = field(default_factory=dict)
    shown: dict[int, Shown] = field(default_factory=dict)
    threads: dict[tuple[int, str], int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[dict[Any, Any], ...]:
        """All four."""
        return self.newest, self.shown, self.threads, self.files


class Recent:
    """Remembers what was learned since the last time it was stored."""

    def __init__(self) -> None:
        self._learned = Learned()

    def of(self, person_id: int) -> int:
        """Return the newest message sent to this person that is not stored yet, or 0."""
        return self._learned.newest.get(person_id, 0)

    def shown(self, person_id: int) -> Shown | None:
        """Return what the newest message sent to this person shows, when that is not stored yet."""
        return self._learned.shown.get(person_id)

    def showed(self, person_id: int, message_id: int, screen: Rendered, at: datetime) -> None:
        """Remember a message."""
        if message_id >= self.of(person_id):
            self._learned.shown[person_id] = Shown(screen.address or "", at)
        self._learned.newest[person_id] = max(message_id, self.of(person_id))
        thread = screen.thread
        if thread:
            self._learned.threads[person_id, thread] = message_id

    def uploaded(self, stored_as: str, file_id: str) -> None:
        """Remember what Telegram calls a copy of ours."""
        self._learned.files[stored_as] = file_id

    def living(self, person_id: int, thread: str) -> int | None:
        """Return the message this thread was shown in, when that is not stored yet."""
        return self._learned.threads.get((person_id, thread))

    def __bool__(self) -> bool:
        return bool(self._learned.newest or self._learned.threads or self._learned.files)

    def store(self, session: Session) -> Learned:
        """Store what is remembered and return it; call :meth:`stored` with it after the commit."""
        learned = Learned(*(dict(part) for part in self._learned.parts))
        if learned.newest:
            session.execute(
                update(Chat.__table__)  # type: ignore[arg-type]
                .where(Chat.person_id == bindparam("person"))
                .where(func.coalesce(Chat.last_message_id, 0) <= bindparam("message"))
                .values(last_message_id=bindparam("message"), shown=bindparam("the_page"), shown_at=bindparam("since")),
                [
                    {"person": person, "message": message, **_columns(learned.shown.get(person, Shown("", None)))}
                    for person, message in sorted(learned.newest.items())
                ],
            )
        for (person_id, thread), message_id in sorted(learned.threads.items()):
            outbox.remember_message(session, person_id, thread, message_id)
        for stored_as, file_id in sorted(learned.files.items()):
            attachments.known_as(session, stored_as, file_id)
        return learned

    def stored(self, learned: Learned) -> None:
        """Forget what was stored, unless it has changed since."""
        for remembered, written in zip(self._learned.parts, learned.parts, strict=True):
            for key in [key for key, value in written.items() if remembered.get(key) == value]:
                del remembered[key]


def _columns(shown: Shown) -> dict[str, Any]:
    """Return it as the chat's row holds it: an address longer than a button could carry is none anybody looks at."""
    return {"the_page": shown.address if len(shown.address) <= MOST_ADDRESS else "", "since": shown.at}
