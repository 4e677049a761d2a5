"""Whatever people do, known or absurd, in whatever order: it ends in a screen, and in a conversation that goes on.

The real book, three people of different roles, an invented year in memory. Quick and always the same by default;
``EXPLORE=1`` (``make explore``) looks longer, and elsewhere every time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import Engine, create_engine, func, select, union_all
from sqlalchemy.orm import Session

from bot.app import house_of, rules_of
from bot.catalogue import sentences, translated
from bot.config import Config
from bot.stage import BOT, NOW
from crm import asking, complaint_notices, reminders, seed
from dialog.draft import Memo
from dialog.events import Event, Message
from dialog.flow import replay
from dialog.screen import Rendered
from dialog.talk import Kept, Talk
from dialog.turn import Reply
from models import Base, dialects
from models.attachment import FileKind
from models.chat import Chat, Conversation
from models.notice import Notice
from models.person import Permission, Person, Role
from models.problem import Problem
from simulator.formatting import MOST_ENTITIES, parse_html, utf16_length
from simulator.keyboards import read_keyboard
from tests.chatter import Chatter
from tests.conftest import EXPLORING

QUICK = settings(
    max_examples=10, stateful_step_count=40, derandomize=True, database=None, phases=[Phase.generate, Phase.shrink]
)
THOROUGH = settings(max_examples=1000, stateful_step_count=100)
HOUSE = house_of(Config(), bot_username=BOT)
IN_CHINESE = translated("zh_CN")
ENGLISH_ONLY = {english for english in sentences() if IN_CHINESE.get(english) != english}
CHINESE_ONLY = set(IN_CHINESE.values()) - sentences()
OWN_NAMES = {"中文", "简体中文", "English"}
"""A language is called by its own name everywhere."""

PICKS = st.integers(0, 10**6)
PLAUSIBLE = (
    "华东", "华东轴承", "李伟", "hdzc", "下周三", "明天", "12月2日", "3", "5 很好", "S1", "保存", "取消", "跳过",
    "返回", "Back",
    "3号线轴承异响，冒烟", "谈了备件 下周三报价", "<b>粗</b> & <script>", "{{ 7*7 }} %(name)s {0}", "=1+1", "\x00\x0b",
    "\u202eoof", "长" * 5000, "🧑‍🔧" * 900, "<" * 2000, "/", " ", "\n\n", "13800000000", "99999999999999999999",
)  # fmt: skip
WORDS = st.one_of(st.sampled_from(PLAUSIBLE), st.text(max_size=200))
COMMANDS = [*(name for name, _title in HOUSE.book.commands_with(Permission)), "start", "cancel", "nonsense", ""]
ABSURD = (
    "", "/", "//", "/do/", "/do/visit", "/do/nothing", "/do/visit?customer=99999999", "/do/visit?customer=x&note=1",
    "/do/complaint?customer=1&words=1", "/resume/1", "/resume/x", "/resume/99999999999999999999999", "/customers/-1",
    "/customers/1?page=-5", "/customers?page=99999", "/complaints/1/acknowledge?version=0", "/people/1/role/king",
    "/people/1/withdraw", "/language/xx", "/language/../../etc", "/summary?months=x", "0:!back", "1:!cancel", "2:!skip",
    "1:", ":", "1:1", "-1:p-1", "999999:p99999999999999999999", "x" * 64, "/%00", "/visits/%2e%2e", "/invite/x/accept",
    "/agree/x", "/complaints/1/about?x=1", "/reminders/1/snooze?days=99999999",
)  # fmt: skip
NEVER_COUNTED = {"conversation", "chat"}


@cache
def year() -> Engine:
    """An invented year, made once; each example works in a transaction of its own that is rolled back."""
    engine = dialects.prepare(create_engine("sqlite://"))
    Base.metadata.create_all(engine)
    with Session(engine, info={"rules": rules_of(Config(), bot_username=BOT)}) as session:
        seed.fill(session, now=NOW)
        for announce in (reminders.announce_due, asking.announce_due):
            announce(session, now=NOW)
        session.commit()
    return engine


class Department(RuleBasedStateMachine):
    """Three people, each with a phone, do whatever comes to their minds."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.connection = year().connect()
        self.outer = self.connection.begin()
        rules = {"rules": rules_of(Config(), bot_username=BOT)}
        self.session = Session(self.connection, join_transaction_mode="create_savepoint", info=rules)
        people = seed.people(self.session)
        self.phones = [Witness(self, people[who]) for who in ("rep", "customer", "manager")]
        self.revisions = {phone.person.id: 0 for phone in self.phones}

    def teardown(self) -> None:
        self.session.close()
        self.outer.rollback()
        self.connection.close()

    def phone(self, pick: int) -> Witness:
        return self.phones[pick % len(self.phones)]

    # What people do.

    @rule(who=PICKS, name=st.sampled_from(COMMANDS), argument=st.one_of(st.just(""), WORDS))
    def types_a_command(self, who: int, name: str, argument: str) -> None:
        self.phone(who).says(f"/{name} {argument}")

    @rule(who=PICKS, pick=PICKS)
    def taps_what_is_before_her(self, who: int, pick: int) -> None:
        self.phone(who).taps_one(pick, newest=True)

    @rule(who=PICKS, picks=st.lists(PICKS, min_size=2, max_size=6))
    def taps_on_and_on(self, who: int, picks: list[int]) -> None:
        for pick in picks:
            self.phone(who).taps_one(pick, newest=True)

    @rule(who=PICKS, pick=PICKS)
    def taps_any_button_ever_shown(self, who: int, pick: int) -> None:
        self.phone(who).taps_one(pick, newest=False)

    @rule(who=PICKS, whose=PICKS, pick=PICKS)
    def sends_what_stands_on_the_button_of_another(self, who: int, whose: int, pick: int) -> None:
        shown = self.phone(whose).shown
        if shown:
            self.phone(who).presses(shown[pick % len(shown)][0])

    @rule(who=PICKS, data=st.one_of(st.sampled_from(ABSURD), st.text(max_size=64)), pick=PICKS)
    def forges_a_tap(self, who: int, data: str, pick: int) -> None:
        phone = self.phone(who)
        phone.presses(data, pick % (phone.newest + 2))

    @rule(who=PICKS, words=WORDS)
    def says_something(self, who: int, words: str) -> None:
        phone = self.phone(who)
        phone.does(Message(next(phone.ids), words))

    @rule(who=PICKS, words=WORDS, name=st.text(max_size=20))
    def forwards_something(self, who: int, words: str, name: str) -> None:
        phone = self.phone(who)
        phone.does(Message(next(phone.ids), words, forwarded_from=name))

    @rule(who=PICKS, kind=st.sampled_from(FileKind), caption=WORDS)
    def sends_a_file(self, who: int, kind: FileKind, caption: str) -> None:
        self.phone(who).sends(kind, caption)

    @rule(who=PICKS, parts=st.integers(2, 12), album=st.sampled_from(["7", "8"]))
    def sends_an_album(self, who: int, parts: int, album: str) -> None:
        for part in range(parts):
            self.phone(who).sends(FileKind.PHOTO, "这里" if part == 0 else "", album)

    @rule(who=PICKS, latitude=st.floats(-90, 90), longitude=st.floats(-180, 180))
    def shares_a_place(self, who: int, latitude: float, longitude: float) -> None:
        self.phone(who).shares_place(latitude, longitude)

    @rule(who=PICKS, name=st.text(max_size=64), number=st.one_of(st.just("+8613800000000"), st.text(max_size=20)))
    def shares_a_card(self, who: int, name: str, number: str) -> None:
        self.phone(who).shares_card(name, number)

    @rule(who=PICKS)
    def sends_a_sticker(self, who: int) -> None:
        phone = self.phone(who)
        phone.does(Message(next(phone.ids)))

    @rule(who=PICKS, pick=PICKS, words=WORDS)
    def changes_what_she_said(self, who: int, pick: int, words: str) -> None:
        phone = self.phone(who)
        phone.edits(100 + pick % (phone.newest + 100), words)

    # What happens to them.

    @rule(who=PICKS, role=st.sampled_from(Role))
    def gets_another_role(self, who: int, role: Role) -> None:
        self.phone(who).person.role = role
        self.session.flush()

    @rule(who=PICKS, language=st.sampled_from(["zh_CN", "en", None]))
    def gets_another_language(self, who: int, language: str | None) -> None:
        self.phone(who).person.language = language
        self.session.flush()

    @rule(hours=st.one_of(st.integers(0, 48), st.integers(0, 3000), st.integers(-3, 0)))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        for announce in (reminders.announce_due, asking.announce_due, complaint_notices.announce_late, asking.expire):
            announce(self.session, now=self.now)

    @rule(who=PICKS, pick=PICKS)
    def is_told_something(self, who: int, pick: int) -> None:
        phone = self.phone(who)
        left = self.session.scalars(select(Notice.address).where(Notice.to_id == phone.person.id)).all()
        if left and phone.person.active:
            try:
                phone.opens(left[pick % len(left)])
            except Problem:
                return

    # What holds whatever happened.

    @invariant()
    def everybody_stands_at_a_question_or_nowhere(self) -> None:
        self.session.expire_all()
        for phone in self.phones:
            for row in self.session.scalars(select(Conversation).where(Conversation.person_id == phone.person.id)):
                flow, memo = HOUSE.book.flows[row.flow], Memo.thawed(row.memo)
                if not row.current or not phone.person.may(flow.needs):
                    continue
                talk = Talk(HOUSE, self.session, phone.person, self.now)
                talk.kept = Kept.thawed(memo.kept)
                standing = replay(flow, talk, row.answers, memo.wanted)
                # Somebody else may have changed what was opened: the next thing said then shows it as it is.
                outdated = not {"version", "owner"}.isdisjoint(row.answers)
                assert standing.question is not None or outdated, (row.flow, row.answers)

    @invariant()
    def nobody_is_in_two_conversations_and_no_revision_is_used_twice(self) -> None:
        for phone in self.phones:
            ours = Conversation.person_id == phone.person.id
            current = self.session.scalars(select(Conversation.revision).where(ours, Conversation.current)).all()
            used = self.session.scalar(select(Chat.revision).where(Chat.person_id == phone.person.id)) or 0
            assert len(current) <= 1
            assert all(revision > used for revision in current)
            assert max(used, *current, 0) >= self.revisions[phone.person.id]
            self.revisions[phone.person.id] = max(used, *current, 0)


