"""What the listed book is searched, filtered and put in order by, for every account there is.

Frozen: what comes later is a revision of its own.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_STROKES = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "\u0131": "i"}
    | {"æ": "ae", "œ": "oe", "þ": "th"}
)
_SAID = ("", "_at", "_until", "_cleared_at")
_BATCH = 1_000
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_RISK = "CASE {0}.band WHEN 'Red' THEN 3 WHEN 'Amber' THEN 1 WHEN 'Green' THEN 0 ELSE 2 END"
_OF_CONTRACTS = "FROM contracts c WHERE c.tenant_id = a.tenant_id AND c.account_id = a.account_id"
_LAST = "ORDER BY COALESCE(c.ends_on, 3652059) DESC, c.contract_id DESC LIMIT 1"
_OF_LAST = f"(SELECT {{}} {_OF_CONTRACTS} {_LAST})"
_GAP = """
EXISTS (SELECT 1 FROM contracts c WHERE c.tenant_id = a.tenant_id AND c.account_id = a.account_id
  AND EXISTS (SELECT 1 FROM contracts l WHERE l.tenant_id = a.tenant_id
    AND l.account_id = a.account_id
    AND COALESCE(l.ends_on, 3652059) > COALESCE(c.ends_on, 3652059))
  AND NOT EXISTS (SELECT 1 FROM contracts s WHERE s.tenant_id = a.tenant_id
    AND s.account_id = a.account_id
    AND COALESCE(s.ends_on, 3652059) > COALESCE(c.ends_on, 3652059)
    AND COALESCE(s.starts_on, 0) <= COALESCE(c.ends_on, 3652059) + 1))
"""
_KEYS = f"""
INSERT INTO book_keys
SELECT a.tenant_id, a.account_id, '', '', a.segment,
  tam.score, {_RISK.format("tam")}, csm.score, {_RISK.format("csm")},
  CASE csm.churn_level WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3
    WHEN 'critical' THEN 4 ELSE 0 END,
  CASE WHEN COALESCE(tam.score, csm.score, 100) < COALESCE(csm.score, tam.score, 100)
    THEN COALESCE(tam.score, csm.score, 100) ELSE COALESCE(csm.score, tam.score, 100) END,
  CASE WHEN COALESCE(tam.coverage, 0) < COALESCE(csm.coverage, 0)
    THEN COALESCE(tam.coverage, 0) ELSE COALESCE(csm.coverage, 0) END,
  CASE WHEN COALESCE(tam.incident_id, '') <> '' OR COALESCE(csm.incident_id, '') <> ''
    THEN 1 ELSE 0 END,
  CASE WHEN tam.stale_reason IS NOT NULL OR csm.stale_reason IS NOT NULL THEN 1 ELSE 0 END,
  CASE WHEN ts.account_id IS NOT NULL THEN {_RISK.format("ts")} END, ts.at, ts.until, ts.cleared_at,
  CASE WHEN cs.account_id IS NOT NULL THEN {_RISK.format("cs")} END, cs.at, cs.until, cs.cleared_at,
  (SELECT MIN(COALESCE(c.starts_on, 0)) {_OF_CONTRACTS}),
  (SELECT MAX(COALESCE(c.ends_on, 3652059)) {_OF_CONTRACTS}),
  CASE WHEN {_GAP} THEN 1 ELSE 0 END,
  {_OF_LAST.format("COALESCE(c.starts_on, 0)")},
  {_OF_LAST.format("CAST(c.arr_amount AS DOUBLE PRECISION)")},
  {_OF_LAST.format("CASE WHEN c.arr_amount IS NOT NULL THEN c.arr_currency END")}, ''
FROM accounts a
LEFT JOIN account_health tam ON tam.tenant_id = a.tenant_id AND tam.account_id = a.account_id
  AND tam.agent = 'tam'
LEFT JOIN account_health csm ON csm.tenant_id = a.tenant_id AND csm.account_id = a.account_id
  AND csm.agent = 'csm'
LEFT JOIN overrides ts ON ts.tenant_id = a.tenant_id AND ts.account_id = a.account_id
  AND ts.agent = 'tam'
LEFT JOIN overrides cs ON cs.tenant_id = a.tenant_id AND cs.account_id = a.account_id
  AND cs.agent = 'csm'
"""  # noqa: S608 -- all of it is written here
_ACCOUNTS = sa.text("SELECT tenant_id, account_id, name, owner_email, domains FROM accounts")
_NAMES = sa.text(
    "UPDATE book_keys SET name_key = :name_key, owner = :owner, searched = :searched"
    " WHERE tenant_id = :tenant_id AND account_id = :account_id"
)


def upgrade() -> None:
    op.create_table(
        "book_keys",
        *_words("tenant_id", "account_id", "name_key", "owner", "segment"),
        *_numbers("tam_score"),
        *_counts("tam_risk"),
        *_numbers("csm_score"),
        *_counts("csm_risk", "churn"),
        sa.Column("lower_score", sa.BigInteger(), nullable=False),
        *_counts("known", "has_incident", "is_stale"),
        *_numbers(*(f"{agent}_said{part}" for agent in ("tam", "csm") for part in _SAID)),
        *_numbers("first_day", "last_day"),
        *_counts("has_gaps"),
        *_numbers("last_from"),
        sa.Column("last_amount", sa.Double(), nullable=True),
        sa.Column("last_currency", _TEXT, nullable=True),
        *_words("searched"),
        sa.PrimaryKeyConstraint("tenant_id", "account_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("book_keys_by_owner", "book_keys", ["tenant_id", "owner", "segment"])
    connection = op.get_bind()
    connection.exec_driver_sql(_KEYS)
    named = [_names(*row) for row in connection.execute(_ACCOUNTS)]
    for start in range(0, len(named), _BATCH):
        connection.execute(_NAMES, named[start : start + _BATCH])


def _names(
    tenant_id: str, account_id: str, name: str, owner: str | None, domains: str
) -> dict[str, str]:
    searched = (name, account_id, *json.loads(domains), owner or "")
    return {
        "tenant_id": tenant_id,
        "account_id": account_id,
        "name_key": _folded(name),
        "owner": (owner or "").lower(),
        "searched": "\n".join(_folded(one) for one in searched),
    }


def _folded(text: str) -> str:
    if not text.isascii():
        small = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        plain = "".join(char for char in small if not unicodedata.combining(char))
        text = plain.translate(_STROKES)
    return " ".join(text.lower().split())


def _words(*names: str) -> Iterator[sa.Column[str]]:
    return (sa.Column(name, _TEXT, nullable=False) for name in names)


def _numbers(*names: str) -> Iterator[sa.Column[int]]:
    return (sa.Column(name, sa.BigInteger(), nullable=True) for name in names)


def _counts(*names: str) -> Iterator[sa.Column[int]]:
    return (sa.Column(name, sa.Integer(), nullable=False) for name in names)
