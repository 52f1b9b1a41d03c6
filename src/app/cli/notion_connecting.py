"""What `tend connect notion` does: takes the token, shows the plan, asks, carries it out, keeps it.

Everything that can be refused is refused before anything is changed.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial

import typer

from app.bootstrap import limiter_of
from app.cli.context import CliContext
from app.cli.notion_plan_view import PlanView
from app.cli.notion_token import Entry, asked_parent, entered, is_at_terminal
from app.domain.feed import FactKind
from app.domain.notion import NotionDatabase, NotionRole
from app.errors import InvalidInput
from app.jobs.notion_keeping import keep_database
from app.ports.store import Unit
from app.services.budgets import budget_of, budgets_of
from app.services.notion.errors import SYSTEM
from app.services.notion.setup.address import id_in
from app.services.notion.setup.estimate import Estimate, estimate_of
from app.services.notion.setup.planning import Plan, Survey, survey_of
from app.services.notion.setup.settling import remembered, settled
from app.services.notion.setup.wishes import ROLES, Wishes
from app.services.notion.setup.workspace import sees_addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the command is to go about it."""

    may_ask: bool
    """For the token; the environment may be all there is."""
    asks_anew: bool
    is_dry: bool
    is_agreed: bool
    as_json: bool


async def connect_notion(cli: CliContext, wishes: Wishes, manner: Manner) -> None:
    """Connect, or say why not. Raises ConfigurationError, InvalidInput, NotFound, ServiceError."""
    async with AsyncExitStack() as stack:
        limiter = limiter_of(cli.settings)
        stack.push_async_callback(limiter.aclose)
        entry = await entered(
            cli, limiter, stack, may_ask=manner.may_ask, asks_anew=manner.asks_anew
        )
        stored = cli.store.read_now(cli.tenant, lambda unit: unit.notion.databases())
        wishes = _placed(wishes, entry, stored.keys())
        view = PlanView(
            console=cli.console,
            notes=cli.notes,
            budget=budget_of(budgets_of(cli.settings.limits), SYSTEM),
            as_json=manner.as_json,
        )
        view.show_entry(entry.bot, has_addresses=await sees_addresses(entry.api))
        survey = await survey_of(entry.api, entry.bot, wishes, stored)
        news = {plan.role for plan in survey.plans if _is_news(plan)}
        view.show(survey, news)
        _refuse_blocked(survey)
        if manner.is_dry:
            view.show_dry(survey)
            return
        if news:
            _agreed(survey, manner)
        kept = entry.keep(cli, wishes.parent_id)
        databases = await _carried_out(cli, entry, survey, wishes)
        view.show_done(survey, databases, _estimate(cli), kept=kept, is_news=bool(news))


def _placed(wishes: Wishes, entry: Entry, stored: Collection[NotionRole]) -> Wishes:
    """With the page under which databases lie: named, known, or asked for where it is needed."""
    if wishes.parent_id:
        return wishes
    if entry.config.parent_page:
        return replace(wishes, parent_id=id_in(entry.config.parent_page))
    is_needed = any(
        role not in wishes.named and role not in stored and role not in wishes.left_out
        for role in ROLES
    )
    return replace(wishes, parent_id=asked_parent()) if is_needed else wishes


def _refuse_blocked(survey: Survey) -> None:
    for plan in survey.plans:
        for match in plan.blocking:
            prefix = "" if plan.role is NotionRole.ACCOUNTS else f"{plan.role.value}:"
            msg = (
                f"without {match.spec.name} this database cannot be connected: {match.why}. Name "
                f"the column that is meant: --map '{prefix}{match.spec.name}=YOURS', or have one "
                f"added: --map '{prefix}{match.spec.name}=+NAME'"
            )
            if plan.role is not NotionRole.ACCOUNTS:
                msg += f"; or leave it out: --{plan.role.value} none"
            raise InvalidInput(msg)


def _is_news(plan: Plan) -> bool:
    if plan.source is None or plan.added or plan.earlier is None:
        return True
    now = remembered(plan)
    return now.is_written != plan.earlier.is_written or {
        name: column.property_id for name, column in now.columns.items()
    } != {name: column.property_id for name, column in plan.earlier.columns.items()}


def _agreed(survey: Survey, manner: Manner) -> None:
    """Raises where nobody agrees to it."""
    if manner.is_agreed:
        return
    if not is_at_terminal():
        raise InvalidInput("nothing was changed: --yes has this done, --dry-run only shows it")
    question = "Change Notion like this?" if survey.writes else "Connect them like this?"
    typer.confirm(question, abort=True, err=True)


async def _carried_out(
    cli: CliContext, entry: Entry, survey: Survey, wishes: Wishes
) -> list[NotionDatabase]:
    """Each database as it becomes whole is kept at once: what breaks off goes on from there."""
    done: list[NotionDatabase] = []
    for plan in survey.plans:
        database = await settled(
            entry.api,
            survey,
            plan,
            parent_id=wishes.parent_id,
            accounts_source=done[0].data_source_id if done else "",
        )
        done.append(database)
        await cli.store.write(cli.tenant, partial(keep_database, database=database))
    return done


def _estimate(cli: CliContext) -> tuple[int, int, Estimate]:
    def counted(unit: Unit) -> tuple[int, int]:
        return unit.facts.count(FactKind.ACCOUNTS), unit.facts.count(FactKind.TICKETS)

    accounts, tickets = cli.store.read_now(cli.tenant, counted)
    budget = budget_of(budgets_of(cli.settings.limits), SYSTEM)
    a_minute = budget.calls / budget.per_seconds * 60
    return accounts, tickets, estimate_of(accounts, tickets, a_minute)
