"""Whether a model's letter says anything: to its reader, of something that is the account's own.

Words without a fact in them cannot be held against the facts, so they are not let through to be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.ports.writer import OutreachFacts

FEWEST_WORDS = 30
"""Greeting and signature included; the shortest template has twice as many."""
_WORD = re.compile(r"[^\W\d_]+")
_TO_READER = re.compile(r"\byou(?:rs?|rselves)?\b", re.IGNORECASE)


def why_too_little(text: str, facts: OutreachFacts) -> str:
    """Why nobody need read this letter, in words; empty: it says something."""
    if len(_WORD.findall(text)) < FEWEST_WORDS:
        return "the letter says too little"
    if not _TO_READER.search(text):
        return "the letter does not speak to its reader"
    told = text.casefold()
    topics = {name.casefold() for name in _topics(facts) if name.strip()}
    if topics and not any(topic in told for topic in topics):
        return "the letter speaks of nothing that is the account's own"
    return ""


def _topics(facts: OutreachFacts) -> Iterator[str]:
    """What a letter to this account is likely to be about."""
    account = facts.account
    yield from (account.name, *account.integrations, *account.environment, *account.features)
    yield from (*facts.features_used, *facts.features_unused, facts.proposal.name)
    for ticket in (*facts.open_tickets, *facts.recap.solved):
        yield from (ticket.ticket_id, ticket.subject)
    yield from (one.title for one in facts.announced.announcements)
    if facts.proposal.kind == "seats":
        yield "seat"
    if facts.open_tickets:
        yield "ticket"
    if facts.silent_hours is not None:
        yield "integration"
