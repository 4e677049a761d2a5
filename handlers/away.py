"""/away: from when until when somebody is away and who stands in; and what happened meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from crm import absences, duty, people
from crm.absences import Happened
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.question import Answer, Frozen, Gone, Heard, Here, Refusal, or_as_it_stands
from dialog.questions import Pick, PickDay, Review
from dialog.screen import Act, Button, Door, Go, Key, Link, Rows, Screen, grid
from dialog.talk import Talk
from dialog.words import Label, _, brief
from handlers.menu import to_home
from handlers.paging import leaf, turning
from handlers.picking import people_called
from models.absence import Absence, fit
from models.customer import Customer
from models.person import Permission, Person
from models.problem import NotFound

LASTING = ((1, _("1 day")), (3, _("3 days")), (5, _("5 days")), (7, _("1 week")), (14, _("2 weeks")))


@page("/away", needs=Permission.LOG_VISITS, command="away", title=_("Away"))
def away_page(talk: Talk) -> Screen:
    """My absence that lasts or comes, and for whom I stand in."""
    return _absence_of(talk, talk.person)


@page("/people/{person_id}/away", needs=Permission.MANAGE_PEOPLE)
def away_of(talk: Talk, person_id: int) -> Screen:
    """The same for somebody in the leader's team."""
    return _absence_of(talk, absences.whose(talk.session, talk.person, person_id))


def for_whom(talk: Talk, customer: Customer, rep: Person, *, most: int) -> str:
    """Return the customer's name, with the colleague's whose work it is when it is not the person's own."""
    name = brief(customer.name, most)
    return name if rep.id == talk.person.id else talk.say(_("{name} (for {rep})", name=name, rep=brief(rep.name, 12)))


def _absence_of(talk: Talk, person: Person) -> Screen:
    absence = absences.of(talk.session, person)
    covers = absences.standing_in(talk.session, person)
    return Screen(
        "away/page",
        shown=person,
        absence=absence,
        now_with=duty.on_duty(talk.session, person),
        covers=covers,
        rows=[
            *(_changing(absence) if absence else [[Door(_("🌴 Enter an absence"), away, who=person)]]),
            *[[Link(_("🤝 For {name}", name=brief(one.person.name, 30)), absence_page, one.id)] for one in covers],
            [to_home()],
        ],
    )


def _changing(absence: Absence) -> Rows:
    ending = _("🔙 Back early") if absence.lasts else _("✕ Cancel it")
    return [[Act(ending, end_absence, absence.id), Door(_("✏️ Change"), away, who=absence.person)]]


@page("/away/{absence_id}", needs=Permission.SEE_CUSTOMERS)
def absence_page(talk: Talk, absence_id: int) -> Screen:
    """One absence as it stands: for the deputy with what there is to take over."""
    absence = absences.find(talk.session, talk.person, absence_id)
    covering = absence.deputy_id == talk.person.id and absence.open
    work: list[Button] = [Go(_("📅 Today"), "/today"), Go(_("🔍 Find a customer"), "/customers")]
    return Screen(
        "away/absence",
        absence=absence,
        covering=covering,
        own=absence.person_id == talk.person.id,
        estate=absences.to_take_over(talk.session, talk.person, absence) if covering else None,
        rows=[work if covering else [], [to_home()]],
    )


@act("/away/{absence_id}/end", needs=Permission.LOG_VISITS)
def end_absence(talk: Talk, absence_id: int) -> Screen:
    """Back early, or not away after all."""
    absence = absences.end(talk.session, talk.person, absence_id, at=talk.now)
    if absence.person_id != talk.person.id:
        return away_of(talk, absence.person_id)
    return meanwhile(talk, absence_id) if absence.began_at else away_page(talk)


@page("/away/{absence_id}/meanwhile", needs=Permission.SEE_CUSTOMERS)
def meanwhile(talk: Talk, absence_id: int, page: int = 0) -> Screen:
    """What came to my customers while I was away."""
    absence = absences.find(talk.session, talk.person, absence_id)

    def happened(limit: int, offset: int) -> list[Happened]:
        return absences.meanwhile(talk.session, talk.person, absence, now=talk.now, limit=limit, offset=offset)

    listed, more = leaf(page, happened)
    return Screen(
        "away/meanwhile",
        absence=absence,
        happened=listed,
        rows=[
            *[[Go(brief(one.customer.name, 40), f"/customers/{one.customer.id}/timeline")] for one in listed],
            turning(meanwhile, absence_id, page=page, more=more),
            [Go(_("📅 Today"), "/today"), to_home()],
        ],
    )


