"""The book: every flow, page and act there is, found by name, command or address."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from models.person import Permission, Person

if TYPE_CHECKING:
    from dialog.events import Edit, Message
    from dialog.flow import Enter, Flow
    from dialog.page import Route
    from dialog.screen import Screen
    from dialog.talk import Talk
    from dialog.words import Label

    Otherwise = Callable[[Talk, Message], Screen | Enter]
    Edited = Callable[[Talk, Edit], Screen | None]


class Book:
    """What the handlers' modules define, put in order once at the start."""

    def __init__(
        self, flows: Iterable[Flow], routes: Iterable[Route[Any]], *, otherwise: Otherwise, edited: Edited | None = None
    ) -> None:
        self.flows = {flow.name: flow for flow in flows}
        self.routes = list(routes)
        self.otherwise = otherwise
        self.edited = edited
        things: list[Flow | Route[Any]] = [*self.flows.values(), *self.routes]
        self._commands = {thing.command: thing for thing in things if thing.command}
        self._by_head: dict[str, list[Route[Any]]] = {}
        for route in self.routes:
            self._by_head.setdefault(_head(route.pattern), []).append(route)

    @classmethod
    def of(cls, modules: Iterable[ModuleType], *, otherwise: Otherwise, edited: Edited | None = None) -> Book:
        """Return the book of all flows and routes that the modules define.

        ``otherwise`` hears messages outside of conversations, ``edited`` corrections of messages whose conversation
        is over.
        """
        from dialog.flow import Flow
        from dialog.page import Route

        things = [thing for module in modules for thing in vars(module).values()]
        flows = [thing for thing in things if isinstance(thing, Flow)]
        routes = list({id(thing): thing for thing in things if isinstance(thing, Route)}.values())
        return cls(flows, routes, otherwise=otherwise, edited=edited)

    def command(self, name: str) -> Flow | Route[Any] | None:
        """Return what a command opens."""
        return self._commands.get(name)

    def commands_for(self, person: Person) -> list[tuple[str, Label]]:
        """Return the commands this person may use, with the sentences that describe them."""
        return [
            (name, found.title)
            for name, found in sorted(self._commands.items())
            if found.title and person.may(found.needs)
        ]

    def commands_with(self, permissions: Iterable[Permission]) -> list[tuple[str, Any]]:
        """Return the commands open to these permissions, with their titles."""
        held = frozenset(permissions)
        return [(name, found.title) for name, found in self._commands.items() if found.title and found.needs in held]

    def find(self, address: str) -> tuple[Route[Any], dict[str, Any]] | None:
        """Return the route at an address and its parameters."""
        for route in self._by_head.get(_head(address), ()):
            given = route.read(address)
            if given is not None:
                return route, given
        return None


def _head(address: str) -> str:
    return address.partition("?")[0].split("/")[1]
