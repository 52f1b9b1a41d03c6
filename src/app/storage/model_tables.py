"""Tables of what was asked of a model: the calls with their cost, and the answers."""

from __future__ import annotations

from sqlalchemy import Index, Table

from app.domain.model_call import CallState
from app.storage.columns import choice, day, key, metadata, moment, text, whole

model_calls = Table(
    "model_calls",
    metadata,
    *key("call_id"),
    moment("at"),
    day("day"),
    text("agent"),
    text("account_id"),
    text("purpose"),
    text("model"),
    choice("state", CallState),
    whole("input_tokens"),
    whole("output_tokens"),
    whole("cost_micros"),
    Index(
        "model_calls_by_time",
        *("tenant_id", "at", "agent", "cost_micros", "input_tokens", "output_tokens"),
    ),
)

model_answers = Table(
    "model_answers",
    metadata,
    *key("key"),
    text("model"),
    text("answer"),
    moment("made_at"),
    Index("model_answers_by_time", "tenant_id", "made_at"),
)
