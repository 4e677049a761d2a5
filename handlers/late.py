"""A late part of an album: it goes where the parts before it are, with its words."""

from __future__ import annotations

from crm import attachments, complaints, contracts, corrections, filing, letters, moves, touches, visits
from dialog.events import Message
from dialog.talk import Talk
from dialog.words import clean
from handlers import files, gathered
from models.attachment import Attachment
from models.base import Base
from models.complaint import Complaint, Stage


def joined(talk: Talk, message: Message) -> Attachment | None:
    """Put a late part of an album where its earlier parts are; return one of these, or None if there is none."""
    earlier = attachments.of_album(talk.session, talk.person, message.album)
    if message.file is None or earlier is None:
        return None
    attachments.late(talk.session, talk.person, *files.kept([message.file]))
    words = clean(message.text)
    record = _with_words(talk, earlier, words)
    if record is not None and words and not message.forwarded_from:
        corrections.remember(talk.session, talk.person, record, [message.message_id], said=words)
    talk.session.expire_all()
    return earlier


def _with_words(talk: Talk, earlier: Attachment, words: str) -> Base | None:
    """Return the record these words have joined. A letter that has grown is shown again to whom it is for."""
    known = talk.session, talk.person
    if earlier.letter_id is not None:
        return letters.add(*known, earlier.letter_id, words=words, at=talk.now)
    if not words:
        return None
    if earlier.visit_id is not None:
        return visits.add(*known, earlier.visit_id, words=words, at=talk.now)
    if earlier.touch_id is not None:
        return touches.add(*known, earlier.touch_id, words=words, at=talk.now)
    if earlier.contract_id is not None:
        contracts.add_note(*known, earlier.contract_id, words=words, at=talk.now)
    if earlier.complaint_id is not None:
        return _said_of(talk, complaints.find(*known, earlier.complaint_id), words)
    return None


def _said_of(talk: Talk, complaint: Complaint, words: str) -> Base:
    """Return the complaint, or what was said of it afterwards, that these words have joined."""
    known = talk.session, talk.person
    if complaint.open and complaint.reporter_id == talk.person.id:
        return filing.add(*known, complaint.id, words=words, at=talk.now).moves[-1]
    if complaint.stage is Stage.RECEIVED and complaint.filed_by_id == talk.person.id:
        return filing.correct_words(*known, complaint.id, words=gathered.together(complaint.words, words), at=talk.now)
    moves.remember(*known, complaint, complaint.stage, words, talk.now)
    return complaint.moves[-1]
