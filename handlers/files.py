"""Files: what was sent, as the business keeps it, and as it is shown again."""

from __future__ import annotations

from collections.abc import Iterable

from crm.attachments import Sent
from dialog.events import File
from models.attachment import Attachment


def kept(files: Iterable[File]) -> list[Sent]:
    """Return the files as the business keeps them."""
    return [Sent(f.kind, f.file_id, f.unique_id, f.name, f.album, f.message_id) for f in files]


def again(attachments: Iterable[Attachment]) -> list[File]:
    """Return what was kept, to be shown again."""
    return [File(kept.kind, kept.file_id, kept.unique_id, kept.name) for kept in attachments]
