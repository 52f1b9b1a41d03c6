"""The nodes of the CSM's graph: read, decide, word, plan.

Each is short: what is decided stands in the deciding modules. Nothing here acts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from langgraph.graph import END, START
from langgraph.runtime import Runtime
from langgraph.types import Command

from app.agents.customer_success import plans
from app.agents.customer_success.adoption import adoption_report
from app.agents.customer_success.bands import band_on
from app.agents.customer_success.churn import ChurnRisk
from app.agents.customer_success.expansion import Found, opportunities
from app.agents.customer_success.gate import why_held
from app.agents.customer_success.health_report import Before, before_of, health_of, trouble_of
from app.agents.customer_success.narrative import churn_of, risk_points
from app.agents.customer_success.phrases import money, shown
from app.agents.customer_success.plans import Asked
from app.agents.customer_success.qbr import (
    kept_review,
    period_in_words,
    period_of,
    refuse_other_times,
    review,
)
from app.agents.customer_success.qbr_text import TITLES
from app.agents.customer_success.qbr_words import WHY, section_facts, why_facts, worded
from app.agents.customer_success.readings import Scanned
from app.agents.customer_success.schemas import (
    ChurnRiskResult,
    CSMHealthScoreResult,
    ExpansionOpportunity,
    QBRSection,
)
from app.agents.customer_success.state import CSMContext, CSMState
from app.domain.assessment import Agent
from app.domain.band import band_of
from app.domain.dossier import Dossier
from app.domain.tenant_settings import TenantSettings

Decision = Literal[
    "report_health", "assess_churn", "find_expansion", "measure_adoption", "choose_period"
]
DECISIONS: dict[str, Decision] = {
    "csm_health_scan": "report_health",
    "churn_assessment": "assess_churn",
    "check_expansion": "find_expansion",
    "track_feature_adoption": "measure_adoption",
    "generate_qbr": "choose_period",
}
"""The first deciding node of each task."""


async def read(
    state: CSMState, runtime: Runtime[CSMContext]
) -> Command[Literal["read_book", Decision]]:
    """The account's dossier; a task about no account is about the whole book."""
    task = state["task"]
    if task.account_id is None:
        return Command(goto="read_book")
    dossier = await runtime.context.dossiers.dossier(task.account_id)
    return Command(update={"dossier": dossier}, goto=DECISIONS[task.task_type])


async def read_book(state: CSMState, runtime: Runtime[CSMContext]) -> CSMState:
    """Every active account as last scanned."""
    book = await runtime.context.books.book()
    found = [_scanned(one, book.settings) for one in book.accounts]
    scored = [one for one in found if one is not None]
    plan = plans.scan_plan(_asked(state), scored, unscored=len(found) - len(scored))
    return {"plan": plan}


async def report_health(state: CSMState, runtime: Runtime[CSMContext]) -> CSMState:
    """What the scan before this plan found, and whom it told."""
    dossier = state["dossier"]
    history = dossier.history.get(Agent.CSM, ())
    health = health_of(
        dossier.records.get(Agent.CSM),
        dossier.records.get(Agent.TAM),
        before_of(history),
        dossier.settings.csm,
    )
    alerted = await runtime.context.books.alerted(dossier.account_id)
    churn = None if health is None else _churn_result(dossier, churn_of(dossier), None)
    return {"plan": plans.health_plan(_asked(state), dossier, health, churn, alerted)}


def assess_churn(state: CSMState) -> Command[Literal["word_churn", "__end__"]]:
    """The level by the rule; stale facts have none of their own."""
    dossier = state["dossier"]
    if trouble_of(dossier) is not None:
        return Command(
            update={"plan": plans.churn_plan(_asked(state), dossier, None)}, goto="__end__"
        )
    return Command(update={"churn": churn_of(dossier)}, goto="word_churn")


async def word_churn(state: CSMState, runtime: Runtime[CSMContext]) -> CSMState:
    """Why this account is at risk, for the rep."""
    dossier, churn = state["dossier"], state["churn"]
    narrative = await runtime.context.writer.briefing(
        "churn_narrative",
        {
            "account_id": dossier.account_id,
            "account_name": shown(dossier.facts.account.name),
            "churn_level": churn.level,
            "reasons": "\n".join(risk_points(dossier, churn)),
        },
    )
    result = _churn_result(dossier, churn, narrative)
    return {"plan": plans.churn_plan(_asked(state), dossier, result)}


def find_expansion(state: CSMState) -> CSMState:
    """Room to grow, and whether it may be offered now."""
    dossier = state["dossier"]
    return {"found": opportunities(dossier), "why_held": why_held(dossier)}


async def word_expansion(state: CSMState, runtime: Runtime[CSMContext]) -> CSMState:
    """A talk track for each, and the plan."""
    dossier = state["dossier"]
    found = tuple([await _with_talk_track(one, dossier, runtime.context) for one in state["found"]])
    plan = plans.expansion_plan(_asked(state), dossier, found, why_held=state["why_held"])
    return {"found": found, "plan": plan}


