"""The nodes of the Sales Agent's graph: read, weigh, word, plan.

Each is short: what is decided stands in the deciding modules. Nothing here acts.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from langgraph.graph import END, START
from langgraph.runtime import Runtime
from langgraph.types import Command

from app.agents.sales import plans
from app.agents.sales.escalation import (
    OFFER,
    in_words,
    standing_escalations,
    waiting_offers,
    why_not_now,
)
from app.agents.sales.letter import offer_facts
from app.agents.sales.opportunities import (
    growth_of,
    lines_for_rep,
    proposal_of,
    together_of,
    waits,
)
from app.agents.sales.plans import About
from app.agents.sales.state import SalesContext, SalesState
from app.domain.dossier import Dossier
from app.ports.writer import Writer

Run: TypeAlias = Runtime[SalesContext]
Deciding: TypeAlias = Literal[
    "weigh_growth", "record_codev", "weigh_escalation", "ask_for_health_check"
]

_DECIDED_BY: dict[str, Deciding] = {
    "handle_expansion_opportunity": "weigh_growth",
    "handle_codev_opportunity": "record_codev",
    "handle_escalation": "weigh_escalation",
    "dispatch_tam_health_check": "ask_for_health_check",
}


async def open_task(state: SalesState) -> Command[Literal["read_account", "answer_nobody"]]:
    """One account, or a book in which nothing waits."""
    has_account = state["task"].account_id is not None
    return Command(goto="read_account" if has_account else "answer_nobody")


async def answer_nobody(state: SalesState) -> SalesState:
    """A task that was to be fanned out, and concerns no account."""
    reason = "no opportunity waits to be taken up"
    return {"plan": plans.nothing_plan(state["task"], state["request"], reason)}


async def read_account(state: SalesState, runtime: Run) -> Command[Deciding]:
    """Everything known of the account, at one moment."""
    task = state["task"]
    dossier = await runtime.context.dossiers.dossier(task.account_id or "")
    return Command(update={"dossier": dossier}, goto=_DECIDED_BY[task.task_type])


async def weigh_growth(
    state: SalesState,
) -> Command[Literal["answer_nothing", "answer_taken_up", "keep_back", "word_offer"]]:
    """Which opportunity it is, and whether this is a time to offer anything."""
    growth = growth_of(state["task"], state["dossier"])
    if growth is None:
        return Command(goto="answer_nothing")
    reasons = why_not_now(state["dossier"])
    found: SalesState = {"growth": growth, "reasons": reasons}
    if growth.is_taken_up:
        return Command(update=found, goto="answer_taken_up")
    return Command(update=found, goto="keep_back" if reasons else "word_offer")


async def answer_nothing(state: SalesState) -> SalesState:
    """The account has nothing that waits."""
    reason = f"no opportunity of {state['dossier'].account_id} waits to be taken up"
    return {"plan": plans.nothing_plan(state["task"], state["request"], reason)}


async def answer_taken_up(state: SalesState) -> SalesState:
    """One opportunity, one letter."""
    return {"plan": plans.taken_up_plan(_about(state), state["growth"])}


async def keep_back(state: SalesState, runtime: Run) -> SalesState:
    """No offer while something is wrong; the rep is told why."""
    growth, reasons = state["growth"], state["reasons"]
    note = _note(
        runtime.context.writer,
        state["dossier"],
        f"room for {growth.name}, and no letter for now",
        [
            *(f"Not now: {reason}" for reason in reasons),
            *lines_for_rep(growth),
            "It is looked at again every day, and the letter drafted once this is settled",
        ],
    )
    return {"plan": plans.held_plan(_about(state), growth, reasons, note)}


async def word_offer(state: SalesState, runtime: Run) -> SalesState:
    """The letter for the customer, and the note for the rep."""
    dossier, growth, writer = state["dossier"], state["growth"], runtime.context.writer
    letter = await writer.letter(OFFER, offer_facts(dossier, proposal_of(growth, dossier)))
    note = _note(
        writer,
        dossier,
        f"room for {growth.name}",
        [*lines_for_rep(growth), "A draft to the customer is waiting for you: tend drafts"],
    )
    return {"plan": plans.offer_plan(_about(state), growth, letter, note)}


async def record_codev(state: SalesState, runtime: Run) -> SalesState:
    """Something to build together: the rep is told."""
    together = together_of(state["task"], state["dossier"])
    told = together.told
    when = f" ({told.planned_for})" if told.planned_for else ""
    lines = [told.description, *(f"Why: {reason}" for reason in told.evidence)]
    note = _note(
        runtime.context.writer,
        state["dossier"],
        f"could be built together: {told.opportunity_name}{when}",
        [line for line in lines if line],
    )
    return {"plan": plans.codev_plan(_about(state), together, note)}


async def weigh_escalation(state: SalesState, runtime: Run) -> SalesState:
    """Offers are kept back while it stands; the rep is told where there is one to keep back."""
    dossier = state["dossier"]
    standing = standing_escalations(dossier.incidents)
    if not standing:
        reason = "no escalation of this account stands: offers may go on"
        return {"plan": plans.nothing_plan(state["task"], state["request"], reason)}
    reasons = [in_words(one) for one in standing]
    kept_back = [
        *(f"Keep this draft back: {one.draft_id}" for one in waiting_offers(dossier.letters)),
        *(f"Waits until then: {one.name}" for one in dossier.opportunities if waits(one)),
    ]
    note = ""
    if kept_back:
        note = _note(
            runtime.context.writer, dossier, "no offers while this stands", [*reasons, *kept_back]
        )
    about = _about(state)
    return {"plan": plans.escalation_plan(about, standing[-1].incident_id, reasons, note)}


async def ask_for_health_check(state: SalesState) -> SalesState:
    """The TAM is asked."""
    return {"plan": plans.health_check_plan(_about(state))}


def _about(state: SalesState) -> About:
    return About(task=state["task"], request=state["request"], dossier=state["dossier"])


def _note(writer: Writer, dossier: Dossier, headline: str, lines: list[str]) -> str:
    return writer.alert(
        "sales_note",
        {
            "account_name": dossier.facts.account.name,
            "headline": headline,
            "lines": "\n".join(" ".join(line.split()) for line in lines),
        },
    )


NODES = (
    open_task,
    answer_nobody,
    read_account,
    weigh_growth,
    answer_nothing,
    answer_taken_up,
    keep_back,
    word_offer,
    record_codev,
    weigh_escalation,
    ask_for_health_check,
)
EDGES = (
    (START, "open_task"),
    ("answer_nobody", END),
    ("answer_nothing", END),
    ("answer_taken_up", END),
    ("keep_back", END),
    ("word_offer", END),
    ("record_codev", END),
    ("weigh_escalation", END),
    ("ask_for_health_check", END),
)
"""The ways that no node chooses."""
