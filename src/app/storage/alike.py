"""Accounts alike: of one segment and one stretch of tenure, and what they use.

All of them are read for a review; a page looks at a sample, at the same cost whatever the book.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    exists,
    or_,
    select,
    type_coerce,
    union_all,
)

from app.domain.account import Account
from app.domain.book import BookContext
from app.domain.dossier import FEWEST_PEERS, Peers
from app.storage.fact_tables import accounts, contracts, feature_weeks
from app.storage.usage_rollups import week_of

TENURES = (timedelta(days=365), timedelta(days=3 * 365))
"""Up to a year, up to three, longer: customers of one stretch are compared."""
RECENT = timedelta(days=28)


class Like(NamedTuple):
    """An account like another one."""

    features: tuple[str, ...]
    """Those it is entitled to."""
    integrations: tuple[str, ...]


def peers_of(
    account: Account,
    context: BookContext,
    like: Mapping[str, Like],
    used: Mapping[str, set[str]],
    *,
    how: str = "",
) -> Peers:
    """Those of `like` that used something, counted; `used`: the features of each, of late."""
    rates = [
        len(features & set(entitled)) / len(entitled)
        for account_id, features in used.items()
        if (entitled := like[account_id].features or context.feature_catalogue)
    ]
    return Peers(
        compared=len(used),
        users_by_feature=_counted(name for features in used.values() for name in features),
        median_adoption_rate=median(rates) if len(rates) >= FEWEST_PEERS else None,
        how=f"{how}{_in_words(len(used), account, context.local_day)}",
        users_by_integration=_counted(
            name for account_id in used for name in set(like[account_id].integrations)
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerSample:
    """Reads a sample of the accounts like one, in one statement."""

    connection: Connection
    tenant_id: str

    def peers(self, account: Account, context: BookContext, *, most: int) -> Peers:
        """At most so many of them: those that follow it by id, then those from the first on."""
        until = context.usage_until
        if until is None:
            return peers_of(account, context, {}, {})
        texts: dict[str, tuple[str, str]] = {}
        used: dict[str, set[str]] = {}
        statement = self._alike(account, context.local_day, until, most + 1)
        for account_id, features, integrations, used_feature in self.connection.execute(statement):
            texts[account_id] = (features, integrations)
            if used_feature is not None:
                used.setdefault(account_id, set()).add(used_feature)
        kept = list(texts)[:most]
        like = {one: Like(*(tuple(json.loads(text)) for text in texts[one])) for one in kept}
        how = "a sample of " if len(texts) > most else ""
        used_by = {one: used[one] for one in kept if one in used}
        return peers_of(account, context, like, used_by, how=how)

    def _alike(
        self, account: Account, day: date, until: date, most: int
    ) -> Select[*tuple[str, str, str, str | None]]:
        """Each of the accounts with each feature it used of late, once a week; lists as text."""
        columns, weeks = accounts.c, feature_weeks.c
        sides = (columns.account_id > account.account_id, columns.account_id < account.account_id)
        halves = [self._half(account, day, side).limit(most).subquery() for side in sides]
        sample = union_all(*(select(half) for half in halves)).limit(most).subquery()
        of_late = and_(
            weeks.tenant_id == self.tenant_id,
            weeks.account_id == sample.c.account_id,
            weeks.week >= week_of(until - RECENT),
            weeks.last_used > until - RECENT,
        )
        return select(
            sample.c.account_id, sample.c.features, sample.c.integrations, weeks.feature
        ).select_from(sample.outerjoin(feature_weeks, of_late))

    def _half(
        self, account: Account, day: date, side: ColumnElement[bool]
    ) -> Select[*tuple[str, str, str]]:
        columns = accounts.c
        runs = exists().where(
            contracts.c.tenant_id == columns.tenant_id,
            contracts.c.account_id == columns.account_id,
            or_(contracts.c.starts_on.is_(None), contracts.c.starts_on <= day),
            or_(contracts.c.ends_on.is_(None), contracts.c.ends_on >= day),
        )
        return (
            select(
                columns.account_id,
                type_coerce(columns.features, Text).label("features"),
                type_coerce(columns.integrations, Text).label("integrations"),
            )
            .where(
                columns.tenant_id == self.tenant_id,
                columns.segment == account.segment,
                _of_tenure(account.customer_since, day),
                side,
                runs,
            )
            .order_by(columns.account_id)
        )


def tenure_of(since: date | None, day: date) -> str:
    """How long somebody has been a customer, in words that part accounts into groups."""
    if since is None:
        return "of unknown tenure"
    if day - since <= TENURES[0]:
        return "up to 1 year"
    if day - since <= TENURES[1]:
        return "1 to 3 years"
    return "over 3 years"


def _of_tenure(since: date | None, day: date) -> ColumnElement[bool]:
    """The accounts of the same stretch, as `tenure_of` parts them."""
    column = accounts.c.customer_since
    one, three = (day - stretch for stretch in TENURES)
    if since is None:
        return column.is_(None)
    if since >= one:
        return column >= one
    if since >= three:
        return and_(column < one, column >= three)
    return column < three


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _in_words(compared: int, account: Account, day: date) -> str:
    noun = "account" if compared == 1 else "accounts"
    segment = f" of segment {account.segment}" if account.segment else ""
    tenure = tenure_of(account.customer_since, day)
    since = tenure if account.customer_since is None else f"customers for {tenure}"
    return f"{compared} {noun}{segment}, {since}"
