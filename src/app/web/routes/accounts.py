"""Accounts and how they stand, for programs of our own people."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from app.clock import local_day
from app.domain.api_key import KeyRole
from app.domain.assessment import Agent
from app.domain.health_record import HealthRecord
from app.errors import NotFound
from app.jobs.incoming import resolved
from app.ports.store import Unit
from app.web.api import Api, ApiNow
from app.web.documenting import KEYED, answers
from app.web.problems import Refusal
from app.web.shapes import AccountHealth, AccountPage, AccountRow, Standing

READS = (KeyRole.ADMIN, KeyRole.REP)
PAGE, MOST = 100, 500


def account_routes(api: ApiNow) -> APIRouter:
    """`/v1/accounts` and `/v1/accounts/{account}/health`."""
    routes = APIRouter(prefix="/v1", tags=["accounts"])

    @routes.get(
        "/accounts",
        **answers(HTTPStatus.OK, AccountPage, (*KEYED, HTTPStatus.UNPROCESSABLE_ENTITY)),
    )
    async def accounts(request: Request, after: str = "", limit: str = str(PAGE)) -> Response:
        """Active accounts by id, a page at a time."""
        page = await _accounts(api(), request, after, limit)
        return JSONResponse(page.model_dump(mode="json"))

    @routes.get(
        "/accounts/{account}/health",
        **answers(HTTPStatus.OK, AccountHealth, (*KEYED, HTTPStatus.NOT_FOUND)),
    )
    async def health(request: Request, account: str) -> Response:
        """How an account stands, named by its id or by what your product calls it."""
        found = await _health(api(), request, account)
        return JSONResponse(found.model_dump(mode="json"))

    return routes


async def _accounts(api: Api, request: Request, after: str, limit: str) -> AccountPage:
    caller = await api.admit(request, READS)
    most = int(limit) if limit.isascii() and limit.isdecimal() and len(limit) <= 3 else 0
    if not 1 <= most <= MOST or "\x00" in after:
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, f"limit: must be from 1 to {MOST}")

    def read(unit: Unit) -> AccountPage:
        today = local_day(api.clock(), unit.tenant.settings().settings.zone)
        every = [one for one in unit.book.active(today) if one.account_id > after]
        rows = tuple(
            AccountRow(
                account_id=one.account_id,
                name=one.name,
                owner_email=one.owner_email,
                segment=one.segment,
            )
            for one in every[:most]
        )
        return AccountPage(
            accounts=rows, next_after=rows[-1].account_id if len(every) > most else None
        )

    return await api.store.read(caller.tenant_id, read)


async def _health(api: Api, request: Request, account: str) -> AccountHealth:
    caller = await api.admit(request, READS)

    def read(unit: Unit) -> AccountHealth:
        account_id = "" if "\x00" in account else resolved(unit, [account]).get(account, "")
        if not account_id:
            raise NotFound("there is no such account")
        records = (unit.health.records(agent, [account_id]) for agent in Agent)
        return AccountHealth(
            account_id=account_id,
            name=unit.book.accounts([account_id])[account_id].name,
            health=tuple(_standing(found[account_id]) for found in records if found),
        )

    return await api.store.read(caller.tenant_id, read)


def _standing(record: HealthRecord) -> Standing:
    return Standing(
        agent=record.agent.value,
        score=record.score,
        band=record.band.value,
        coverage=record.coverage,
        at_risk=record.at_risk,
        reasons=record.reasons,
        assessed_at=record.assessed_at,
        stale_reason=record.stale_reason,
    )
