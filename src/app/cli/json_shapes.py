"""What `--json` prints: stable shapes for programs."""

from __future__ import annotations

from pydantic import JsonValue

from app.jobs.standing import AgentStanding, Standing


def standing_json(standing: Standing) -> dict[str, JsonValue]:
    """One account's standing; amounts are text so that no digit is lost."""
    arr = standing.arr
    return {
        "account_id": standing.account_id,
        "name": standing.name,
        "owner": standing.owner or None,
        "segment": standing.segment,
        "tam": _agent(standing.tam),
        "csm": _agent(standing.csm),
        "churn": standing.churn_level or None,
        "arr": {"amount": str(arr.amount), "currency": arr.currency} if arr else None,
        "renewal": standing.renewal.isoformat() if standing.renewal else None,
    }


def _agent(standing: AgentStanding) -> dict[str, JsonValue]:
    return {
        "score": standing.score,
        "band": standing.band.value,
        "coverage": standing.coverage,
        "reasons": list(standing.reasons),
        "stale": standing.stale_reason,
        "moved_in_7_days": standing.moved,
        "incident": standing.flagged,
    }
