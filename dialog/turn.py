"""One turn: an event in, a reply out, everything decided and rendered inside one transaction.

It never sends and never commits. ``/cancel``, back, skip, stale buttons, permissions, drafts and albums are
dealt with here, so that they appear in no flow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dialog import memory as remember
from dialog.events import Command, Edit, Event, File, Message, Tap
from dialog.flow import Enter, Flow, Standing, here, replay
from dialog.memory import Draft, Memory
from dialog.page import Route, split
from dialog.question import Again, Answer, Heard, Question, Reconsider, Refusal
from dialog.questions.words import said_since
from dialog.screen import Button, Go, Key, Rendered, Screen
from dialog.talk import House, Kept, Talk
from dialog.words import _, plain
from models.person import Person
from models.problem import AlreadyDone, NotAllowed, NotFound, Problem

BACK, SKIP, CANCEL = "!back", "!skip", "!cancel"
_NAV_WORDS = {BACK: _("Back"), SKIP: _("Skip"), CANCEL: _("Cancel")}
MOST_TOAST = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """What to show: a screen, edited into ``edit`` when that is a message id, and a word in the tap itself."""

    screen: Rendered | None = None
    edit: int | None = None
    toast: str | None = None
    alert: bool = False


def take(house: House, session: Session, person: Person, event: Event, *, now: datetime, newest: int = 0) -> Reply:
    """Take the turn and return the reply. Raises Problem when the business refuses: see :func:`refuse`.

    ``newest`` is the newest message known to stand in the chat, when the caller knows a newer one than the row.
    """
    return _Turn(house, session, person, event, now, newest).take()


def refuse(
    house: House, session: Session, person: Person, event: Event, problem: Problem, *, now: datetime, newest: int = 0
) -> Reply:
    """Return the reply to an event whose effects were rolled back: the problem's words, and where things stand."""
    return _Turn(house, session, person, event, now, newest).refuse(problem)


def again(house: House, session: Session, person: Person, event: Event, *, now: datetime, newest: int = 0) -> Reply:
    """Return the reply to an event that was taken before: what is current now. Changes nothing."""
    return _Turn(house, session, person, event, now, newest).again()


def open_page(house: House, session: Session, person: Person, address: str, *, now: datetime) -> Rendered:
    """Return the page at an address as this person may see it. Raises Problem."""
    talk = Talk(house, session, person, now)
    return talk.render(_page(talk, address))


