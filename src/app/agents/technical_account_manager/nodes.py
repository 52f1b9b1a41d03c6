"""The nodes of the TAM's graph: read, look at the profile, decide, word, plan.

Each is short: what is decided stands in the deciding modules. Nothing here acts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, TypeAlias

from langgraph.graph import END, START
from langgraph.runtime import Runtime
from langgraph.types import Command

from app.agents.technical_account_manager import plans
from app.agents.technical_account_manager.health_report import (
    before_of,
    book_health,
    confidence_of,
    health_of,
    why_unknown,
)
from app.agents.technical_account_manager.letter_facts import (
    correspondent_of,
    letter_facts,
)
from app.agents.technical_account_manager.plans import Kept, Worded
from app.agents.technical_account_manager.profile import (
    NOTHING_ALIGNED,
    profile_of,
    stored_profile,
)
from app.agents.technical_account_manager.profile_words import words_of
from app.agents.technical_account_manager.readings import Reading
from app.agents.technical_account_manager.relevance import (
    announced_release,
    release_for,
    why,
    why_not,
)
from app.agents.technical_account_manager.roadmap import (
    aligned_items,
    alignment_of,
    codev_handoffs,
    planned_items,
    what_aligns,
)
from app.agents.technical_account_manager.state import TAMContext, TAMState
from app.domain.announcement import NOTHING_ANNOUNCED, Announced
from app.domain.assessment import Agent

Run: TypeAlias = Runtime[TAMContext]

Deciding = Literal["choose_changes", "align_roadmap", "find_escalation", "word_letter"]
_DECIDED_BY: Mapping[str, Deciding] = {
    "release_notes": "choose_changes",
    "roadmap_preview": "align_roadmap",
    "update_relationship_profile": "align_roadmap",
    "escalation_outreach": "find_escalation",
    "health_checkin": "word_letter",
    "customer_success_review": "word_letter",
}


async def open_task(
    state: TAMState,
) -> Command[Literal["read_account", "report_book", "answer_nobody"]]:
    """One account, the whole book, or a book in which nobody is concerned."""
    if state["task"].account_id is not None:
        return Command(goto="read_account")
    is_scan = state["task"].task_type == "health_scan"
    return Command(goto="report_book" if is_scan else "answer_nobody")


async def report_book(state: TAMState, runtime: Run) -> TAMState:
    """The scores of every active account that has one."""
    book = await runtime.context.books.book()
    health, reasons = book_health(book)
    return {"plan": plans.scan_plan(health, group=_group(state), reasons=reasons)}


async def answer_nobody(state: TAMState) -> TAMState:
    """A task that was to be fanned out, and concerns no account."""
    reason = "no active account is concerned: nothing is written"
    return {
        "plan": plans.book_plan(state["task"].task_type, group=_group(state), reasons=(reason,))
    }


async def read_account(
    state: TAMState, runtime: Run
) -> Command[Literal["report_health", "build_profile"]]:
    """Everything known of the account, at one moment."""
    dossier = await runtime.context.dossiers.dossier(state["task"].account_id or "")
    is_scan = state["task"].task_type == "health_scan"
    return Command(
        update={"dossier": dossier}, goto="report_health" if is_scan else "build_profile"
    )


async def report_health(state: TAMState, runtime: Run) -> TAMState:
    """The account's score, and whom its escalation reached."""
    dossier = state["dossier"]
    reading, record = Reading.of(dossier), dossier.records.get(Agent.TAM)
    before = before_of(dossier.history.get(Agent.TAM, ()))
    health = health_of(dossier.facts, record, before, reading)
    return {
        "plan": plans.health_plan(
            health,
            await runtime.context.books.escalation(dossier.account_id),
            group=_group(state),
            confidence=confidence_of(dossier.facts, reading),
            reasons=why_unknown(record) if health is None else (),
        )
    }


async def build_profile(state: TAMState) -> Command[Deciding]:
    """The profile with what the task says of it, and the account as a letter sees it."""
    dossier, task = state["dossier"], state["task"]
    stored = stored_profile(dossier.account_id, dossier.documents)
    later = words_of(task.profile_updates, dossier.stakeholders)
    stored = replace(stored, said=stored.said.then(later))
    profile = profile_of(dossier, stored, NOTHING_ALIGNED)
    to = correspondent_of(
        dossier, stored, profile, with_tickets=task.task_type == "escalation_outreach"
    )
    kept = Kept(profile=profile, said=stored.said)
    return Command(
        update={
            "stored": stored,
            "to": to,
            "kept": kept,
            "announced": NOTHING_ANNOUNCED,
            "incident": None,
            "reasons": (),
        },
        goto=_DECIDED_BY[task.task_type],
    )


