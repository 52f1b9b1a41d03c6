"""What people would notice of a store and its outbox: two runs that leave the same, did the same.

Moments are left out, because no two runs share them; everything else is spelled out in words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from app.domain.assessment import Agent
from app.domain.effect import EffectState
from app.domain.opportunity import OpportunityState
from app.ports.store import Unit
from tests.integration.small_book import TENANT, SmallBook

Noticed = Mapping[str, frozenset[str]]
"""Lines by what they are about."""

STREAMS = ("escalations", "handoffs", "opportunities")
MOST = 10_000


def noticed(book: SmallBook) -> Noticed:
    """Everything there is now."""
    files = sorted(book.settings.outbox.rglob("*.eml"))
    return {
        **book.store.read_now(TENANT, lambda unit: dict(_kept(unit))),
        "files": frozenset(path.name for path in files),
    }


def made_between(before: Noticed, after: Noticed) -> dict[str, list[str]]:
    """What is new or other than it was; what nothing happened to is left out."""
    return {
        name: sorted(after[name] - before[name]) for name in after if after[name] - before[name]
    }


def left_undone(book: SmallBook) -> list[str]:
    """What is owed, begun or given up."""
    states = (EffectState.OWED, EffectState.INTENT, EffectState.PARKED)
    rows = book.store.read_now(TENANT, lambda unit: unit.work.open(states=states, most=MOST))
    return [f"{row.work.key} {row.state}" for row in rows]


def _kept(unit: Unit) -> Iterator[tuple[str, frozenset[str]]]:
    yield (
        "drafts",
        frozenset(
            f"{one.key} {one.state} {one.rep_email} {one.to} {one.subject}\n{one.body_text}"
            for one in unit.outbox.drafts()
        ),
    )
    yield (
        "alerts",
        frozenset(
            f"{one.key} {one.channel} {one.rep_email} {one.text}"
            for one in unit.outbox.alerts(most=MOST)
        ),
    )
    yield "documents", frozenset(_documents(unit))
    yield (
        "opportunities",
        frozenset(
            f"{one.opportunity_id} {one.state} {one.why_held} {_spelled(one.body)}"
            for one in unit.opportunities.in_state(list(OpportunityState))
        ),
    )
    for stream in STREAMS:
        events = unit.events.stream(stream, most=MOST)
        yield (
            f"{stream} events",
            frozenset(f"{one.event_id} {one.body['event_type']}" for one in events),
        )
    yield "incidents", frozenset(_incidents(unit))
    yield "records", frozenset(_records(unit))
    done = unit.work.open(states=list(EffectState), most=MOST)
    yield "effects", frozenset(f"{row.work.key} {row.state}" for row in done)
    yield "scans", frozenset(f"{one.scan_id} {one.state}" for one in unit.scans.recent(most=MOST))


def _documents(unit: Unit) -> Iterator[str]:
    accounts = sorted(unit.health.records(Agent.CSM, None))
    for subject in ("", *accounts):
        for one in unit.documents.of(subject):
            yield f"{one.kind} {one.subject} {one.key} {one.title} {_spelled(one.body)}"


def _incidents(unit: Unit) -> Iterator[str]:
    for one in unit.incidents.live():
        for told in unit.incidents.revisions(one.incident_id):
            delivered = f"{told.delivery} to {told.rep_email}"
            yield f"{one.incident_id} {one.state} {told.revision.revision}: {delivered}"


def _records(unit: Unit) -> Iterator[str]:
    for agent in Agent:
        for one in unit.health.records(agent, None).values():
            flag = f"flagged {one.incident_id}" if one.incident_id else "not flagged"
            yield f"{agent} {one.account_id} {one.score} {one.band} {one.churn_level} {flag}"


def _spelled(body: Mapping[str, JsonValue]) -> str:
    return json.dumps(dict(body), sort_keys=True)
