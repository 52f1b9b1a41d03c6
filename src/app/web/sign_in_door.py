"""What stays the same between tries of a password, whether to sign in or to change it.

Both are held to the same limits, and take their turns with each other.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field
from datetime import timedelta

from app.web.sign_in_limits import SignInLimits
from app.web.site import SiteNow
from app.web.wording import counted

AT_ONCE = 2
"""Passwords that are checked at a time: each takes 64 MiB, and a processor of its own."""


@dataclass(frozen=True, slots=True)
class Door:
    """One for a process."""

    site: SiteNow
    limits: SignInLimits
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


def seconds_of(wait: timedelta) -> str:
    """Whole seconds, for `Retry-After`."""
    return str(math.ceil(wait.total_seconds()))


def told_to_wait(wait: timedelta) -> str:
    """What is said to who tried too often."""
    seconds = math.ceil(wait.total_seconds())
    told = (
        counted(seconds, "second") if seconds < 90 else counted(math.ceil(seconds / 60), "minute")
    )
    return f"Too many tries. Wait {told}, then try again."


def door_of(site: SiteNow) -> Door:
    """A door that nobody tried yet."""
    return Door(site, SignInLimits(lambda: site().clock().timestamp()))
