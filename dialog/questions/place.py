"""What only the phone can give: where it is."""

from __future__ import annotations

from dialog.events import Event, Message, Spot
from dialog.question import Answer, Frozen, Heard, Here, Question, Refusal
from dialog.screen import Screen, Share
from dialog.talk import Talk
from dialog.words import _


class SharePlace(Question[Spot]):
    """A place, shared once by the person's own act."""

    typed = False
    rejection = _("Please share a place: tap the key below, or the paper clip and then Location.")

    def ask(self, here: Here) -> Screen:
        """Return the screen with the phone's own key for sharing a place."""
        screen = super().ask(here)
        screen.share = Share.PLACE
        return screen

    def hear(self, here: Here, event: Event) -> Heard[Spot]:  # noqa: ARG002 - a place needs no language
        """Return the place shared."""
        if isinstance(event, Message) and event.spot is not None:
            return Answer(event.spot)
        return Refusal(self.rejection)

    def freeze(self, value: Spot) -> Frozen:
        """Return it as degrees, rounded to about 100 m: no more than the question needs."""
        return [round(value.latitude, 3), round(value.longitude, 3)]

    def thaw(self, talk: Talk, frozen: Frozen) -> Spot:  # noqa: ARG002 - the interface
        """Return the place."""
        return Spot(*frozen)

    def show(self, talk: Talk, value: Spot) -> str:  # noqa: ARG002 - degrees are the same everywhere
        """Return the degrees."""
        return f"{value.latitude:.3f}, {value.longitude:.3f}"
