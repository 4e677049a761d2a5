"""The stage: the whole house in memory, an invented year, and three people to look through it with.

For whoever wants to see every screen: the gallery, the diagrams, the tests. Nothing is sent and nothing stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, create_engine, select
from sqlalchemy.orm import Session

from bot.app import house_of, rules_of
from bot.config import Config
from bot.crawl import Crawl
from bot.crawler import Crawler
from crm import (
    absences,
    access,
    asking,
    attachments,
    complaints,
    contracts,
    customers,
    data_requests,
    filing,
    handover,
    joining,
    letters,
    notices,
    outbox,
    places,
    pledges,
    profiles,
    reminders,
    seed,
    sheets,
    taking_over,
    touches,
    visits,
)
from crm.attachments import Sent
from dialog.events import Command, Event, Message, Tap
from dialog.screen import Rendered
from dialog.talk import House
from handlers import stranger
from handlers.invite import PREFIX
from models import Base, dialects
from models.attachment import FileKind, FileState, NotKept
from models.chat import Conversation
from models.complaint import Complaint, Stage
from models.contract import Contract
from models.customer import Contact, Customer
from models.data_request import DataWish, RequestState
from models.letter import Letter
from models.notice import Notice, Reason
from models.person import Person, Role
from models.questionnaire import AskState, Questionnaire
from models.sheet import Sheet, SheetKind
from models.touch import TouchKind
from models.visit import Outcome, Visit, VisitKind

Row = TypeVar("Row", Complaint, Questionnaire, Contact, Customer, Letter, Notice, Person, Visit)
BOT = "huifang_bot"
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai on a working Tuesday: the same screens on every day the page is made."""
PHOTO = Sent(FileKind.PHOTO, "file-1", "unique-1")
_CODES = {"zh_CN": "zh-hans", "en": "en"}


