"""One turn: an event in, a reply out, everything decided and rendered inside one transaction.

It never sends and never commits. ``/cancel``, back, skip, stale buttons, permissions, drafts and albums are
dealt with here, so that they appear in no flow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from dialog import memory as remember
from dialog.conversation import CANCEL, Conversation, LedAway, Left, Moved, Outcome, Unmoved, ending, nav_word
from dialog.draft import Draft
from dialog.events import Command, Edit, Event, Message, Tap
from dialog.flow import Enter, Flow, Standing
from dialog.memory import Memory, Shown
from dialog.page import Route, split
from dialog.question import is_an_id
from dialog.screen import Button, Go, Rendered, Screen
from dialog.talk import House, Talk
from dialog.words import _, plain
from models.person import Person
from models.problem import AlreadyDone, NotAllowed, NotFound, Problem

MOST_TOAST = 200
DRAFTS = "/drafts"
"""Where all drafts are listed, in a house that has such a page."""
OFFERED = timedelta(days=1)
"""How long a draft is offered on every page; then it waits at home."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What to show: a screen, edited into ``edit`` when that is a message id, and a word in the tap itself."""

    screen: Rendered | None = None
    edit: int | None = None
    toast: str | None = None
    alert: bool = False


def take(
    house: House,
    session: Session,
    person: Person,
    event: Event,
    *,
    now: datetime,
    newest: int = 0,
    shown: Shown | None = None,
) -> Reply:
    """Take the turn and return the reply. Raises Problem when the business refuses: see :func:`refuse`.

    ``newest`` is the newest message known to stand in the chat, when the caller knows a newer one than the row, and
    ``shown`` what it shows.
    """
    return _Turn(house, session, person, event, now, newest, shown).take()


def refuse(
    house: House,
    session: Session,
    person: Person,
    event: Event,
    problem: Problem,
    *,
    now: datetime,
    newest: int = 0,
    shown: Shown | None = None,
) -> Reply:
    """Return the reply to an event whose effects were rolled back: the problem's words, and where things stand."""
    return _Turn(house, session, person, event, now, newest, shown).refuse(problem)


def again(
    house: House,
    session: Session,
    person: Person,
    event: Event,
    *,
    now: datetime,
    newest: int = 0,
    shown: Shown | None = None,
) -> Reply:
    """Return the reply to an event that was taken before: what is current now. Changes nothing."""
    return _Turn(house, session, person, event, now, newest, shown).again()


def open_page(
    house: House, session: Session, person: Person, address: str, *, now: datetime, because: StrEnum | None = None
) -> Rendered:
    """Return the page at an address as this person may see it, under the name of its reason. Raises Problem."""
    talk = Talk(house, session, person, now)
    above = talk.words.name(because) if because else ""
    return talk.render(_page(talk, address), above=above)


