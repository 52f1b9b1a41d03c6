"""Payloads of worded effects, as the embedded sinks want them, for `benchmarks.flows`."""

from __future__ import annotations

from pydantic import JsonValue

from app.domain.effect import EffectKind

_TEXT = "Hello Ada,\n\nwe saw that three of your tickets have waited for more than three days. " * 4


def payload_of_kind(kind: EffectKind, account: str) -> dict[str, JsonValue]:
    """A payload such as wording leaves it."""
    alert: dict[str, JsonValue] = {
        "agent": "tam",
        "account_id": account,
        "incident_id": f"{account}-1",
        "revision": 1,
        "rep_email": "rep@vendor.example",
        "text": _TEXT,
    }
    match kind:
        case EffectKind.DRAFT:
            return {"draft": _draft(account)}
        case EffectKind.EVENT:
            return {"stream": "escalations", "event": _event(account)}
        case _:
            return alert


def _draft(account: str) -> dict[str, JsonValue]:
    return {
        "communication_type": "escalation",
        "account_id": account,
        "account_name": f"Customer {account}",
        "incident_id": f"{account}-1",
        "revision": 1,
        "rep_email": "rep@vendor.example",
        "to": ["ada@customer.example"],
        "subject": "Your open tickets",
        "body_text": _TEXT,
        "body_html": f"<p>{_TEXT}</p>",
    }


def _event(account: str) -> dict[str, JsonValue]:
    return {
        "event_id": f"main:{account}:1:event",
        "event_type": "agent.health",
        "timestamp": "2026-06-01T07:00:00Z",
        "tenant_id": "main",
        "source_agent_id": "tam",
        "data": {"account_id": account, "health_score": 31, "rag_status": "Red"},
    }