class _Turn:
    def __init__(
        self, house: House, session: Session, person: Person, event: Event, now: datetime, newest: int
    ) -> None:
        self.talk = Talk(house, session, person, now)
        self.book = house.book
        self.session = session
        self.event = event
        self.now = now
        self.memory: Memory = remember.load(session, person.id)
        self.newest = max(newest, self.memory.last_message_id)

    # The three ways in.

    def take(self) -> Reply:
        match self.event:
            case Tap(data=data) if data.startswith("/"):
                return self._follow(data)
            case Tap():
                return self._press(self.event)
            case Command(name=name, argument=argument):
                return self._command(name, argument)
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
        found = self.book.find(address)
        if found is None or found[0].acts:
            address = split(address)[0].rpartition("/")[0]
        try:
            return self._shown(self._framed(_page(self.talk, address)))
        except Problem:
            return Reply()

    def _framed(self, screen: Screen) -> Rendered:
        """Render a page, with a way back to a conversation that is waiting."""
        waiting = self.memory.draft or remember.draft(self.session, self.memory.person_id)
        return self._page_with(screen, waiting)

    def _page_with(self, screen: Screen, waiting: Draft | None, above: str = "") -> Rendered:
        flow = self.book.flows.get(waiting.flow) if waiting else None
        if waiting and flow and waiting.memo.worth_keeping:
            screen.with_rows([[Go(_("▶ Resume: {what}", what=flow.title), f"/resume/{waiting.id}")]])
        return self.talk.render(screen, above=above)

    # Commands.

    def _command(self, name: str, argument: str) -> Reply:
        if name == "cancel":
            return self._cancel()
        if name == "start" and argument:
            # The first dash stands for the slash; those behind it belong to what is named, such as a token.
            return self._shown(self._framed(_page(self.talk, "/" + argument.replace("-", "/", 1))))
        found = self.book.command("menu" if name == "start" else name)
        if isinstance(found, Flow):
            prefill = found.prefill(self.talk, argument) if found.prefill and argument else {}
            return self._enter(found.name, prefill, typed=bool(prefill))
        if isinstance(found, Route):
            self._permit(found)
            remember.put_aside(self.session, self.memory)
            return self._shown(self._framed(found(self.talk)))
        unknown = self.talk.phrase("dialog/unknown_command", command=name[:32])
        return self._shown(self._current(above=unknown))

    def _cancel(self) -> Reply:
        draft = self.memory.draft
        flow = self.book.flows.get(draft.flow) if draft else None
        remember.close(self.session, self.memory, "/")
        above = self.talk.phrase("dialog/cancelled", had=draft is not None, saved=flow is not None and flow.at_once)
        return self._shown(self._page_with(_page(self.talk, "/"), None, above))

    def _permit(self, thing: Flow | Route[Any]) -> None:
        if not self.talk.may(thing.needs):
            raise NotAllowed

    # Opening and resuming conversations.

    def _enter(self, name: str, prefill: Mapping[str, Any], *, typed: bool = False) -> Reply:
        flow = self.book.flows.get(name)
        if flow is None:
            raise NotFound
        self._permit(flow)
        current = self.memory.draft
        if current is None or current.flow != name or current.memo.opening != dict(prefill):
            remember.put_aside(self.session, self.memory)
            self._begin(flow, dict(prefill), typed=typed)
        return self._advance(flow)

    def _begin(self, flow: Flow, prefill: dict[str, Any], *, typed: bool = False) -> None:
        draft = remember.open_draft(self.session, self.memory, flow.name, self.now)
        draft.memo.opening, draft.memo.typed = prefill, typed
        draft.answers = dict(prefill)
        self._hand_on(flow, draft)

    def _hand_on(self, flow: Flow, draft: Draft) -> None:
        """Hand on the answers a conversation begins with."""
        if flow.on_answer:
            known = self._known(flow, draft)
            for asked in draft.answers:
                if known.get(asked) is not None:
                    flow.on_answer(self.talk, asked, known[asked], known)

    def _resume(self, number: str) -> Reply:
        draft = remember.draft(self.session, self.memory.person_id, int(number)) if number.isdecimal() else None
        if draft is None or draft.flow not in self.book.flows:
            raise NotFound
        self._permit(self.book.flows[draft.flow])
        if self.memory.draft is None or self.memory.draft.id != draft.id:
            remember.put_aside(self.session, self.memory)
            remember.take_up(self.session, self.memory, draft, self.now)
        return self._shown(self._current())

    # Hearing.

    def _press(self, tap: Tap) -> Reply:
        revision, _colon, key = tap.data.partition(":")
        draft = self.memory.draft
        if draft is None or revision != str(draft.revision):
            return self._stale(draft)
        flow = self._flow_of(draft)
        if key in _NAV_WORDS:
            return self._navigate(flow, draft, key)
        return self._hear(flow, draft, replace(tap, data=key))

    def _stale(self, draft: Draft | None) -> Reply:
        toast = self.talk.phrase("dialog/stale", waiting=draft is not None)
        assert isinstance(self.event, Tap)  # noqa: S101 - only taps are stale
        if self.event.message_id < self.newest:
            return Reply(toast=toast)
        # The newest message shows an old step: its successor was never delivered, so bring it up to date.
        return replace(self._shown(self._current()), toast=toast)

    def _message(self, message: Message) -> Reply:
        draft = self.memory.draft
        if draft is None and self._nav_word(message.text) == CANCEL:
            return self._cancel()
        if draft is None:
            return self._free_message(message)
        flow = self._flow_of(draft)
        album = draft.memo.origins.get(f"album:{message.album}") if message.album else None
        if album:
            return self._amend(flow, draft, album, message)
        key = self._nav_word(message.text)
        if key:
            return self._navigate(flow, draft, key)
        return self._hear(flow, draft, message)

    def _free_message(self, message: Message) -> Reply:
        found = self.book.otherwise(self.talk, message)
        if isinstance(found, Screen):
            return self._shown(self._framed(found))
        self._permit(found.flow)
        self._begin(found.flow, {**found.prefill, found.answer: found.given})
        assert self.memory.draft is not None  # noqa: S101 - it has just begun
        _trace(self.memory.draft, message, found.answer)
        return self._advance(found.flow)

    def _edited(self, edit: Edit) -> Reply:
        draft = self.memory.draft
        name = draft.memo.origins.get(str(edit.message_id)) if draft else None
        if draft is None or name is None:
            return Reply()
        return self._amend(self._flow_of(draft), draft, name, Message(edit.message_id, edit.text))

    def _nav_word(self, text: str) -> str | None:
        typed = text.strip("‹›✕ \n").casefold()
        return next((key for key, label in _NAV_WORDS.items() if self.talk.say(label).casefold() == typed), None)

    def _flow_of(self, draft: Draft) -> Flow:
        flow = self.book.flows.get(draft.flow)
        if flow is None:
            raise NotFound
        self._permit(flow)
        return flow

    def _leave_what_is_not_allowed(self) -> None:
        """End a conversation that is no longer this person's to have, or that a deployment took away."""
        flow = self.book.flows.get(self.memory.draft.flow) if self.memory.draft else None
        if self.memory.draft and (flow is None or not self.talk.may(flow.needs)):
            remember.close(self.session, self.memory, "/")

    def _hear(self, flow: Flow, draft: Draft, event: Event) -> Reply:
        standing = self._replay(flow, draft)
        if standing.question is None:
            return self._end(standing)
        question = standing.question
        heard = question.hear(here(flow, self.talk, standing, draft.memo.note), event)
        if isinstance(heard, Answer):
            self._answer(flow, draft, standing, heard.value, event)
            return self._advance(flow)
        return self._unanswered(flow, draft, question, heard, event)

    def _answer(self, flow: Flow, draft: Draft, standing: Standing, value: Any, event: Event) -> None:
        question = standing.question
        assert question is not None  # noqa: S101 - the caller has looked
        draft.answers = draft.answers | {question.name: question.freeze(value)}
        draft.memo.heard = [*(name for name in draft.memo.heard if name != question.name), question.name]
        draft.memo.note, draft.memo.edited = {}, {}
        if isinstance(event, Message):
            _trace(draft, event, question.name)
        if flow.on_answer:
            known = {asked.name: answer for asked, answer in standing.path} | {question.name: value}
            flow.on_answer(self.talk, question.name, value, known)

    def _unanswered(self, flow: Flow, draft: Draft, question: Question[Any], heard: Heard[Any], event: Event) -> Reply:
        match heard:
            case Again(note=note):
                draft.memo.note = note
                return self._advance(flow)
            case Reconsider(name=name):
                draft.memo.edited = {"name": name, "was": {n: a for n, a in draft.answers.items() if n == name}}
                draft.answers = {asked: answer for asked, answer in draft.answers.items() if asked != name}
                draft.memo.wanted = [*draft.memo.wanted, name]
                draft.memo.note = {}
                return self._advance(flow)
            case Refusal():
                return self._refused(flow, draft, question, heard, event)
        raise TypeError(type(heard))

    def _refused(self, flow: Flow, draft: Draft, question: Question[Any], refusal: Refusal, event: Event) -> Reply:
        words = self.talk.say(refusal.words)
        if isinstance(event, Tap):
            return Reply(toast=words[:MOST_TOAST])
        kept = self._keep(flow, draft, event, typed=question.typed and not refusal.keep)
        above = self.talk.phrase("dialog/refusal", words=words, kept=kept)
        if kept:
            remember.store(self.session, self.memory, self.now)
        return self._shown(self._current(above=above))

    def _keep(self, flow: Flow, draft: Draft, event: Event, *, typed: bool) -> str:
        """Keep with the draft what did not answer the question but may belong to the record."""
        if not flow.keeps or not isinstance(event, Message):
            return ""
        if event.file:
            draft.memo.kept_files = [*draft.memo.kept_files, event.file.frozen()][:20]
            return event.file.kind.value
        if event.text and not typed:
            draft.memo.kept_text = f"{draft.memo.kept_text}\n{event.text}".strip()[:4000]
            return "text"
        return ""

    def _amend(self, flow: Flow, draft: Draft, name: str, message: Message) -> Reply:
        """Correct an answer given before: its message was edited, or its album goes on."""
        standing = self._replay(flow, draft)
        asked = next((question for question, _value in standing.path if question.name == name), None)
        if draft.answers.get(name) is None:
            return Reply()
        if asked is None:
            draft.answers = draft.answers | {name: said_since(draft.answers[name], message)}
            remember.store(self.session, self.memory, self.now)
            return self._shown(self._current())
        heard = asked.amend(here(flow, self.talk, standing, {}), draft.answers[name], message)
        if isinstance(heard, Refusal):
            above = self.talk.phrase("dialog/refusal", words=self.talk.say(heard.words), kept="")
            return self._shown(self._current(above=above))
        if isinstance(heard, Answer):
            draft.answers = draft.answers | {name: asked.freeze(heard.value)}
            if flow.on_answer:
                flow.on_answer(self.talk, name, heard.value, dict(self._known(flow, draft)))
            remember.store(self.session, self.memory, self.now)
        return self._shown(self._current())

    def _known(self, flow: Flow, draft: Draft) -> dict[str, Any]:
        return {question.name: value for question, value in self._replay(flow, draft).path}

    # Moving on.

    def _navigate(self, flow: Flow, draft: Draft, key: str) -> Reply:
        if key == CANCEL:
            return self._cancel()
        standing = self._replay(flow, draft)
        question = standing.question
        if key == SKIP and question is not None and question.optional:
            self._skip(draft, question)
        if key == BACK and question is not None and draft.memo.edited.get("name") == question.name:
            self._leave_as_it_was(draft, question)
        elif key == BACK and draft.memo.heard:
            *draft.memo.heard, last = draft.memo.heard
            draft.answers = {asked: answer for asked, answer in draft.answers.items() if asked != last}
            draft.memo.wanted = [*draft.memo.wanted, last]
            draft.memo.note = {}
        return self._advance(flow)

    def _leave_as_it_was(self, draft: Draft, question: Question[Any]) -> None:
        draft.answers = draft.answers | draft.memo.edited["was"]
        draft.memo.wanted = [name for name in draft.memo.wanted if name != question.name]
        draft.memo.edited, draft.memo.note = {}, {}

    def _skip(self, draft: Draft, question: Question[Any]) -> None:
        draft.answers = draft.answers | {question.name: None}
        draft.memo.heard = [*draft.memo.heard, question.name]
        draft.memo.note, draft.memo.edited = {}, {}

    def _advance(self, flow: Flow) -> Reply:
        """Replay with what is known now: ask the next question, or end."""
        draft = self.memory.draft
        assert draft is not None  # noqa: S101 - advancing is for conversations
        standing = self._replay(flow, draft)
        if standing.question is None:
            return self._end(standing)
        if standing.lost:
            draft.answers = {name: answer for name, answer in draft.answers.items() if name not in standing.lost}
        remember.store(self.session, self.memory, self.now)
        return self._shown(self._ask(flow, draft, standing))

    def _end(self, standing: Standing) -> Reply:
        screen = standing.ending
        assert screen is not None  # noqa: S101 - a script returns the page it ends on, or where it goes on
        if isinstance(screen, Enter):
            return self._hand_over(screen)
        remember.close(self.session, self.memory, screen.address or "/")
        return self._shown(self._framed(screen))

    def _hand_over(self, enter: Enter) -> Reply:
        """Go on in another conversation, with everything that was said in this one."""
        self._permit(enter.flow)
        left = self.memory.draft
        remember.close(self.session, self.memory)
        self._begin(enter.flow, {**enter.prefill, enter.answer: enter.given})
        begun = self.memory.draft
        assert left is not None and begun is not None  # noqa: S101, PT018 - one ended, the other has just begun
        begun.memo.origins = dict.fromkeys(left.memo.origins, enter.answer)
        begun.memo.kept_text, begun.memo.kept_files = left.memo.kept_text, left.memo.kept_files
        return self._advance(enter.flow)

    def _replay(self, flow: Flow, draft: Draft) -> Standing:
        self.talk.kept = Kept(draft.memo.kept_text, [File.thawed(file) for file in draft.memo.kept_files])
        return replay(flow, self.talk, draft.answers, draft.memo.wanted)

    # Showing.

    def _current(self, above: str = "") -> Rendered:
        """Render what is current: the question being asked, or the page where the last conversation ended."""
        draft = self.memory.draft
        flow = self.book.flows.get(draft.flow) if draft else None
        if draft is None or flow is None:
            return self._page_with(self._last_page(), None, above)
        standing = self._replay(flow, draft)
        return self._ask(flow, draft, standing, above)

    def _last_page(self) -> Screen:
        try:
            return _page(self.talk, self.memory.page)
        except Problem:
            return _page(self.talk, "/")

    def _ask(self, flow: Flow, draft: Draft, standing: Standing, above: str = "") -> Rendered:
        question = standing.question
        if question is None:
            return self._page_with(self._last_page(), None, above)
        screen = question.ask(here(flow, self.talk, standing, draft.memo.note))
        screen.with_rows([_navigation(question, draft)])
        return self.talk.render(screen, revision=draft.revision, above=above)

    def _shown(self, rendered: Rendered) -> Reply:
        return Reply(rendered, None if rendered.fresh else self._place())

    def _place(self) -> int | None:
        """Return the message to edit: the one tapped, or the screen, while nothing was said after it."""
        match self.event:
            case Tap(message_id=tapped) if tapped >= self.newest:
                return tapped
            case Edit() | Message(album=str()) if self.newest > self.event.message_id:
                return self.newest
        return None


def _trace(draft: Draft, message: Message, name: str) -> None:
    """Remember which answer this message gave, so that editing it or its album's later parts find that answer."""
    draft.memo.origins[str(message.message_id)] = name
    if message.album:
        draft.memo.origins[f"album:{message.album}"] = name


def _navigation(question: Question[Any], draft: Draft) -> list[Button | None]:
    own_back = question.has_own_back(draft.memo.note)
    return [
        Key(_("‹ Back"), BACK) if (draft.memo.heard or draft.memo.edited) and not own_back else None,
        Key(_("Skip ›"), SKIP) if question.optional else None,
        Key(_("✕ Cancel"), CANCEL) if not question.has_own_cancel else None,
    ]


def _page(talk: Talk, address: str) -> Screen:
    """Return the page or the act's result at an address. Raises NotFound and NotAllowed."""
    found = talk.house.book.find(address)
    if found is None:
        raise NotFound
    route, given = found
    if not talk.may(route.needs):
        raise NotAllowed
    try:
        return route(talk, **given)
    except TypeError as error:
        if "argument" in str(error):
            raise NotFound from error
        raise


def _toast(words: str) -> tuple[str, bool]:
    text = plain(words)
    return text[:MOST_TOAST], len(text) > 60