async def choose_changes(state: TAMState) -> Command[Literal["word_letter", "keep_profile"]]:
    """The changes of a release that matter to this account."""
    release = release_for(state["task"].release_info, state["dossier"].documents)
    facts = state["to"].known.facts
    announced = announced_release(release, facts)
    if not announced.announcements:
        return Command(update={"reasons": (why_not(release, facts),)}, goto="keep_profile")
    reasons = tuple(why(one) for one in announced.announcements)
    return Command(update={"announced": announced, "reasons": reasons}, goto="word_letter")


async def align_roadmap(state: TAMState) -> Command[Literal["word_letter", "keep_profile"]]:
    """What is planned that aligns with this account, and what could be built with it."""
    dossier, known = state["dossier"], state["to"].known
    items = planned_items(state["task"].metadata, dossier.documents)
    found = aligned_items(items, known.facts, known.tickets)
    aligned = alignment_of(dossier.account_id, found)
    kept = replace(
        state["kept"],
        profile=profile_of(dossier, state["stored"], aligned),
        aligned=aligned,
        handoffs=codev_handoffs(aligned.opportunities, dossier.opportunities),
    )
    is_letter = state["task"].task_type == "roadmap_preview"
    return Command(
        update={
            "kept": kept,
            "announced": Announced(announcements=found),
            "reasons": what_aligns(items, found),
        },
        goto="word_letter" if is_letter else "keep_profile",
    )


async def find_escalation(state: TAMState) -> Command[Literal["word_letter", "__end__"]]:
    """The incident to write about. A letter on it that waits already is the answer."""
    dossier = state["dossier"]
    incident = plans.live_escalation(dossier.incidents)
    waiting = None if incident is None else plans.waiting_letter(dossier.letters, incident)
    if waiting is None:
        return Command(update={"incident": incident}, goto="word_letter")
    plan = plans.waiting_plan(
        waiting, state["kept"], group=_group(state), confidence=_confidence(state)
    )
    return Command(update={"plan": plan}, goto="__end__")


async def word_letter(state: TAMState, runtime: Run) -> TAMState:
    """The letter's words, by the writer."""
    kind = state["task"].task_type
    facts = letter_facts(
        state["to"],
        look_back_days=plans.LOOK_BACK_DAYS[kind],
        announced=state["announced"],
    )
    return {"letter": await runtime.context.writer.letter(kind, facts)}


async def plan_letter(state: TAMState) -> TAMState:
    """A draft for the rep, once."""
    worded = Worded(
        communication_type=state["task"].task_type,
        letter=state["letter"],
        incident=state["incident"],
    )
    return {
        "plan": plans.letter_plan(
            state["to"],
            worded,
            state["kept"],
            group=_group(state),
            confidence=_confidence(state),
            reasons=state["reasons"],
        )
    }


async def keep_profile(state: TAMState) -> TAMState:
    """No letter: the profile brought up to date, and why."""
    return {
        "plan": plans.quiet_plan(
            state["task"].task_type,
            state["kept"],
            group=_group(state),
            confidence=_confidence(state),
            reasons=state["reasons"],
        )
    }


def _group(state: TAMState) -> str:
    announced = state.get("announced", NOTHING_ANNOUNCED)
    return plans.group_of(state["task"], state["request"], announced.version)


def _confidence(state: TAMState) -> Literal["high", "medium", "low"]:
    dossier = state["dossier"]
    return confidence_of(dossier.facts, Reading.of(dossier))


NODES = (
    open_task,
    report_book,
    answer_nobody,
    read_account,
    report_health,
    build_profile,
    choose_changes,
    align_roadmap,
    find_escalation,
    word_letter,
    plan_letter,
    keep_profile,
)
EDGES = (
    (START, "open_task"),
    ("word_letter", "plan_letter"),
    ("report_book", END),
    ("answer_nobody", END),
    ("report_health", END),
    ("plan_letter", END),
    ("keep_profile", END),
)
"""The ways that no node chooses."""
