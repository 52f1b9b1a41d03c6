"""Tables of what people do and say: the audit log, notes, and words that stand."""

from __future__ import annotations

from sqlalchemy import Index, Table

from app.domain.account import TechnicalMaturity
from app.domain.act import ActKind
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.draft import DraftState
from app.storage.columns import body, choice, day, key, metadata, moment, small, text

acts = Table(
    "acts",
    metadata,
    *key(),
    small("place", in_key=True),
    moment("at"),
    text("by"),
    choice("kind", ActKind),
    text("account_id"),
    text("about"),
    body("before"),
    body("after"),
    Index("acts_by_account", "tenant_id", "account_id", "place"),
    Index("acts_by_record", "tenant_id", "about", "place"),
    Index("acts_by_time", "tenant_id", "at", "place", "by", "kind", "account_id"),
)
"""The audit log in the order (`place`) of being written; nothing in it is ever changed."""

notes = Table(
    "notes",
    metadata,
    *key("account_id"),
    small("place", in_key=True),
    moment("at"),
    text("by"),
    text("text"),
)

overrides = Table(
    "overrides",
    metadata,
    *key("account_id"),
    choice("agent", Agent, in_key=True),
    choice("band", Band),
    text("reason"),
    day("until"),
    text("by"),
    moment("at"),
    choice("told", Band, optional=True),
    moment("since"),
    choice("tam_before", Band, optional=True),
    choice("csm_before", Band, optional=True),
    text("churn_before"),
    moment("cleared_at", optional=True),
)
"""The last word on each agent's band of an account."""

maturity_words = Table(
    "maturity_words",
    metadata,
    *key("account_id", "email"),
    choice("maturity", TechnicalMaturity),
    text("by"),
    moment("at"),
)
"""Beside the stakeholders, not among them: an import never meets them."""

draft_outcomes = Table(
    "draft_outcomes",
    metadata,
    *key("draft_id"),
    text("account_id"),
    choice("state", DraftState),
    text("note"),
    text("by"),
    moment("at"),
    Index("outcomes_by_account", "tenant_id", "account_id"),
)
