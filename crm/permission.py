"""Permission: the check every business function that changes something makes for itself."""

from __future__ import annotations

from models.person import Permission, Person
from models.problem import NotAllowed


def require(actor: Person, permission: Permission) -> None:
    """Return quietly when the actor's role holds the permission. Raises NotAllowed otherwise."""
    if not actor.may(permission):
        raise NotAllowed(permission=permission)
