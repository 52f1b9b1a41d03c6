"""What a page says was done: fixed sentences, so that no address can put words into our mouth."""

from __future__ import annotations

from collections.abc import Mapping

DONE: Mapping[str, str] = {
    "acknowledged": "Acknowledged: it stays quiet until it worsens.",
    "snoozed": "Snoozed: it stays quiet until then, unless it worsens.",
    "dismissed": "Dismissed, with your reason: it stays quiet until it worsens.",
    "overridden": "Your word stands: alerts follow it from the next scan on.",
    "override-cleared": "Taken back: alerts follow the computed band again.",
    "refreshed": "Refreshed: the scores are those of a moment ago.",
    "asked": "Asked for: it is being done, and will stand here in a moment.",
    "asked-done": "It is done, and stands below.",
    "logged": "Written down: it counts as a contact from the next scan on.",
    "noted": "Noted, for your own people.",
    "maturity-set": "Kept: your word stands before any import.",
    "outcome-told": "Kept in the communication history.",
    "released": "Released: it is tried again now, and looked for before it is made.",
    "reading": "It is being read, and everything is scored by it: this page tells how far it is.",
    "replayed": "Replayed: its group is given the event again.",
    "dropped": "Dropped, with your reason.",
    "draft-edited": "Your words stand now, here and where the draft waits.",
    "draft-same": "It stays as it is: nothing was changed.",
    "draft-sent": "Marked as sent, and kept in the history. The next draft is this one.",
    "draft-sent-last": "Marked as sent, and kept in the history. No other draft waits.",
    "draft-dropped": "Dropped, with your reason. The next draft is this one.",
    "draft-dropped-last": "Dropped, with your reason. No other draft waits.",
    "password-set": "Your new password stands. Wherever else you were signed in, you are no more.",
    "session-ended": "That session is over: its browser has to sign in again.",
    "others-ended": "No other session of yours is open any more.",
    "signed-out": "You are signed out.",
}
"""By the code that stands in the address as `done`."""


def said(code: str) -> str:
    """The sentence of a code; empty for one that we never gave."""
    return DONE.get(code, "")