class Witness(Chatter):
    """A person who looks closely at everything she is shown."""

    def __init__(self, department: Department, person: Person) -> None:
        super().__init__(HOUSE, department.session, person, lambda: department.now)
        self.shown: list[tuple[str, int]] = []

    def taps_one(self, pick: int, *, newest: bool) -> None:
        buttons = self.shown
        if newest and self.newest:
            buttons = [(button.data, self.newest) for row in self.screen.keyboard for button in row if button.data]
        if buttons:
            self.presses(*buttons[pick % len(buttons)])

    def does(self, event: Event) -> None:
        """Take the turn; withdrawn people are strangers and never come this far."""
        if not self.person.active:
            return
        before = counted(self.session)
        super().does(event)
        if self.problem is not None:
            assert counted(self.session) == before, type(self.problem)
        assert self.reply.toast is None or 0 < len(self.reply.toast) <= 200

    def _receive(self, reply: Reply) -> None:
        super()._receive(reply)
        if reply.screen is not None:
            self._looks_at(reply.screen)

    def _looks_at(self, screen: Rendered) -> None:
        text, entities = parse_html(screen.text)
        assert text.strip()
        assert utf16_length(text) <= (1024 if screen.picture else 4096)
        assert len(entities) <= MOST_ENTITIES
        pressed = [
            [{"text": b.text, "url": b.url} if b.url else {"text": b.text, "callback_data": b.data or ""} for b in row]
            for row in screen.keyboard
        ]
        read_keyboard({"inline_keyboard": pressed})
        foreign = ENGLISH_ONLY if HOUSE.words_for(self.person).language == "zh_CN" else CHINESE_ONLY
        labels = {button.text for row in screen.keyboard for button in row}
        assert labels & (foreign - OWN_NAMES) <= written(self.session), labels & foreign
        self.shown += [(b.data, self.newest) for row in screen.keyboard for b in row if b.data]


def written(session: Session) -> set[str]:
    """The names that people and things were given, which nobody translates."""
    named = [table.c.name for table in Base.metadata.sorted_tables if "name" in table.c]
    return {name for column in named for name in session.scalars(select(column))}


def counted(session: Session) -> object:
    """How many rows there are of everything a turn may write but the conversation itself."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in NEVER_COUNTED]
    return session.execute(union_all(*(select(func.count()).select_from(table) for table in tables))).all()


TestDepartment: Callable[..., object] = Department.TestCase
Department.TestCase.settings = THOROUGH if EXPLORING else QUICK