class Whose:
    """Those whose absence the person may set: herself and those she leads."""

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> Sequence[Person]:
        """Return those whose name holds the words."""
        everybody = people.staff(talk.session, talk.person)
        hers = [one for one in everybody if absences.may_set(talk.person, one)]
        return people_called(words, hers)[offset : offset + limit]

    def find(self, talk: Talk, id_: int) -> Person:
        """Return one by its id. Raises NotFound."""
        return absences.whose(talk.session, talk.person, id_)

    def title(self, talk: Talk, row: Person) -> str:
        """Return the name with the role."""
        return f"{row.name} · {talk.words.name(row.role)}"


class FirstDay(PickDay):
    """The first day away, today as well."""

    def rows(self, here: Here) -> Rows:
        """Return today's key above the usual ones."""
        usual = super().rows(here)
        return usual if "month" in here.note else [[Key(_("Today"), "+0")], *usual]


class LastDay(PickDay):
    """The last day away: the first one or a later one, within a year."""

    rejection = _("Please tap a day, or type the last one such as 下周五, 12月3日, next Fri or 3 Dec.")

    def __init__(self, name: str, label: Label, *, first: date) -> None:
        super().__init__(name, label, years=4)
        self.first = first

    def rows(self, here: Here) -> Rows:
        """Return how long it may last, or the calendar."""
        if "month" in here.note:
            return super().rows(here)
        lasting = [Key(label, (self.first + timedelta(days - 1)).isoformat()) for days, label in LASTING]
        return grid([*lasting, Key(_("📅 Calendar"), f"m{self.first:%Y-%m}")], 3)

    def judged(self, day: date | None, talk: Talk) -> Heard[date]:
        """Return the day as the answer, or what is wrong with it."""
        heard = super().judged(day, talk)
        if isinstance(heard, Answer) and not fit(self.first, heard.value):
            return Refusal(_("The last day is the first one or a later one, within a year."))
        return heard

    def thaw(self, talk: Talk, frozen: Frozen) -> date:
        """Return the day. Raises Gone when it does not fit the first one any more."""
        day = super().thaw(talk, frozen)
        if not fit(self.first, day):
            raise Gone
        return day


class Deputies:
    """Who can stand in for somebody in these days."""

    def __init__(self, person: Person, first: date, last: date) -> None:
        self.person, self.first, self.last = person, first, last

    def there(self, talk: Talk) -> tuple[list[Person], list[Person]]:
        """Return who can, and who is away herself then."""
        return absences.deputies(talk.session, talk.person, self.person, first=self.first, last=self.last)

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> Sequence[Person]:
        """Return those whose name holds the words."""
        return people_called(words, self.there(talk)[0])[offset : offset + limit]

    def find(self, talk: Talk, id_: int) -> Person:
        """Return one by its id. Raises NotFound for who cannot."""
        found = next((one for one in self.there(talk)[0] if one.id == id_), None)
        if found is None:
            raise NotFound(what="person")
        return found

    def title(self, talk: Talk, row: Person) -> str:
        """Return the name with the role."""
        return f"{row.name} · {talk.words.name(row.role)}"


class PickDeputy(Pick[Person]):
    """Who stands in. The screen says who is away herself then."""

    def __init__(self, name: str, label: Label, source: Deputies) -> None:
        super().__init__(name, source, label)
        self._deputies = source

    def facts(self, here: Here) -> Mapping[str, Any]:
        """Return who could, were she not away."""
        return {**super().facts(here), "absent": self._deputies.there(here.talk)[1]}


@flow("away", _("Away"), needs=Permission.LOG_VISITS)
def away(talk: Talk) -> Script:
    """From when until when, and who stands in; a leader also says for whom. What stands already is changed."""
    person = talk.person
    if talk.may(Permission.MANAGE_PEOPLE):
        person = yield from Pick("who", Whose(), _("Away is"))
    standing = absences.of(talk.session, person)
    first = standing.first_day if standing else None
    if standing is None or not standing.lasts:
        first = yield from or_as_it_stands(FirstDay("first", _("From")), first)
    first = first or talk.today
    last_one = standing.last_day if standing and fit(first, standing.last_day) else None
    last = yield from or_as_it_stands(LastDay("last", _("Until"), first=first), last_one)
    able = Deputies(person, first, last)
    before = standing.deputy if standing and standing.deputy in able.there(talk)[0] else None
    deputy = yield from or_as_it_stands(PickDeputy("deputy", _("Deputy"), able), before)
    yield from Review("save")
    absences.plan(talk.session, talk.person, person.id, first=first, last=last, deputy_id=deputy.id, at=talk.now)
    return away_page(talk) if person.id == talk.person.id else away_of(talk, person.id)
