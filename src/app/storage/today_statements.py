"""Statements of the first page: what a day stands on, and incidents within one viewer's sight.

They know columns and indexes; what is worth more than what, they do not.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    cast,
    func,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from app.domain.assessment import Agent
from app.domain.incident import LOUD_CHANGES, Change, IncidentKind, IncidentState
from app.ports.today import Scope
from app.storage.fact_tables import accounts, contracts
from app.storage.people_tables import overrides
from app.storage.record_tables import (
    account_health,
    incident_revisions,
    incidents,
    slots,
    tenants,
)
from app.storage.types import Choice, Moment

_NEWS = sorted(LOUD_CHANGES | {Change.REOPENED, Change.CLOSED})
_OF_CASE = (
    incidents.c.incident_id,
    incidents.c.kind,
    incidents.c.subject,
    incidents.c.state,
    incidents.c.severity,
    incidents.c.opened_at,
)
OF_WORD = tuple(column for column in overrides.c if column.name != "tenant_id")
"""A rep's word, selected as `word_…`."""


def in_scope(scope: Scope) -> ColumnElement[bool]:
    """The account is one of those looked at; without an owner it is the default owner's."""
    is_known = accounts.c.account_id.is_not(None)
    if scope.owner is None:
        return is_known
    is_his = func.lower(accounts.c.owner_email) == scope.owner
    if scope.owner != scope.default_owner.lower():
        return is_his
    is_nobodys = or_(accounts.c.owner_email.is_(None), accounts.c.owner_email == "")
    return and_(is_known, or_(is_his, is_nobodys))


def ground(tenant_id: str, scope: Scope, scan_job: str) -> Select[datetime, str, int]:
    """One row: since when alerts are on, the schedule's last slot, how many accounts."""
    live = select(tenants.c.live_since).where(tenants.c.tenant_id == tenant_id).scalar_subquery()
    slot = select(func.max(slots.c.slot)).where(
        slots.c.tenant_id == tenant_id, slots.c.job == scan_job, slots.c.subject == ""
    )
    held = (
        select(func.count())
        .select_from(accounts)
        .where(accounts.c.tenant_id == tenant_id, in_scope(scope))
    )
    return select(
        type_coerce(live, Moment()).label("live_since"),
        slot.scalar_subquery().label("last_slot"),
        held.scalar_subquery().label("accounts"),
    )


def cases(
    tenant_id: str, scope: Scope, since: datetime | None, day: date, most: int
) -> Select[str]:
    """Open incidents and those with news, a row for each running contract of their account."""
    news = _news(tenant_id, since)
    is_new = news.c.incident_id == incidents.c.incident_id
    changed = select(*_OF_CASE, news.c.change, news.c.at).join(news, is_new)
    standing = select(
        *_OF_CASE,
        type_coerce(null(), Choice(Change)).label("change"),
        type_coerce(cast(null(), BigInteger), Moment()).label("at"),
    ).where(
        incidents.c.state == IncidentState.OPEN,
        incidents.c.incident_id.not_in(select(news.c.incident_id)),
    )
    mine = incidents.c.tenant_id == tenant_id
    given = union_all(changed.where(mine), standing.where(mine)).subquery("given")
    found = _with_account(given, tenant_id)
    if scope.owner is not None:
        found = found.where(or_(given.c.kind == IncidentKind.FEED, in_scope(scope)))
    chosen = found.order_by(given.c.severity.desc(), given.c.incident_id).limit(most)
    return _with_contracts(chosen.subquery("chosen"), tenant_id, day)


def case_of(tenant_id: str, incident_id: str, since: datetime | None, day: date) -> Select[str]:
    """The same rows of one incident, in whatever state it is."""
    news = _news(tenant_id, since, incident_id)
    given = (
        select(*_OF_CASE, news.c.change, news.c.at)
        .outerjoin(news, news.c.incident_id == incidents.c.incident_id)
        .where(incidents.c.tenant_id == tenant_id, incidents.c.incident_id == incident_id)
        .subquery("given")
    )
    return _with_contracts(_with_account(given, tenant_id).subquery("chosen"), tenant_id, day)


