"""/privacy and /stop: what is kept about a person, for what and how long, and how to say no."""

from __future__ import annotations

from crm import consent
from dialog.page import act, page
from dialog.screen import Act, Button, Go, Screen
from dialog.talk import Talk
from dialog.words import _
from handlers.menu import to_home
from models.person import Permission, Role


@page("/privacy", command="privacy", title=_("Privacy"))
def privacy_page(talk: Talk) -> Screen:
    """The whole notice, where this person stands with it, and what she may do about it."""
    if talk.person.role is not Role.CUSTOMER:
        return Screen("privacy/staff", rows=[[to_home()]])
    return Screen(
        "privacy/notice",
        rows=[
            [None if talk.person.agreed_at else Act(_("✅ I agree"), agree)],
            [_asking(talk)],
            [Go(_("📄 See, correct or delete my data"), "/do/data_request")],
            [to_home()],
        ],
    )


@act("/privacy/agree", needs=Permission.ANSWER_SURVEYS)
def agree(talk: Talk) -> Screen:
    """Agree to the notice, for those who were in before they were asked."""
    consent.agree(talk.session, talk.person, at=talk.now)
    return privacy_page(talk)


@act("/privacy/stop", needs=Permission.ANSWER_SURVEYS, command="stop", title=_("No more questionnaires"))
def stop(talk: Talk) -> Screen:
    """Ask nothing more of her, at once; her own complaints go on."""
    consent.stop(talk.session, talk.person, at=talk.now)
    return Screen("privacy/stopped", rows=[[_asking(talk)], [to_home()]])


@act("/privacy/resume", needs=Permission.ANSWER_SURVEYS)
def resume(talk: Talk) -> Screen:
    """Take the stop back."""
    consent.resume(talk.session, talk.person, at=talk.now)
    return Screen("privacy/resumed", rows=[[_asking(talk)], [to_home()]])


def _asking(talk: Talk) -> Button:
    if talk.person.stopped_at is None:
        return Act(_("🔕 No more questionnaires"), stop)
    return Act(_("🔔 Ask me again"), resume)
