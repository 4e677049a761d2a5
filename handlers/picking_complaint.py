"""Picking one of the complaints this person may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from crm import complaints
from dialog.question import Here
from dialog.questions import Pick
from dialog.talk import Talk
from models.complaint import Complaint, Stage
from models.person import Permission

OPEN = tuple(stage for stage in Stage if stage is not Stage.FED_BACK)


class Complaints:
    """The complaints at some stages; late ones come first."""

    def __init__(self, stages: Collection[Stage]) -> None:
        self.stages = stages

    def choices(self, talk: Talk, words: str, limit: int, offset: int) -> Sequence[Complaint]:
        """Return those whose number, words or customer match."""
        return complaints.listed(
            talk.session, talk.person, now=talk.now, stages=self.stages, words=words, limit=limit, offset=offset
        )

    def find(self, talk: Talk, id_: int) -> Complaint:
        """Return one by its id, at whatever stage it is by now. Raises NotFound."""
        return complaints.find(talk.session, talk.person, id_)

    def title(self, talk: Talk, row: Complaint) -> str:
        """Return its number, and whose it is or what it says."""
        staff = talk.may(Permission.SEE_COMPLAINTS)
        return f"{row.number} · {row.customer.name if staff else row.words}".rstrip(" ·")


class PickComplaint(Pick[Complaint]):
    """Which complaint; a button on its card has usually said so."""

    def __init__(self, name: str, stages: Collection[Stage] = OPEN) -> None:
        super().__init__(name, Complaints(stages))

    def template(self, here: Here) -> str:  # noqa: ARG002 - the same words in every conversation
        """Return the template."""
        return "complaint/which"
