"""What a page says was done: fixed sentences, so that no address can put words into our mouth."""

from __future__ import annotations

from collections.abc import Mapping

DONE: Mapping[str, str] = {
    "acknowledged": "Acknowledged: it stays quiet until it worsens.",
    "snoozed": "Snoozed: it stays quiet until then, unless it worsens.",
    "dismissed": "Dismissed, with your reason: it stays quiet until it worsens.",
    "logged": "Written down: it counts as a contact from the next scan on.",
    "noted": "Noted, for your own people.",
    "maturity-set": "Kept: your word stands before any import.",
    "outcome-told": "Kept in the communication history.",
    "signed-out": "You are signed out.",
}
"""By the code that stands in the address as `done`."""


def said(code: str) -> str:
    """The sentence of a code; empty for one that we never gave."""
    return DONE.get(code, "")
