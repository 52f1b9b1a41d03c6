"""What `--json` prints: stable shapes for programs."""

from __future__ import annotations

from pydantic import JsonValue

from app.domain.assessment import LedgerRow
from app.domain.override import Override
from app.jobs.explaining import AgentExplanation, Explanation
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
        "override": _override(standing.word),
    }


def _override(word: Override | None) -> dict[str, JsonValue] | None:
    """What a rep says instead of the band beside it; None: nobody does."""
    if word is None:
        return None
    return {
        "band": word.band.value,
        "until": word.until.isoformat(),
        "reason": word.reason,
        "by": word.by,
        "at": word.at.isoformat(),
    }


def explanation_json(explanation: Explanation) -> dict[str, JsonValue]:
    """An explanation: a list of agents, each with its ledger, move and way up."""
    return {
        "account_id": explanation.account.account_id,
        "name": explanation.account.name,
        "agents": [_agent_explanation(one) for one in explanation.agents],
    }


def _row(row: LedgerRow) -> dict[str, JsonValue]:
    return {
        "factor": row.factor,
        "raw": row.raw,
        "points": row.points,
        "points_lost": row.points_lost,
        "reason": row.reason,
        "sources": list(row.sources),
        "age_days": row.age_days,
    }


def _agent_explanation(one: AgentExplanation) -> dict[str, JsonValue]:
    move, way = one.move, one.way_up
    return {
        "agent": one.agent.value,
        "score": one.now.score,
        "band": one.now.band.value,
        "override": _override(one.word),
        "coverage": one.now.coverage,
        "stale": one.now.stale_reason,
        "scanned_at": one.now.taken_at.isoformat(),
        "ledger_of": one.ledger.taken_at.isoformat(),
        "settings_version": one.now.settings_version,
        "ledger": [_row(row) for row in one.ledger.ledger or ()],
        "move": None
        if move is None
        else {
            "total": move.total,
            "settings": move.settings,
            "data": move.data,
            "customer": move.customer,
            "note": move.note,
        },
        "way_up": None
        if way is None
        else {
            "target": way.target.value if way.target else None,
            "score": way.score,
            "changes": list(way.changes),
            "words": way.words,
        },
    }
