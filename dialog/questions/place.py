"""What only the phone can give: where it is, and a contact card."""

from __future__ import annotations

from dialog.events import Card, Event, Message, Spot
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


class ShareContact(Question[Card]):
    """A contact card."""

    rejection = _("Please share a contact: tap the key below, or the paper clip and then Contact.")

    def ask(self, here: Here) -> Screen:
        """Return the screen with the phone's own key for sharing a contact."""
        screen = super().ask(here)
        screen.share = Share.CONTACT
        return screen

    def hear(self, here: Here, event: Event) -> Heard[Card]:  # noqa: ARG002 - a card needs no language
        """Return the card shared."""
        if isinstance(event, Message) and event.card is not None:
            return Answer(event.card)
        return Refusal(self.rejection)

    def freeze(self, value: Card) -> Frozen:
        """Return its fields."""
        return [value.name, value.phone, value.telegram_id]

    def thaw(self, talk: Talk, frozen: Frozen) -> Card:  # noqa: ARG002 - the interface
        """Return the card."""
        return Card(*frozen)

    def show(self, talk: Talk, value: Card) -> str:  # noqa: ARG002 - names are the same everywhere
        """Return name and number."""
        return f"{value.name} {value.phone}".strip()