@dataclass(frozen=True)
class Set:
    """The house, a session that is never committed, the moment, and the people's ids by what they are."""

    house: House
    session: Session
    now: datetime
    people: dict[str, int]

    def crawl(self, *languages: str) -> Crawl:
        """Return everything these people, a few in rarer circumstances, and a stranger can see."""
        crawler = Crawler(self.house, self.session, now=self.now, languages=languages)
        for person_id in self.people.values():
            crawler.visit(person_id)
        with self.session.begin_nested() as savepoint:
            self._rare(crawler)
            self._at_the_door(crawler)
            savepoint.rollback()
        return crawler.crawl

    def _rare(self, crawler: Crawler) -> None:
        """See what the three seldom meet."""
        rep, customer, manager = (self.people[who] for who in ("rep", "customer", "manager"))
        self._sent_along(crawler, rep)
        self._file(crawler, rep)
        self._away(crawler)
        self._drafts(crawler, rep)
        self._tables(crawler, manager)
        self._waited(crawler, manager)
        self._complaints(crawler)
        self._questions(crawler)
        self._of_a_customer(crawler, customer, manager)
        crawler.see(customer, f"/invite/{self._invitation(Role.REP)}")
        crawler.see(rep, f"/invite/{self._invitation(Role.CUSTOMER)}")
        self._person(customer).agreed_at = None
        crawler.see(customer, "/privacy")

    def _sent_along(self, crawler: Crawler, rep: int) -> None:
        """See a visit with a photo and with a program that was refused, and the place the customer is at."""
        who, visit = self._person(rep), self._one(Visit, Visit.rep_id == rep)
        attachments.attach(self.session, who, PHOTO, visit=visit, at=self.now)
        program = Sent(FileKind.DOCUMENT, "file-4", "unique-4", "调试工具.exe")
        kept = attachments.attach(self.session, who, program, visit=visit, at=self.now)
        kept.state, kept.why = FileState.REFUSED, NotKept.PROGRAM
        told = f"/files/{kept.id}"
        crawler.see(rep, f"/visits/{visit.id}")
        crawler.see(rep, "/do/keep_message")  # where somebody else's words, forwarded, can lead
        crawler.see(rep, told)
        place = places.share(self.session, who, latitude=31.23, longitude=121.474, at=self.now)
        places.locate(self.session, who, visit.customer_id, place=place, at=self.now)
        crawler.see(rep, f"/places/{place.id}")

    def _complaints(self, crawler: Crawler) -> None:
        """See a complaint at each stage, and one with a photo whose words were corrected."""
        admin = self._one(Person, Person.role == Role.ADMIN).id  # no customer is hidden from her
        resolved = self._one(Complaint, Complaint.stage == Stage.RESOLVED, Complaint.reporter_id.is_not(None))
        number, reporter = resolved.id, resolved.reporter_id or 0
        attachments.attach(self.session, self._person(reporter), PHOTO, complaint=resolved, at=self.now)
        archive = Sent(FileKind.DOCUMENT, "file-5", "unique-5", "图纸.rar")
        kept = attachments.attach(self.session, self._person(reporter), archive, complaint=resolved, at=self.now)
        kept.state, kept.why = FileState.REFUSED, NotKept.ARCHIVE
        told = f"/files/{kept.id}"
        words = "请尽快派人来处理。"
        filing.correct_words(self.session, resolved.filed_by, number, words=words, at=self.now)
        crawler.see(admin, f"/complaints/{number}")
        crawler.see(reporter, f"/complaints/{number}")
        crawler.see(reporter, told)
        for stage in Stage:
            crawler.see(admin, f"/complaints/{self._one(Complaint, Complaint.stage == stage).id}")

    def _questions(self, crawler: Crawler) -> None:
        """See a question that waits for its answer, and one that waited too long."""
        for state in (AskState.SENT, AskState.EXPIRED):
            asked = self._one(Questionnaire, Questionnaire.state == state, Questionnaire.person_id.is_not(None))
            crawler.see(asked.person_id or 0, f"/questionnaires/{asked.id}")

        held = self._one(Questionnaire, Questionnaire.state == AskState.SENT, Questionnaire.complaint_id.is_not(None))
        assert held.complaint is not None  # noqa: S101 - it was looked for
        held.state, held.complaint.reopened = AskState.QUEUED, 1
        crawler.see(held.person_id or 0, f"/questionnaires/{held.id}")

    def _of_a_customer(self, crawler: Crawler, customer: int, manager: int) -> None:
        """See what a customer's person seldom sends: an accident, long words, a request about her own data."""
        who = self._person(customer)
        assert who.contact is not None  # noqa: S101 - she is a customer's person
        words = "电机起火，已经停产。\n" + "请马上派人。" * 700
        accident = filing.file(self.session, who, customer=who.contact.customer, words=words, at=self.now)
        letter = letters.write(self.session, who, words="字" * 3000, at=self.now)
        for address in (complaints.address(accident), letters.address(letter)):
            crawler.see(customer, address)
            crawler.see(manager, address)
        request = data_requests.file(self.session, who, wish=DataWish.DELETE, words="字" * 3000, at=self.now)
        for state in (RequestState.OPEN, RequestState.DONE, RequestState.REFUSED):
            request.state, request.answer = state, "合同期内须依法保存。" if state is RequestState.REFUSED else ""
            request.settled_at = None if state is RequestState.OPEN else self.now
            crawler.see(customer, data_requests.address(request))
            crawler.see(manager, data_requests.address(request))
        visit = self._one(Visit, Visit.rep_id == self.people["rep"])
        visit.note = "字" * 3900
        crawler.see(self.people["rep"], f"/visits/{visit.id}")

    def _waited(self, crawler: Crawler, manager: int) -> None:
        """See what waited for the manager in great number, as after a long holiday."""
        who = self._person(manager)
        for late in complaints.open_ones(self.session, who, now=self.now, limit=outbox.MANY + 2):
            key, address = f"stage:{late.id}", complaints.address(late)
            notices.leave(self.session, who, key=key, address=address, reason=Reason.LATE_REMEDY, at=self.now)
        outbox.lease(self.session, holder="the stage", now=self.now, limit=1)
        card = self._one(Notice, Notice.address.startswith("/waited/")).address
        for address in (card, card.replace("waited", "meanwhile")):
            crawler.see(manager, address)

    def _file(self, crawler: Crawler, rep: int) -> None:
        """See what a customer's file seldom holds, as the rep, her manager and the customer's person see it."""
        customer = self._one(Customer, Customer.owner_id == rep)
        self._written_today(crawler, rep, customer)
        self._planned_twice(crawler, rep, customer)
        self._letters(crawler, rep)
        self._shared(crawler, rep, customer)
        self._merging(crawler, customer)

    def _written_today(self, crawler: Crawler, rep: int, customer: Customer) -> None:
        """See a tag, a call, a contract with its paper, a promise, and a visit that was corrected."""
        session, who, now = self.session, self._person(rep), self.now
        profiles.tag(session, who, customer.id, word="重点", at=now)
        after = touches.newest(session, who, customer)
        call = touches.log(session, who, customer.id, kind=TouchKind.CALL, after=after, at=now)
        contract = self._contract(who, customer)
        pledge = pledges.make(session, who, customer=customer, words="寄样品", day=now.date(), at=now)
        visit = visits.log(session, who, customer=customer, kind=VisitKind.ROUTINE, outcome=Outcome.GOOD, at=now)
        visits.correct(session, who, visit.id, note="谈了备件", at=now)
        for note in ("价格再谈", "价格谈妥了"):
            touches.write(session, who, call.id, note=note, at=now)
        touches.add(session, who, call.id, files=[PHOTO], at=now)
        contact = customer.contacts[0]
        customers.correct_contact(session, who, contact.id, field="position", value="采购经理", at=now)
        customers.rename(session, who, customer.id, name=f"{customer.name}（集团）", at=now)
        customers.rename(session, who, customer.id, name=customer.name.removesuffix("（集团）"), at=now)
        grade, industry, region = customer.grade, customer.industry, customer.region
        new = customers.add(session, who, name="嘉兴新锐泵业", grade=grade, industry=industry, region=region, at=now)
        first = visits.log(session, who, customer=new, kind=VisitKind.ROUTINE, outcome=Outcome.GOOD, at=now)
        for address in (
            f"/visits/{visit.id}",
            f"/customers/{customer.id}/tags",
            f"/proposals/{customer.id}",
            f"/visits/{first.id}",
            f"/touches/{call.id}",
            f"/touches/{call.id}/before",
            f"/contacts/{contact.id}",
            f"/contacts/{contact.id}/before",
            f"/customers/{customer.id}/before",
            f"/customers/{customer.id}/fields",
            f"/contracts/{contract.id}",
            f"/pledges/{pledge.id}",
        ):
            crawler.see(rep, address)

    def _planned_twice(self, crawler: Crawler, rep: int, customer: Customer) -> None:
        """See what leads to several reminders of one customer, and leave nothing of them on other pages."""
        with self.session.begin_nested() as savepoint:
            for days in (3, 5):
                day = self.now.date() + timedelta(days)
                reminders.plan(self.session, self._person(rep), customer=customer, day=day, why="送样品", at=self.now)
            crawler.see(rep, f"/customers/{customer.id}/reminders")
            savepoint.rollback()

    def _contract(self, who: Person, customer: Customer) -> Contract:
        """Return a contract that ends soon, with its paper."""
        today = self.now.date()
        return contracts.add(
            self.session,
            who,
            customer=customer,
            number="HT-2026-018",
            title="轴承年度供货合同",
            starts=today,
            ends=today + timedelta(80),
            files=[Sent(FileKind.DOCUMENT, "file-2", "unique-2")],
            at=self.now,
        )

    def _letters(self, crawler: Crawler, rep: int) -> None:
        """See a customer's voice message and its answer, as both of them do."""
        voice, author = Sent(FileKind.VOICE, "file-3", "unique-3"), self.people["customer"]
        asked = letters.write(self.session, self._person(author), words="", files=[voice], at=self.now)
        crawler.see(self.people["manager"], "/letters")
        answered = letters.answer(self.session, self._person(rep), asked.id, words="明天到货。", at=self.now)
        for letter in (asked, answered):
            crawler.see(rep, f"/letters/{letter.id}")
            crawler.see(author, f"/letters/{letter.id}")

    def _shared(self, crawler: Crawler, rep: int, customer: Customer) -> None:
        """See who else may look at the file, and what is told when it changes hands."""
        colleague = self._one(Person, Person.role == Role.REP, Person.id != rep)
        access.grant(self.session, self._person(rep), customer.id, colleague.id, at=self.now)
        crawler.see(colleague.id, f"/customers/{customer.id}/granted")
        crawler.see(self.people["manager"], f"/customers/{customer.id}/views")
        crawler.see(self.people["manager"], f"/customers/{customer.id}/grade/C/by/{rep}")
        crawler.see(rep, f"/customers/{customer.id}/access")
        given = self._one(Customer, Customer.owner_id == rep, Customer.id != customer.id)
        manager = self._person(self.people["manager"])
        entry = handover.give(self.session, manager, given.id, rep, colleague.id, at=self.now)
        for person_id in (manager.id, colleague.id, rep):
            crawler.see(person_id, f"/handovers/{entry.id}")
        crawler.see(self.people["customer"], "/introduction")

    def _merging(self, crawler: Crawler, customer: Customer) -> None:
        """See two customers side by side that are perhaps one, and what is told when they were."""
        other = self._one(Customer, self._hers(), Customer.id != customer.id)
        crawler.see(self.people["manager"], f"/customers/{customer.id}/merge/{other.id}")
        crawler.see(self.people["rep"], f"/customers/{customer.id}/merged")

    def _drafts(self, crawler: Crawler, rep: int) -> None:
        """See what was begun and left, and leave nothing of it on other pages."""
        left = {"person_id": rep, "current": False, "revision": 1, "answers": {}, "memo": {"typed": True}}
        begun = {"started_at": self.now, "touched_at": self.now}
        drafts = [Conversation(flow=flow, **begun, **left) for flow in ("visit", "plan")]
        self.session.add_all(drafts)
        self.session.flush()
        crawler.see(rep, "/drafts")
        for draft in drafts:
            self.session.delete(draft)
        self.session.flush()

    def _away(self, crawler: Crawler) -> None:
        """See an absence on its whole way, as who is away, who stands in and who leads them see it."""
        rep, manager, session = self.people["rep"], self.people["manager"], self.session
        who, today = self._person(rep), self.now.date()
        deputy = self._one(Person, Person.role == Role.REP, Person.id != rep, Person.withdrawn_at.is_(None))
        deputy.telegram_id = 424243  # only who is on Telegram stands in
        letter = self._one(Letter, Letter.author_id == self.people["customer"])
        for begins in (1, 0):
            days = {"first": today + timedelta(begins), "last": today + timedelta(7)}
            absence = absences.plan(session, who, rep, **days, deputy_id=deputy.id, at=self.now)
            for person in (rep, deputy.id, manager):
                crawler.see(person, f"/away/{absence.id}")
            crawler.see(rep, "/away")
            crawler.see(manager, f"/people/{rep}/away")
        crawler.see(rep, f"/away/{absence.id}/meanwhile")
        for address in ("/today", f"/letters/{letter.id}", f"/customers/{letter.customer_id}"):
            crawler.see(deputy.id, address)
        for address in ("/contact", f"/letters/{letter.id}"):
            crawler.see(self.people["customer"], address)
        crawler.see(manager, f"/customers/{letter.customer_id}")
        session.expire_all()
        absences.end(session, who, absence.id, at=self.now)
        crawler.see(rep, f"/away/{absence.id}/meanwhile")
        crawler.see(deputy.id, f"/away/{absence.id}")

    def _tables(self, crawler: Crawler, manager: int) -> None:
        """See a table on its whole way: being read, shown, taken over, taken back; and those that were not taken."""
        session, now, about = self.session, self.now, {"name": "客户.xlsx", "file_id": "f"}
        number = sheets.receive(session, self._person(manager), kind=SheetKind.CUSTOMERS, **about, at=now).id
        rows = [["客户名称", "等级", "区域", "备注"], ["新泰机械", "A", "华东", ""], ["南山矿业", "D", "华南", ""]]
        rows = [*rows, [self._one(Customer).name, "A", "华东", ""], ["新泰机械", "B", "华东", ""]]

        def decided(verb: Callable[..., object]) -> None:
            session.expire_all()  # what was only looked at has been undone behind the session's back
            version = session.get_one(Sheet, number).version
            verb(session, self._person(manager), number, version=version, at=now)

        taking_over.start(session, number, digest="1", first=list(enumerate(rows, 1)), at=now)
        taking_over.take_in(session, number, list(enumerate(rows[1:], 2)), at=now)
        taking_over.ready(session, number, at=now)
        crawler.see(manager, f"/imports/{number}")
        decided(sheets.confirm)
        taking_over.apply_some(session, number, at=now)
        crawler.see(manager, f"/imports/{number}")
        decided(sheets.undo)
        taking_over.undo_some(session, number, at=now)
        crawler.see(manager, f"/imports/{number}")
        for why in ({"what": "missing_columns", "columns": ["customer", "amount"]}, {"what": "macros"}):
            other = sheets.receive(session, self._person(manager), kind=SheetKind.ORDERS, **about, at=now).id
            taking_over.refuse(session, other, why, at=now)
            crawler.see(manager, f"/imports/{other}")
        crawler.see(manager, "/imports/blank/customers")

    def _at_the_door(self, crawler: Crawler) -> None:
        """See what a stranger is told, with an invitation and without."""
        for how, event in (
            ("/start", Command("start", "", 1)),
            ("a word", Message(1, "你好")),
            ("an invitation that is none", Command("start", f"{PREFIX}none", 1)),
            ("a customer's invitation", Command("start", PREFIX + self._invitation(Role.CUSTOMER), 1)),
            ("a colleague's invitation", Command("start", PREFIX + self._invitation(Role.REP), 1)),
        ):
            screens = self._told(event)
            crawler.record("a stranger", how, Role.CUSTOMER, screens)
            for button in [button for row in next(iter(screens.values())).keyboard for button in row]:
                crawler.record(
                    "a stranger", f"{how} · {button.text}", Role.CUSTOMER, self._told(Tap(button.data or "", 1))
                )

    def _told(self, event: Event) -> dict[str, Rendered]:
        """Return what the stranger is told in each language; nothing of it happened."""
        told: dict[str, Rendered] = {}
        for language in self.house.languages:
            who = stranger.Stranger(424242, "刘洋", _CODES[language])
            with self.session.begin_nested() as savepoint:
                screen = stranger.answer(self.house, self.session, who, event, now=self.now)
                savepoint.rollback()
            if screen is not None:
                told[language] = screen
        return told

    def _invitation(self, role: Role) -> str:
        contact = self._one(Contact, self._seen()) if role is Role.CUSTOMER else None
        _invite, token = joining.invite(
            self.session, self._person(self.people["manager"]), role=role, contact=contact, at=self.now
        )
        return token

    def _person(self, person_id: int) -> Person:
        return self.session.get_one(Person, person_id)

    def _hers(self) -> ColumnElement[bool]:
        """The customers the manager may see."""
        return Customer.id.in_(customers.ids_visible_to(self._person(self.people["manager"])))

    def _seen(self) -> ColumnElement[bool]:
        """The people at customers the manager may see."""
        return Contact.customer_id.in_(customers.ids_visible_to(self._person(self.people["manager"])))

    def _one(self, model: type[Row], *where: ColumnElement[bool]) -> Row:
        """Return the last row of the kind."""
        return self.session.scalars(select(model).where(*where).order_by(model.id.desc()).limit(1)).one()


@contextmanager
def stage(*, now: datetime = NOW) -> Iterator[Set]:
    """Set the stage for a while."""
    config = Config()
    engine = dialects.prepare(create_engine("sqlite://"))
    Base.metadata.create_all(engine)
    with Session(engine, info={"rules": rules_of(config, bot_username=BOT)}) as session:
        seed.fill(session, now=now)
        for announce in (reminders.announce_due, asking.announce_due):
            announce(session, now=now)
        session.flush()
        ids = {who: person.id for who, person in seed.people(session).items()}
        yield Set(house_of(config, bot_username=BOT), session, now, ids)
    engine.dispose()
