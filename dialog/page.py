"""Pages and acts: everything that is not a conversation, at an address as on the web.

A page is a function from facts to a screen. An act does one thing and returns the screen that shows it done.
A button's data is the address itself, so it needs no memory and works a month later, on that day's facts.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any, Concatenate, Generic, ParamSpec, get_type_hints
from urllib.parse import parse_qsl, quote, urlencode

from dialog.screen import Screen
from dialog.talk import Talk
from dialog.words import Label
from models.person import Permission
from models.problem import NotFound

P = ParamSpec("P")


class Route(Generic[P]):
    """A function with an address; calling it gives the screen, which then knows its address."""

    acts = False

    def __init__(
        self,
        function: Callable[Concatenate[Talk, P], Screen],
        pattern: str,
        needs: Permission,
        command: str | None,
        title: Label | None,
    ) -> None:
        self.function = function
        self.pattern = pattern
        self.needs = needs
        self.command = command
        self.title = title
        self.__doc__ = function.__doc__
        hints = get_type_hints(function)
        parameters = list(inspect.signature(function).parameters.values())[1:]
        self._types = {parameter.name: hints[parameter.name] for parameter in parameters}
        self._names = list(self._types)
        self._needed = {parameter.name for parameter in parameters if parameter.default is parameter.empty}
        self._shape = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/?]+)", pattern))

    def __call__(self, talk: Talk, *args: P.args, **kwargs: P.kwargs) -> Screen:
        """Return the screen."""
        screen = self.function(talk, *args, **kwargs)
        if not self.acts and screen.address is None:
            screen.address = self.address(*args, **kwargs)
        return screen

    def address(self, *args: object, **query: object) -> str:
        """Return the address for these parameters; those not in the path follow as a query."""
        given = dict(zip(self._names, args, strict=False)) | query
        path = re.sub(r"\{(\w+)\}", lambda match: quote(_text(given.pop(match[1])), safe=""), self.pattern)
        return encode(path, given)

    def read(self, address: str) -> dict[str, Any] | None:
        """Return the parameters an address gives, or None when it is not this route's or does not fit."""
        path, query = split(address)
        match = self._shape.fullmatch(path)
        if match is None:
            return None
        given = query | match.groupdict()
        if not self._needed <= given.keys():
            return None
        try:
            return {name: _value(self._types[name], given[name]) for name in self._names if name in given}
        except (KeyError, ValueError, OverflowError):
            return None


class ActRoute(Route[P]):
    """A route that changes something: never re-shown, never linked to."""

    acts = True


def page(
    pattern: str, *, needs: Permission = Permission.TALK, command: str | None = None, title: Label | None = None
) -> Callable[[Callable[Concatenate[Talk, P], Screen]], Route[P]]:
    """Make a page of a function; ``command`` also opens it by typing, ``title`` describes the command."""
    return lambda function: Route(function, pattern, needs, command, title)


def act(
    pattern: str, *, needs: Permission = Permission.TALK, command: str | None = None, title: Label | None = None
) -> Callable[[Callable[Concatenate[Talk, P], Screen]], ActRoute[P]]:
    """Make an act of a function; ``command`` does it by typing, ``title`` describes the command."""
    return lambda function: ActRoute(function, pattern, needs, command, title)


def encode(path: str, query: Mapping[str, object]) -> str:
    """Return path and query as one address; values that are None are left out."""
    told = {name: _text(value) for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(told)}" if told else path


def split(address: str) -> tuple[str, dict[str, str]]:
    """Return an address's path and its query. Raises NotFound for a query with more fields than any of ours has."""
    path, _mark, query = address.partition("?")
    try:
        return path, dict(parse_qsl(query, max_num_fields=8)) if query else {}
    except ValueError:
        raise NotFound from None


def _text(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return value.isoformat()
    return str(getattr(value, "id", value))


def _value(kind: Any, text: str) -> Any:
    kinds = [choice for choice in getattr(kind, "__args__", ()) if choice is not type(None)]
    if kinds:
        return _value(kinds[0], text)
    if kind is bool:
        return text == "True"
    if kind is int:
        number = int(text)
        if abs(number) >= 2**31:
            raise ValueError("no id is that large")
        return number
    if kind is date:
        return date.fromisoformat(text)
    return kind(text)
