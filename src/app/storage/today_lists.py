"""Statements of the first page: letters, renewals and growth within one viewer's sight.

Each is one round trip and bounded; what is worth more than what, they do not know.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, exists, func, or_, select

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.draft import DraftState
from app.domain.opportunity import OpportunityState
from app.ports.today import Scope
from app.storage.agent_tables import opportunities
from app.storage.fact_tables import accounts, contracts
from app.storage.record_tables import account_health, drafts
from app.storage.today_statements import in_scope, its_account

_NEW_WITH_SALES = (OpportunityState.DISPATCHED, OpportunityState.RECORDED)


def waiting_drafts(tenant_id: str, scope: Scope, about: Collection[str], most: int) -> Select[str]:
    """Letters that wait, about these incidents first, each row with how many there are."""
    is_about = case((drafts.c.incident_id.in_(about), 0), else_=1)
    return (
        select(
            drafts.c.draft_id,
            drafts.c.account_id,
            accounts.c.name.label("account"),
            func.coalesce(accounts.c.owner_email, "").label("owner"),
            drafts.c.incident_id,
            drafts.c.communication_type,
            drafts.c.subject,
            drafts.c.created_at,
            func.count().over().label("many"),
        )
        .join(accounts, its_account(drafts.c.tenant_id, drafts.c.account_id))
        .where(
            drafts.c.tenant_id == tenant_id,
            drafts.c.state == DraftState.WAITING,
            in_scope(scope),
        )
        .order_by(is_about, drafts.c.created_at.desc(), drafts.c.draft_id)
        .limit(most)
    )


def renewals(tenant_id: str, scope: Scope, day: date, until: date, most: int) -> Select[str]:
    """Contracts that end up to the day before `until`, where another does not run on for longer."""
    tam, csm = account_health.alias("tam"), account_health.alias("csm")
    last_day = until - timedelta(days=1)
    return (
        select(
            contracts.c.account_id,
            accounts.c.name,
            func.coalesce(accounts.c.owner_email, "").label("owner"),
            contracts.c.arr_amount,
            contracts.c.arr_currency,
            contracts.c.ends_on,
            tam.c.band.label("tam_band"),
            tam.c.score.label("tam_score"),
            csm.c.band.label("csm_band"),
            csm.c.score.label("csm_score"),
        )
        .join(accounts, its_account(contracts.c.tenant_id, contracts.c.account_id))
        .join(tam, _health_of(tam, Agent.TAM))
        .join(csm, _health_of(csm, Agent.CSM))
        .where(
            contracts.c.tenant_id == tenant_id,
            contracts.c.ends_on.between(day, last_day),
            or_(contracts.c.starts_on.is_(None), contracts.c.starts_on <= day),
            or_(tam.c.band != Band.GREEN, csm.c.band != Band.GREEN),
            in_scope(scope),
            ~_runs_on_beyond(day),
        )
        .order_by(contracts.c.ends_on, contracts.c.account_id)
        .limit(most)
    )


def _runs_on_beyond(day: date) -> ColumnElement[bool]:
    """Another contract of the account runs on `day` too and ends later; ties by id."""
    later = contracts.alias("later")
    is_same_end = and_(
        later.c.ends_on == contracts.c.ends_on, later.c.contract_id > contracts.c.contract_id
    )
    return exists().where(
        later.c.tenant_id == contracts.c.tenant_id,
        later.c.account_id == contracts.c.account_id,
        or_(later.c.starts_on.is_(None), later.c.starts_on <= day),
        or_(later.c.ends_on.is_(None), later.c.ends_on > contracts.c.ends_on, is_same_end),
    )


def new_opportunities(
    tenant_id: str, scope: Scope, since: datetime | None, most: int
) -> Select[str]:
    """Those that Sales was handed and nobody has spoken of, each row with how many there are."""
    where = [
        opportunities.c.tenant_id == tenant_id,
        opportunities.c.state.in_(_NEW_WITH_SALES),
        in_scope(scope),
    ]
    if since is not None:
        where.append(opportunities.c.updated_at > since)
    return (
        select(
            opportunities.c.opportunity_id,
            opportunities.c.account_id,
            accounts.c.name.label("account"),
            opportunities.c.kind,
            opportunities.c.name,
            opportunities.c.updated_at,
            func.count().over().label("many"),
        )
        .join(accounts, its_account(opportunities.c.tenant_id, opportunities.c.account_id))
        .where(*where)
        .order_by(opportunities.c.updated_at.desc(), opportunities.c.opportunity_id)
        .limit(most)
    )


def band_counts(tenant_id: str, scope: Scope) -> Select[Agent, Band, int]:
    """Accounts by agent and band."""
    counted = select(account_health.c.agent, account_health.c.band, func.count().label("accounts"))
    if scope.owner is not None:
        counted = counted.join(
            accounts, its_account(account_health.c.tenant_id, account_health.c.account_id)
        ).where(in_scope(scope))
    return counted.where(account_health.c.tenant_id == tenant_id).group_by(
        account_health.c.agent, account_health.c.band
    )


def _health_of(health: FromClause, agent: Agent) -> ColumnElement[bool]:
    return and_(
        health.c.tenant_id == contracts.c.tenant_id,
        health.c.agent == agent,
        health.c.account_id == contracts.c.account_id,
    )
