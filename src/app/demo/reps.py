"""The vendor's own people: who answers for which accounts."""

from __future__ import annotations

from datetime import time

from app.demo.names import address
from app.demo.product import VENDOR_DOMAIN
from app.domain.account import Rep

_REPS = (
    ("ines", "Ines Halvorsen", "Europe/Oslo"),
    ("marcus", "Marcus Abiodun-Cole", "America/New_York"),
    ("priya", "Priya Venkatraman", "Asia/Singapore"),
    ("tomas", "Tomas Brandweiner", "Europe/Vienna"),
    ("dana", "Dana Whitlocke", "Europe/London"),
)

DEFAULT_OWNER = "dana"
"""Whose turn it is where an account has no owner."""


def rep_email(key: str) -> str:
    """The e-mail address of the rep with this short name."""
    name = next(name for short, name, _ in _REPS if short == key)
    return address(name, VENDOR_DOMAIN)


def reps() -> tuple[Rep, ...]:
    """All of them, in their own zones, quiet from seven in the evening until eight."""
    return tuple(
        Rep(
            email=rep_email(key),
            name=name,
            chat_address=f"users/{rep_email(key)}",
            zone=zone,
            quiet_from=time(19, 0),
            quiet_until=time(8, 0),
        )
        for key, name, zone in _REPS
    )
