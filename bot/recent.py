"""Which message is the newest in each chat, and which one shows a living subject.

Telegram tells a message's id only after it was sent, so this is stored a moment later, many at once. Losing
a second of it costs nothing but a screen sent anew where it could have been edited.
"""

from __future__ import annotations

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from crm import notices
from models.chat import Chat


class Recent:
    """Remembers what was sent since the last time it was stored."""

    def __init__(self) -> None:
        self._newest: dict[int, int] = {}
        self._threads: dict[tuple[int, str], int] = {}

    def of(self, person_id: int) -> int:
        """Return the newest message sent to this person that is not stored yet, or 0."""
        return self._newest.get(person_id, 0)

    def showed(self, person_id: int, message_id: int, thread: str | None = None) -> None:
        """Remember a message."""
        self._newest[person_id] = max(message_id, self._newest.get(person_id, 0))
        if thread:
            self._threads[person_id, thread] = message_id

    def living(self, person_id: int, thread: str) -> int | None:
        """Return the message this thread was shown in, when that is not stored yet."""
        return self._threads.get((person_id, thread))

    def __bool__(self) -> bool:
        return bool(self._newest or self._threads)

    def store(self, session: Session) -> tuple[dict[int, int], dict[tuple[int, str], int]]:
        """Store what is remembered and return it; call :meth:`stored` with it after the commit."""
        newest, threads = dict(self._newest), dict(self._threads)
        if newest:
            session.execute(
                update(Chat.__table__)  # type: ignore[arg-type]
                .where(Chat.person_id == bindparam("person"))
                .values(last_message_id=bindparam("message")),
                [{"person": person, "message": message} for person, message in sorted(newest.items())],
            )
        for (person_id, thread), message_id in sorted(threads.items()):
            notices.remember_message(session, person_id, thread, message_id)
        return newest, threads

    def stored(self, kept: tuple[dict[int, int], dict[tuple[int, str], int]]) -> None:
        """Forget what was stored, unless it has changed since."""
        newest, threads = kept
        self._newest = {who: what for who, what in self._newest.items() if newest.get(who) != what}
        self._threads = {where: what for where, what in self._threads.items() if threads.get(where) != what}
