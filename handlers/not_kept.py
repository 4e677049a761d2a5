"""What was sent along and could not be kept: word for who sent it, which file, why, and what would be right."""

from __future__ import annotations

from crm import attachments, complaints, contracts, letters, visits
from dialog.page import page
from dialog.screen import Go, Screen
from dialog.talk import Talk
from dialog.words import _, brief
from handlers.menu import to_home
from models.attachment import Attachment
from models.person import Role
from models.problem import NotFound


@page("/files/{attachment_id}")
def not_kept(talk: Talk, attachment_id: int) -> Screen:
    """What I sent along with one record and was not kept; the record is a tap away."""
    refused = attachments.not_kept(talk.session, talk.person, attachment_id)
    record, address = _record(talk, refused[0])
    return Screen(
        "files/not_kept_of",
        record=record,
        refused=refused,
        ours=talk.person.role is not Role.CUSTOMER,
        rows=[[Go(_("📄 Open it"), address), to_home()]],
    )


def _record(talk: Talk, kept: Attachment) -> tuple[str, str]:
    """Return what a file was sent along with, and its page. Raises NotFound when it is not the person's to see."""
    see = talk.session, talk.person
    if kept.visit_id is not None:
        visit = visits.find(*see, kept.visit_id)
        return f"{visit.number} · {brief(visit.customer.name, 40)}", f"/visits/{visit.id}"
    if kept.complaint_id is not None:
        complaint = complaints.find(*see, kept.complaint_id)
        return complaint.number, complaints.address(complaint)
    if kept.contract_id is not None:
        contract = contracts.find(*see, kept.contract_id)
        return brief(contract.title, 40), contracts.address(contract)
    if kept.letter_id is not None:
        letter = letters.find(*see, kept.letter_id)
        return talk.say(_("the message")), letters.address(letter)
    raise NotFound(what="file")