class _Turn:
    def __init__(
        self,
        house: House,
        session: Session,
        person: Person,
        event: Event,
        now: datetime,
        newest: int,
        shown: Shown | None,
    ) -> None:
        self.talk = Talk(house, session, person, now)
        self.book = house.book
        self.session = session
        self.event = event
        self.now = now
        self.memory: Memory = remember.load(session, person.id, event.message_id)
        self.newest = max(newest, self.memory.last_message_id)
        self.shown = shown if shown and newest >= self.memory.last_message_id else self.memory.newest
        self.talk.looked_at, self.talk.looked_when = self.shown.address, self.shown.at

    # The three ways in.

    def take(self) -> Reply:
        match self.event:
            case Tap(data=data) if data.startswith("/"):
                return self._follow(data)
            case Tap():
                return self._press(self.event)
            case Command():
                return self._command(self.event)
            case Edit():
                return self._edited(self.event)
            case Message():
                return self._message(self.event)

    def refuse(self, problem: Problem) -> Reply:
        words = self.talk.phrase(problem.template, **problem.facts)
        self._leave_what_is_not_allowed()
        if not isinstance(self.event, Tap):
            return self._shown(self._current(above=words))
        toast, alert = _toast(words)
        if isinstance(problem, AlreadyDone):
            return replace(self._refreshed(), toast=toast)
        if self.memory.draft and not self.event.data.startswith("/"):
            return self._shown(self._current(above=words))
        return Reply(toast=toast, alert=alert)

    def again(self) -> Reply:
        if isinstance(self.event, Tap) and self.event.data.startswith("/") and not self._opens_a_flow():
            return self._refreshed()
        return self._shown(self._current())

    # Pages, acts and doors.

    def _follow(self, address: str) -> Reply:
        head, _slash, rest = address[1:].partition("?")[0].partition("/")
        if head == "do":
            return self._enter(rest, split(address)[1])
        if head == "resume":
            return self._resume(rest)
        return self._shown(self._framed(_page(self.talk, address)))

    def _opens_a_flow(self) -> bool:
        return isinstance(self.event, Tap) and self.event.data.split("/")[1] in {"do", "resume"}

    def _refreshed(self) -> Reply:
        """Show the page an address belongs to: for an act, the page of the thing it acts on."""
        assert isinstance(self.event, Tap)  # noqa: S101 - the callers have looked
        if not self.event.data.startswith("/"):
            return self._shown(self._current())
        address = self.event.data
        try:
            found = self.book.find(address)
            if found is None or found[0].acts:
                address = split(address)[0].rpartition("/")[0]
            return self._shown(self._framed(_page(self.talk, address)))
        except Problem:
            return Reply()

    def _framed(self, screen: Screen, above: str = "") -> Rendered:
        """Render a page, with a way back to a conversation that is waiting."""
        waiting = self.memory.draft or remember.draft(self.session, self.memory.person_id)
        return self._page_with(screen, waiting, above)

    def _page_with(self, screen: Screen, waiting: Draft | None, above: str = "") -> Rendered:
        """Offer to resume a draft: one of today's everywhere, an older one at home, where the others are found too."""
        flow = self.book.flows.get(waiting.flow) if waiting else None
        at_home = screen.address == "/"
        if waiting and flow and waiting.memo.worth_keeping and (at_home or self.now - waiting.touched_at < OFFERED):
            resume = Go(_("▶ Resume: {what}", what=flow.title), f"/resume/{waiting.id}")
            screen.with_rows([[resume, self._other_drafts() if at_home else None]])
        return self.talk.render(screen, above=above)

    def _other_drafts(self) -> Button | None:
        count = len(remember.put_aside_by(self.session, self.memory.person_id))
        return Go(_("🗂 Drafts {count}", count=count), DRAFTS) if count > 1 and self.book.find(DRAFTS) else None

    # Commands.

    def _command(self, command: Command) -> Reply:
        name, argument = command.name, command.argument
        if name == "cancel":
            return self._cancel()
        if name == "start" and argument:
            # The first dash stands for the slash; those behind it belong to what is named, such as a token.
            return self._shown(self._framed(self._linked("/" + argument.replace("-", "/", 1))))
        found = self.book.command("menu" if name == "start" else name)
        if isinstance(found, Flow):
            prefill = found.prefill(self.talk, argument) if found.prefill and argument else {}
            unused = "" if prefill else self._unused(argument)
            return self._enter(found.name, prefill, typed=command.message_id if prefill else 0, above=unused)
        if isinstance(found, Route):
            self._permit(found)
            remember.put_aside(self.session, self.memory)
            return self._shown(self._framed(found(self.talk), self._unused(argument)))
        unknown = self.talk.phrase("dialog/unknown_command", command=name[:32])
        return self._shown(self._current(above=unknown))

    def _linked(self, address: str) -> Screen:
        """Return the page that a link opens. It does nothing by itself: anybody can make one. Raises NotFound."""
        found = self.book.find(address)
        if found is not None and found[0].acts:
            raise NotFound
        return _page(self.talk, address)

    def _unused(self, argument: str) -> str:
        """Return the word for what stood behind a command that makes nothing of it."""
        return self.talk.phrase("dialog/unused", words=argument) if argument else ""

    def _cancel(self) -> Reply:
        draft = self.memory.draft
        flow = self.book.flows.get(draft.flow) if draft else None
        waiting = None if draft else remember.draft(self.session, self.memory.person_id)
        remember.close(self.session, self.memory, "/")
        above = self.talk.phrase("dialog/cancelled", had=draft is not None, saved=flow is not None and flow.at_once)
        return self._shown(self._page_with(_page(self.talk, "/"), waiting, above))

    def _permit(self, thing: Flow | Route[Any]) -> None:
        if not self.talk.may(thing.needs):
            raise NotAllowed

    # Opening and resuming conversations.

    def _enter(self, name: str, prefill: Mapping[str, Any], *, typed: int = 0, above: str = "") -> Reply:
        flow = self.book.flows.get(name)
        if flow is None:
            raise NotFound
        self._permit(flow)
        current = self.memory.draft
        if current is None or current.flow != name or current.memo.opening != dict(prefill):
            remember.put_aside(self.session, self.memory)
            self._begin(flow, dict(prefill), typed=typed)
        assert self.memory.draft is not None  # noqa: S101 - it was current, or has just begun
        return self._advance(self._conversation(flow, self.memory.draft), above)

    def _begin(self, flow: Flow, prefill: dict[str, Any], *, typed: int = 0) -> Draft:
        draft = remember.open_draft(self.session, self.memory, flow.name, self.now)
        draft.memo.opening, draft.memo.typed = prefill, typed
        draft.answers = dict(prefill)
        if typed:
            draft.begun(self.now)
        self._conversation(flow, draft).hand_on(*prefill)
        return draft

    def _resume(self, number: str) -> Reply:
        draft = remember.draft(self.session, self.memory.person_id, int(number)) if is_an_id(number) else None
        if draft is None or draft.flow not in self.book.flows:
            raise NotFound
        self._permit(self.book.flows[draft.flow])
        if self.memory.draft is None or self.memory.draft.id != draft.id:
            remember.put_aside(self.session, self.memory)
            remember.take_up(self.session, self.memory, draft, self.now)
        return self._shown(self._current(above=self._without_what_is_lost()))

    def _without_what_is_lost(self) -> str:
        """Let go of answers that name something gone since the draft was put aside; return the word for it."""
        draft = self.memory.draft
        assert draft is not None  # noqa: S101 - it has just been taken up
        conversation = self._conversation(self.book.flows[draft.flow], draft)
        lost = conversation.stand().lost
        if not lost:
            return ""
        draft.forget(lost)
        remember.store(self.session, self.memory, self.now)
        return conversation.lost()

    # Conversing.

    def _conversation(self, flow: Flow, draft: Draft) -> Conversation:
        return Conversation(self.talk, flow, draft)

    def _talking(self, draft: Draft) -> Conversation:
        """Return the current conversation. Raises NotFound and NotAllowed when it is not the person's any more."""
        flow = self.book.flows.get(draft.flow)
        if flow is None:
            raise NotFound
        self._permit(flow)
        return self._conversation(flow, draft)

    def _press(self, tap: Tap) -> Reply:
        revision, _colon, key = tap.data.partition(":")
        draft = self.memory.draft
        if draft is None or revision != str(draft.revision):
            draft = self._left_at(revision)
        if draft is None:
            return self._stale(tap, self.memory.draft)
        conversation = self._talking(draft)
        return self._after(conversation, conversation.press(tap, key))

    def _left_at(self, revision: str) -> Draft | None:
        """Take up the draft whose last screen has keys of this revision: it stands there as it was left."""
        drafts = remember.put_aside_by(self.session, self.memory.person_id) if is_an_id(revision) else []
        left = next((one for one in drafts if one.revision == int(revision)), None)
        if left is not None:
            remember.put_aside(self.session, self.memory)
            remember.take_up(self.session, self.memory, left, self.now)
        return left

    def _stale(self, tap: Tap, draft: Draft | None) -> Reply:
        left = draft is None and remember.draft(self.session, self.memory.person_id) is not None
        toast = self.talk.phrase("dialog/stale", waiting=draft is not None, left=left)
        if tap.message_id < self.newest:
            return Reply(toast=toast)
        # The newest message shows an old step: its successor was never delivered, so bring it up to date.
        return replace(self._shown(self._current()), toast=toast)

    def _message(self, message: Message) -> Reply:
        draft = self.memory.draft
        if draft is None and nav_word(self.talk, message.only_words) == CANCEL:
            return self._cancel()
        if draft is None:
            return self._free_message(message)
        conversation = self._talking(draft)
        if conversation.over(message, self.now):
            remember.put_aside(self.session, self.memory)
            return self._free_message(message)
        return self._after(conversation, conversation.listen(message))

    def _free_message(self, message: Message) -> Reply:
        found = self.book.otherwise(self.talk, message)
        if isinstance(found, Screen):
            return self._shown(self._framed(found))
        self._permit(found.flow)
        draft = self._begin(found.flow, found.answers)
        draft.begun(self.now)
        draft.trace(message, found.answer)
        draft.keep_beside(message)
        return self._advance(self._conversation(found.flow, draft))

    def _edited(self, edit: Edit) -> Reply:
        draft = self.memory.draft
        if draft is not None and draft.memo.typed == edit.message_id:
            return self._typed_anew(draft, edit.text)
        if draft is None or not draft.holds(edit.message_id):
            return self._corrected(edit)
        conversation = self._talking(draft)
        return self._after(conversation, conversation.correct(edit))

    def _typed_anew(self, draft: Draft, line: str) -> Reply:
        conversation = self._talking(draft)
        if not (conversation.flow.prefill and line):
            return Reply()
        opening = dict(conversation.flow.prefill(self.talk, line))
        if opening == draft.memo.opening:
            return Reply()
        draft.open_anew(opening)
        return self._advance(conversation)

    def _corrected(self, edit: Edit) -> Reply:
        """Let the book correct what this message has become; most messages have become nothing."""
        screen = self.book.edited(self.talk, edit) if self.book.edited else None
        if screen is None:
            return Reply()
        framed = self._framed(screen)
        # The page that was changed may still be the last thing she sees; nothing else is written over.
        stands = framed.address is not None and framed.address == self.shown.address
        return Reply(framed, self.newest if stands else None)

    def _leave_what_is_not_allowed(self) -> None:
        """End a conversation that is no longer this person's to have, or that a deployment took away."""
        flow = self.book.flows.get(self.memory.draft.flow) if self.memory.draft else None
        if self.memory.draft and (flow is None or not self.talk.may(flow.needs)):
            remember.close(self.session, self.memory, "/")

    def _after(self, conversation: Conversation, outcome: Outcome) -> Reply:
        """Return the reply to what the conversation made of the event."""
        match outcome:
            case Moved(above=above, asked=asked):
                return self._advance(conversation, above, asked)
            case Left():
                return self._cancel()
            case LedAway(address=address):
                remember.put_aside(self.session, self.memory)
                if isinstance(self.event, Message) and not address:
                    return self._free_message(self.event)
                return self._shown(self._framed(_page(self.talk, address)))
            case Unmoved(words=words) if isinstance(self.event, Tap):
                return Reply(toast=words[:MOST_TOAST])
            case Unmoved(words=words):
                return self._shown(self._current(above=words)) if words else Reply()

    def _advance(self, conversation: Conversation, above: str = "", asked: str = "") -> Reply:
        """Replay with what is known now: ask the next question, or end."""
        standing = conversation.stand()
        if standing.question is None:
            return self._end(standing, "" if asked else above)
        conversation.draft.forget(standing.lost)
        remember.store(self.session, self.memory, self.now)
        return self._shown(conversation.ask(standing, above if asked in {"", standing.question.name} else ""))

    def _end(self, standing: Standing, above: str) -> Reply:
        end = ending(standing)
        if isinstance(end, Enter):
            return self._hand_over(end)
        remember.close(self.session, self.memory, end.address or "/")
        return self._shown(self._framed(end, above))

    def _hand_over(self, enter: Enter) -> Reply:
        """Go on in another conversation, with everything that was said in this one."""
        self._permit(enter.flow)
        left = self.memory.draft
        remember.close(self.session, self.memory)
        draft = self._begin(enter.flow, enter.answers)
        if left is not None:
            draft.take_over(left, enter.answer)
        return self._advance(self._conversation(enter.flow, draft))

    # Showing.

    def _current(self, above: str = "") -> Rendered:
        """Render what is current: the question being asked, or the page where the last conversation ended."""
        draft = self.memory.draft
        flow = self.book.flows.get(draft.flow) if draft else None
        if draft is None or flow is None:
            return self._page_with(self._last_page(), None, above)
        conversation = self._conversation(flow, draft)
        standing = conversation.stand()
        if standing.question is None:
            return self._page_with(self._last_page(), None, above)
        return conversation.ask(standing, above)

    def _last_page(self) -> Screen:
        try:
            return _page(self.talk, self.memory.page)
        except Problem:
            return _page(self.talk, "/")

    def _shown(self, rendered: Rendered) -> Reply:
        place = None if rendered.fresh else self._place()
        if place is not None and self._shows_another(place, rendered.thread):
            place = None
        return Reply(rendered, place)

    def _shows_another(self, message_id: int, thread: str | None) -> bool:
        """Return whether a message shows a living subject: it is kept true there, and does not become another page."""
        living = self.memory.shown
        if message_id != self.event.message_id:
            living = remember.living(self.session, self.memory.person_id, message_id)
        return living is not None and living != thread

    def _place(self) -> int | None:
        """Return the message to edit: the one tapped, or the screen, while nothing was said after it."""
        match self.event:
            case Tap(message_id=tapped) if tapped >= self.newest:
                return tapped
            case Edit() | Message(album=str()) if self.newest > self.event.message_id and self._is_where_she_was():
                return self.newest
        return None

    def _is_where_she_was(self) -> bool:
        """Whether the newest message shows a question or where the last conversation ended, nothing pushed since."""
        return self.shown.address in {"", self.memory.page}


def _page(talk: Talk, address: str) -> Screen:
    """Return the page or the act's result at an address. Raises NotFound and NotAllowed."""
    found = talk.house.book.find(address)
    if found is None:
        raise NotFound
    route, given = found
    if not talk.may(route.needs):
        raise NotAllowed
    return route(talk, **given)


def _toast(words: str) -> tuple[str, bool]:
    text = plain(words)
    return text[:MOST_TOAST], len(text) > 60
