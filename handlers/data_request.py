"""A person's own data: what she asks to have done with it, and how the leaders answer."""

from __future__ import annotations

from crm import data_requests
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.questions import Choice, Pick, Words
from dialog.screen import Act, Button, Door, Go, Link, Screen
from dialog.talk import Talk
from dialog.words import _, brief
from handlers import gathered
from handlers.menu import to_home
from handlers.paging import leaf, turning
from handlers.picking import ByDoor
from handlers.whole import to_whole, whole
from models.data_request import DataRequest, DataWish, RequestState
from models.person import Permission

MOST = 4096
SHOWN = 800
"""Characters of her words on the card."""


@flow("data_request", _("My data"), needs=Permission.REPORT_PROBLEMS, keeps=True, keeps_files=False)
def ask_about_data(talk: Talk) -> Script:
    """What is to be done with her data. Only a correction needs words."""
    wish = yield from Choice("wish", DataWish, across=1)
    said = (yield from Words("words", most=MOST)) if wish is DataWish.CORRECT or "words" in talk.answers else None
    words = gathered.words(talk, said, cards=True)
    request = data_requests.file(talk.session, talk.person, wish=wish, words=words, at=talk.now)
    gathered.remember(talk, request, "words", said.text if said else "")
    screen = request_page(talk, request.id)
    screen.facts["files_left"] = bool(gathered.sent(talk, said))
    return screen


@page("/requests/{request_id}")
def request_page(talk: Talk, request_id: int) -> Screen:
    """One request: for who asked how it stands, for a leader what is to be done until when."""
    request = data_requests.find(talk.session, talk.person, request_id)
    leads = talk.may(Permission.MANAGE_PEOPLE)
    is_open = request.state is RequestState.OPEN
    settling: list[Button | None] = [
        Act(_("✅ Done"), done, request.id, version=request.version),
        Door(_("🚫 Refuse, with a reason"), refuse, request=request),
    ]
    return Screen(
        "data_request/card",
        request=request,
        leads=leads,
        late=request.late(talk.now),
        files_left=False,
        righted=False,
        shown=SHOWN,
        rows=[
            settling if leads and is_open else [],
            [to_whole(data_requests.address(request), (request.words, SHOWN))],
            [Go(_("❗ What needs me"), "/attention") if leads else Go(_("🔒 Privacy"), "/privacy"), to_home()],
        ],
    )


@page("/requests", needs=Permission.MANAGE_PEOPLE)
def request_list(talk: Talk, page: int = 0) -> Screen:
    """The requests nobody has settled, what falls due first."""
    who = (talk.session, talk.person)
    found, more = leaf(page, lambda limit, offset: data_requests.waiting(*who, limit=limit, offset=offset))
    return Screen(
        "data_request/list",
        requests=found,
        rows=[
            *([Link(_title(talk, one), request_page, one.id)] for one in found),
            turning(request_list, page=page, more=more),
            [Go(_("❗ What needs me"), "/attention"), to_home()],
        ],
    )


@page("/requests/{request_id}/text")
def request_text(talk: Talk, request_id: int, page: int = 0) -> Screen:
    """All she wrote."""
    request = data_requests.find(talk.session, talk.person, request_id)
    back = Link(_("‹ {number}", number=request.number), request_page, request.id)
    return whole(request_text, request.id, request.words, back=back, page=page)


@act("/requests/{request_id}/done", needs=Permission.MANAGE_PEOPLE)
def done(talk: Talk, request_id: int, version: int) -> Screen:
    """It was done as asked."""
    data_requests.settle(talk.session, talk.person, request_id, state=RequestState.DONE, version=version, at=talk.now)
    return request_page(talk, request_id)


@flow("refuse_request", _("Refuse a request"), needs=Permission.MANAGE_PEOPLE)
def refuse(talk: Talk) -> Script:
    """Why it is not done, in the words she will read."""
    request = yield from Pick("request", ByDoor(data_requests.find))
    if request.state is RequestState.OPEN:
        said = yield from Words("why", most=1000)
        data_requests.settle(
            talk.session,
            talk.person,
            request.id,
            state=RequestState.REFUSED,
            version=request.version,
            answer=said.text,
            at=talk.now,
        )
    return request_page(talk, request.id)


def _title(talk: Talk, request: DataRequest) -> str:
    mark = "⏰ " if request.late(talk.now) else ""
    return brief(f"{mark}{request.number} · {talk.words.name(request.wish)} · {request.person.name}", 40)
