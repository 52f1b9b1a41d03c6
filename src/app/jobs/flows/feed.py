"""A feed brought up to date as a durable flow: by its name, out of those that there are.

It runs before each scheduled scan, which goes on whatever becomes of it: what is broken is written
on the feed and freezes its accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel, ConfigDict, JsonValue

from app.domain.flow import Argument
from app.errors import InvalidInput
from app.ports.engine import Steps


class FeedArgument(BaseModel):
    """What a feed flow is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    feed: str
    account_id: str | None = None
    """The one account that is asked for; a feed that cannot bring one alone brings what it has."""


class FeedBody(Protocol):
    """Brings one feed up to date, in steps that bear being run again."""

    async def __call__(self, steps: Steps, account_id: str | None) -> JsonValue:
        """Read what is new, of one account or of all; the result is figures."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFlow:
    """The flow's body with the feeds that there are, by name."""

    feeds: Mapping[str, FeedBody]
    asked_for: tuple[str, ...] = ()
    """Those brought up to date before a scan that somebody asks for."""

    async def __call__(self, steps: Steps, argument: Argument) -> JsonValue:
        """Bring the feed up to date. Raises InvalidInput: there is none of this name."""
        given = FeedArgument.model_validate(argument)
        body = self.feeds.get(given.feed)
        if body is None:
            known = ", ".join(repr(name) for name in sorted(self.feeds))
            msg = f"there is no feed {given.feed!r} to bring up to date; there are {known}"
            raise InvalidInput(msg)
        return await body(steps, given.account_id)
