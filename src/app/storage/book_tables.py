"""The table that the listed book is searched, filtered and put in order by: a row an account.

It says nothing that other tables do not say: `book_keys` works it out again in every transaction
that changes one of them. What depends on the day is kept as the days it depends on.
"""

from __future__ import annotations

from sqlalchemy import Index, Table

from app.storage.columns import key, metadata, real, small, text, whole

book_keys = Table(
    "book_keys",
    metadata,
    *key("account_id"),
    text("name_key"),
    text("owner"),
    text("segment"),
    whole("tam_score", optional=True),
    small("tam_risk"),
    whole("csm_score", optional=True),
    small("csm_risk"),
    small("churn"),
    whole("lower_score"),
    small("known"),
    small("has_incident"),
    small("is_stale"),
    *(
        whole(f"{agent}_said{part}", optional=True)
        for agent in ("tam", "csm")
        for part in ("", "_at", "_until", "_cleared_at")
    ),
    whole("first_day", optional=True),
    whole("last_day", optional=True),
    small("has_gaps"),
    whole("last_from", optional=True),
    real("last_amount"),
    text("last_currency", optional=True),
    text("searched"),
    Index("book_keys_by_owner", "tenant_id", "owner", "segment"),
    sqlite_with_rowid=False,
)
"""Bands are kept as how bad they are, days and moments as numbers. `owner` is in small letters and
empty where the account names none; the last word of each rep stands beside the agent's own, whether
it holds or not; `first_day` and `last_day` are those of all contracts together, NULL where there
never was one, `has_gaps` says that a day between may have none, and `last_from` and what follows it
are of the contract that ends last. `searched` stands at the end: a row is read only so far as is
needed."""