def measure_adoption(state: CSMState) -> CSMState:
    """The report, and the plan."""
    dossier = state["dossier"]
    report = adoption_report(dossier)
    return {"plan": plans.adoption_plan(_asked(state), dossier, report)}


def choose_period(state: CSMState) -> Command[Literal["compose_review", "__end__"]]:
    """The period asked for; the review there is already is the answer, unless it is to be anew."""
    dossier, metadata = state["dossier"], state["task"].metadata
    period, trigger = period_of(metadata, dossier)
    kept = kept_review(dossier, period)
    if kept is not None and not metadata.get("again"):
        plan = plans.kept_review_plan(_asked(state), dossier, kept)
        return Command(update={"plan": plan}, goto="__end__")
    refuse_other_times(period, dossier.context.local_day)
    return Command(update={"period": period, "trigger": trigger}, goto="compose_review")


def compose_review(state: CSMState) -> CSMState:
    """The four sections, and what the rep alone should know."""
    return {"review": review(state["dossier"], state["period"], state["trigger"])}


async def narrate_review(state: CSMState, runtime: Runtime[CSMContext]) -> CSMState:
    """Each section's sentences and the notes' why, by a model where one words them."""
    made, writer = state["review"], runtime.context.writer
    passages = {}
    for title, field in TITLES:
        section: QBRSection = getattr(made, field)
        facts = section_facts(made, title, section)
        passages[field] = await writer.passage("qbr_narrative", facts, plain=section.text)
    why = why_facts(state["dossier"], made)
    if why is not None:
        passages[WHY] = await writer.passage("qbr_why", why, plain="")
    return {"review": worded(made, passages)}


def word_review(state: CSMState, runtime: Runtime[CSMContext]) -> CSMState:
    """The word to the rep that it is ready, and the plan."""
    dossier, made = state["dossier"], state["review"]
    contract, record = dossier.facts.contract, dossier.records.get(Agent.CSM)
    arr = None if contract is None else contract.arr
    renews_on = None if contract is None else contract.renews_on
    text = runtime.context.writer.alert(
        "qbr_ready",
        {
            "account_name": shown(dossier.facts.account.name),
            "period": period_in_words(made.period),
            "where": f"tend qbr {dossier.account_id} --period {made.period}",
            "health": ""
            if record is None or record.score is None
            else f"health {record.score}/100 (100 = healthy), {record.band}",
            "arr": "" if arr is None else money(arr.amount, arr.currency),
            "renewal": "" if renews_on is None else renews_on.isoformat(),
        },
    )
    again = bool(state["task"].metadata.get("again"))
    plan = plans.review_plan(_asked(state), dossier, made, text=text, again=again)
    return {"plan": plan}


def _asked(state: CSMState) -> Asked:
    task = state["task"]
    return Asked(
        task_type=task.task_type, request=state["request"], account_id=task.account_id or ""
    )


def _scanned(one: Scanned, settings: TenantSettings) -> CSMHealthScoreResult | None:
    score, csm = one.score_before, settings.csm
    before = None
    if score is not None:
        band = band_of(score, red_threshold=csm.red_threshold, amber_threshold=csm.amber_threshold)
        before = Before(score=score, band=band)
    return health_of(one.record, one.tam, before, csm)


def _churn_result(dossier: Dossier, churn: ChurnRisk, narrative: str | None) -> ChurnRiskResult:
    return ChurnRiskResult(
        account_id=dossier.account_id,
        churn_risk_level=churn.level.value,
        churn_triggered_by=None if churn.triggered_by is None else churn.triggered_by.value,
        churn_narrative=narrative,
        days_to_renewal=churn.days_to_renewal,
        health_rag=band_on(dossier, Agent.CSM),
    )


async def _with_talk_track(one: Found, dossier: Dossier, context: CSMContext) -> Found:
    contract = dossier.facts.contract
    renews_on = None if contract is None else contract.renews_on
    text = await context.writer.briefing(
        f"talk_track_{one.kind}",
        {
            "account_id": dossier.account_id,
            "account_name": shown(dossier.facts.account.name),
            "what": one.name,
            "evidence": one.payload.evidence,
            "renewal": "" if renews_on is None else renews_on.isoformat(),
        },
    )
    payload: ExpansionOpportunity = one.payload.model_copy(update={"recommended_talk_track": text})
    return replace(one, payload=payload)


NODES = (
    read,
    read_book,
    report_health,
    assess_churn,
    word_churn,
    find_expansion,
    word_expansion,
    measure_adoption,
    choose_period,
    compose_review,
    narrate_review,
    word_review,
)
EDGES = (
    (START, "read"),
    ("find_expansion", "word_expansion"),
    ("compose_review", "narrate_review"),
    ("narrate_review", "word_review"),
    ("read_book", END),
    ("report_health", END),
    ("word_churn", END),
    ("word_expansion", END),
    ("measure_adoption", END),
    ("word_review", END),
)
"""The ways that no node chooses."""