def _news(tenant_id: str, since: datetime | None, incident_id: str | None = None) -> CTE:
    """The newest change within the window of each incident that has one."""
    revisions = incident_revisions.c
    where = [revisions.tenant_id == tenant_id, revisions.change.in_(_NEWS)]
    if since is not None:
        where.append(revisions.at > since)
    if incident_id is not None:
        where.append(revisions.incident_id == incident_id)
    newest = func.row_number().over(
        partition_by=revisions.incident_id, order_by=revisions.revision.desc()
    )
    found = select(
        revisions.incident_id, revisions.change, revisions.at, newest.label("place")
    ).where(*where)
    ranked = found.subquery("ranked")
    return (
        select(ranked.c.incident_id, ranked.c.change, ranked.c.at)
        .where(ranked.c.place == 1)
        .cte("news")
    )


def _with_account(given: FromClause, tenant_id: str) -> Select[str]:
    is_account = and_(
        given.c.kind != IncidentKind.FEED,
        accounts.c.tenant_id == tenant_id,
        accounts.c.account_id == given.c.subject,
    )
    columns = (*given.c, accounts.c.account_id, accounts.c.name, accounts.c.owner_email)
    return select(*columns).select_from(given.outerjoin(accounts, is_account))


def _with_contracts(chosen: FromClause, tenant_id: str, day: date) -> Select[str]:
    its_contract = and_(
        contracts.c.tenant_id == tenant_id,
        contracts.c.account_id == chosen.c.account_id,
        runs_on(day),
    )
    return select(
        *chosen.c,
        contracts.c.contract_id,
        contracts.c.arr_amount,
        contracts.c.arr_currency,
        contracts.c.ends_on,
    ).select_from(chosen.outerjoin(contracts, its_contract))


def shown(tenant_id: str, incident_ids: Collection[str]) -> Select[str]:
    """Incidents with their newest finding, and how the account stands with the agent now."""
    agent = case((incidents.c.kind == IncidentKind.TAM_ESCALATION, Agent.TAM), else_=Agent.CSM)
    newest = and_(
        incident_revisions.c.tenant_id == incidents.c.tenant_id,
        incident_revisions.c.incident_id == incidents.c.incident_id,
        incident_revisions.c.revision == incidents.c.revision,
    )
    is_account = incidents.c.kind != IncidentKind.FEED
    stands = and_(
        is_account,
        account_health.c.tenant_id == incidents.c.tenant_id,
        account_health.c.agent == agent,
        account_health.c.account_id == incidents.c.subject,
    )
    said = and_(
        is_account,
        overrides.c.tenant_id == incidents.c.tenant_id,
        overrides.c.account_id == incidents.c.subject,
        overrides.c.agent == agent,
    )
    return (
        select(
            *(column for column in incidents.c if column.name != "tenant_id"),
            incident_revisions.c.finding,
            incident_revisions.c.at.label("told_at"),
            account_health.c.score,
            account_health.c.band,
            account_health.c.stale_reason,
            *(column.label(f"word_{column.name}") for column in OF_WORD),
        )
        .select_from(
            incidents.join(incident_revisions, newest)
            .outerjoin(account_health, stands)
            .outerjoin(overrides, said)
        )
        .where(incidents.c.tenant_id == tenant_id, incidents.c.incident_id.in_(incident_ids))
    )


def runs_on(day: date) -> ColumnElement[bool]:
    """The contract has begun by `day` and not ended."""
    return and_(
        or_(contracts.c.starts_on.is_(None), contracts.c.starts_on <= day),
        or_(contracts.c.ends_on.is_(None), contracts.c.ends_on >= day),
    )


def its_account(tenant: ColumnElement[str], account_id: ColumnElement[str]) -> ColumnElement[bool]:
    """The account of a row that has these columns."""
    return and_(accounts.c.tenant_id == tenant, accounts.c.account_id == account_id)
