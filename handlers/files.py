"""Files: what was sent, as the business keeps it, and as it is shown again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crm.attachments import Sent
from dialog.events import File
from dialog.screen import Button, Screen
from models.attachment import Attachment


def kept(files: Iterable[File]) -> list[Sent]:
    """Return the files as the business keeps them."""
    return [Sent(f.kind, f.file_id, f.unique_id, f.name, f.album, f.message_id, f.size) for f in files]


def page_of(template: str, attachments: Iterable[Attachment], back: Button, **record: Any) -> Screen:
    """Return the page that shows once more what was sent along with a record."""
    return Screen(template, files=again(attachments), fresh=True, rows=[[back]], **record)


def again(attachments: Iterable[Attachment]) -> list[File]:
    """Return what may be shown again: the messenger's own, or else our copy."""
    return [
        File(kept.kind, kept.file_id, kept.unique_id, kept.name, stored_as=kept.stored_as)
        for kept in attachments
        if kept.shown_again
    ]
