"""How the audit log is put in words: what was done, by whom, and about which record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from app.domain.act import ActKind
from app.domain.actor import actor_in_words
from app.domain.audit import (
    DOCUMENT_MADE,
    DRAFT_WRITTEN,
    OPPORTUNITY_FOUND,
    TEND,
    LogLine,
    Source,
)
from app.domain.incident import Change
from app.web.paths import account_path, draft_path

_ACTS: Mapping[ActKind, str] = {
    ActKind.ACKNOWLEDGED: "acknowledged an incident",
    ActKind.SNOOZED: "snoozed an incident",
    ActKind.DISMISSED: "dismissed an incident",
    ActKind.LOGGED: "logged a contact",
    ActKind.NOTED: "wrote a note",
    ActKind.OUTCOME: "told what became of a draft",
    ActKind.EDITED: "edited a draft",
    ActKind.OVERRIDDEN: "overrode a band",
    ActKind.OVERRIDE_CLEARED: "took back a word on a band",
    ActKind.MATURITY_SET: "set a person’s technical maturity",
    ActKind.ASKED: "asked an agent",
    ActKind.SETTINGS_APPLIED: "applied settings",
    ActKind.WENT_LIVE: "began alerts",
    ActKind.IMPORTED: "imported files",
    ActKind.TICKET_ASSIGNED: "gave a ticket its account",
    ActKind.KEY_MADE: "made an API key",
    ActKind.KEY_ROTATED: "replaced an API key",
    ActKind.KEY_REVOKED: "revoked an API key",
    ActKind.REQUEST_REFUSED: "was refused at the HTTP door",
    ActKind.RELEASED: "released parked effects",
    ActKind.REPLAY_ASKED: "asked to replay an event",
    ActKind.REPLAYED: "replayed an event",
    ActKind.DROP_ASKED: "asked to drop an event",
    ActKind.DROPPED: "dropped an event",
    ActKind.EVENT_LEFT: "found nothing left to replay or drop",
    ActKind.FEED_ASKED: "asked for a feed to be read",
    ActKind.BUS_LOST: "lost the event bus",
    ActKind.BUS_BACK: "found the event bus again",
    ActKind.SIGNED_IN: "signed in",
    ActKind.SIGN_IN_REFUSED: "was refused the sign-in",
    ActKind.SIGNED_OUT: "signed out",
    ActKind.LINK_MADE: "made a sign-in link",
    ActKind.USER_ADDED: "added a user",
    ActKind.USER_CHANGED: "changed a user",
    ActKind.PASSWORD_SET: "set a password",
    ActKind.PASSWORD_REFUSED: "did not know the password that was to change",
    ActKind.USER_ENDED: "ended a user",
}
_CHANGES: Mapping[Change, str] = {
    Change.RAISED: "raised an incident",
    Change.KNOWN: "found an incident, and told nobody",
    Change.WORSENED: "found an incident worse",
    Change.REOPENED: "reopened an incident",
    Change.WOKE: "woke a snoozed incident",
    Change.CLOSED: "closed an incident",
}
_MADE: Mapping[str, str] = {
    DRAFT_WRITTEN: "wrote a draft",
    OPPORTUNITY_FOUND: "found an opportunity",
    DOCUMENT_MADE: "made a document",
}
KINDS: Mapping[str, Mapping[str, str]] = {
    "People and programs": {kind.value: _ACTS.get(kind, kind.value) for kind in ActKind},
    "Agents": {**{kind.value: words for kind, words in _CHANGES.items()}, **_MADE},
}
"""Every kind of line by its value, in groups, as a visitor chooses one."""
_WORDS = {value: words for group in KINDS.values() for value, words in group.items()}
_AGENTS: Mapping[str, str] = {
    "technical_account_manager": "Technical account manager",
    "customer_success": "Customer success",
    "sales": "Sales",
    TEND: "Tend",
}


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?(Z|\+00:00)")
"""Moments as we write them."""


class LogSpeech:
    """Asked by the templates of the page."""

    kinds = KINDS
    agents = _AGENTS

    def who(self, line: LogLine) -> str:
        """Who or what did it."""
        return _AGENTS.get(line.by) or actor_in_words(line.by) or "nobody known"

    def what(self, line: LogLine) -> str:
        """What was done."""
        return _WORDS[line.kind]

    def value(self, text: str) -> str:
        """A value as it was or is; a moment to the minute."""
        if not _MOMENT.fullmatch(text):
            return text
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:  # a day or an hour that there is not
            return text
        return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

    def account(self, line: LogLine) -> str:
        """The page of its account."""
        return account_path(line.account_id)

    def record(self, line: LogLine) -> str:
        """The page of the record it changed; empty: it has none."""
        if line.position.source is Source.DRAFT or line.kind in {ActKind.EDITED, ActKind.OUTCOME}:
            return draft_path(line.about)
        return ""
