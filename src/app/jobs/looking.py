"""Looking without recording: the book assessed as of any moment, nothing written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.account import Account
from app.domain.assessment import Agent
from app.domain.health_record import HealthRecord
from app.jobs.flows.assessing import AssessedAccount, Earlier, csm_assessor, tam_assessor
from app.jobs.flows.pages import PAGE, escalated, escalations, reading_at
from app.jobs.standing import TREND_DAYS, Standing, ordered, words_in_force
from app.ports.store import Unit

NOTHING = Earlier(
    records={}, tam_records={}, escalations_90d={}, tam_escalations_open=frozenset(), words={}
)
"""No scan before this one."""


def look(unit: Unit, now: datetime) -> tuple[Standing, ...]:
    """Every active account as it stood at `now`, by today's settings, the most at risk first.

    Feeds are judged at `now`; scores kept from earlier scans play no part, so an account whose feed
    was in trouble then reads as Unknown.
    """
    reading = reading_at(unit, now)
    words = unit.words.overrides(None)
    assess_tam, assess_csm = tam_assessor(reading), csm_assessor(reading)
    accounts: list[Account] = []
    tam: dict[str, HealthRecord] = {}
    csm: dict[str, HealthRecord] = {}
    after = ""
    while page := unit.book.page(reading.context, after=after, limit=PAGE):
        ids = [facts.account.account_id for facts in page]
        after = ids[-1]
        accounts.extend(facts.account for facts in page)
        technical = _by_account(assess_tam(page, NOTHING))
        tam.update(technical)
        known = replace(
            NOTHING,
            tam_records=technical,
            words=words,
            escalations_90d=escalations(unit, ids, now),
            tam_escalations_open=escalated(unit, ids, now),
        )
        csm.update(_by_account(assess_csm(page, known)))
    day = reading.context.local_day
    ids = [account.account_id for account in accounts]
    before = {
        agent: unit.health.scores_on(agent, day - timedelta(days=TREND_DAYS), ids)
        for agent in Agent
    }
    return ordered(
        tuple(accounts),
        {Agent.TAM: tam, Agent.CSM: csm},
        before,
        unit.book.contracts(ids, day),
        reading.settings.default_owner,
        words_in_force(words, reading.look),
    )


def _by_account(assessed: Iterable[AssessedAccount]) -> dict[str, HealthRecord]:
    return {one.health.record.account_id: one.health.record for one in assessed}
