"""Problems: what a person may not do, or not now. They carry facts; the words are a template."""

from __future__ import annotations

import re
from typing import Any


class Problem(Exception):
    """Something refused for a reason the person can understand.

    Its words stand in ``templates/problems/<class_name>.html``, rendered with the facts given here. Where the try
    itself is to be remembered, ``audited`` names the fact that was acted on.
    """

    audited = ""

    def __init__(self, **facts: Any) -> None:
        super().__init__(type(self).__name__)
        self.facts = facts

    @property
    def template(self) -> str:
        """The name of the template that words this problem."""
        return "problems/" + re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()


class NotFound(Problem):
    """There is no such thing, or it is not this person's to see: the answer is the same."""


class NotAllowed(Problem):
    """The person's role does not hold the permission."""


class NotTheirLeader(NotAllowed):
    """It concerns people whom the person does not lead: their own manager decides, or an administrator."""


class AlreadyDone(Problem):
    """Somebody, perhaps the same finger a moment ago, has done it already."""
