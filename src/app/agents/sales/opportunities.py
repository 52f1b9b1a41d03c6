"""Which opportunity a task is about, where it stands, and what may be said of it to whom.

Pure. Names that reach a customer are taken from the store: what was handed over only chooses them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from pydantic import JsonValue, ValidationError

from app.agents.front_door import as_json
from app.agents.sales.capabilities import AGENT_ID
from app.agents.sales.schemas import SalesTask
from app.domain.dossier import Dossier
from app.domain.opportunity import Opportunity, OpportunityKind, OpportunityState
from app.domain.proposal import Proposal
from app.errors import InvalidInput, NotFound
from app.handoffs.edge import Shape
from app.handoffs.payloads import CoDevProposal, EvidenceFact, ExpansionOpportunity

ShapeT = TypeVar("ShapeT", bound=Shape)

_USUAL_NAMES = {"seats": "more seats", "module": "another module", "integration": "an integration"}

TAKEN_UP = frozenset(
    {
        OpportunityState.RECORDED,
        OpportunityState.DISCUSSED,
        OpportunityState.IN_PROGRESS,
        OpportunityState.CLOSED,
    }
)
"""Sales has it, and a letter was written: there is no second one."""

_NAMING: Mapping[str, tuple[EvidenceFact, ...]] = {
    "module": ("feature_missing",),
    "integration": ("environment", "integration_missing"),
}
"""The rows of evidence that may name what is proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """One opportunity to grow, as Sales takes it up."""

    opportunity_id: str
    name: str
    kind: OpportunityKind
    found: ExpansionOpportunity
    state: OpportunityState | None
    """As remembered; None: it is new."""
    others: int = 0
    """How many more of the account wait to be taken up."""

    @property
    def is_taken_up(self) -> bool:
        """Whether Sales has it already."""
        return self.state in TAKEN_UP

    @property
    def body(self) -> dict[str, JsonValue]:
        """The payload, JSON-ready."""
        return as_json(self.found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Something to build together, as Sales takes it up."""

    opportunity_id: str
    told: CoDevProposal


def waits(opportunity: Opportunity) -> bool:
    """Whether room to grow waits for Sales: handed over, or kept back by Sales itself."""
    if opportunity.kind is OpportunityKind.CODEV:
        return False
    is_ours = opportunity.found_by == AGENT_ID and opportunity.state is OpportunityState.HELD
    return is_ours or opportunity.state is OpportunityState.DISPATCHED


def growth_of(task: SalesTask, dossier: Dossier) -> Growth | None:
    """The opportunity that a task is about; None: none of the account waits.

    Raises NotFound for an id that the account does not have, InvalidInput for one that is of
    another kind.
    """
    waiting = [one for one in reversed(dossier.opportunities) if waits(one)]
    if task.opportunity is not None:
        return _told(task, task.opportunity, dossier, waiting)
    if task.opportunity_id is None:
        return _remembered(waiting[0], waiting) if waiting else None
    known = _known(task.opportunity_id, dossier)
    if known is None:
        raise NotFound(f"{dossier.account_id} has no opportunity {task.opportunity_id!r}")
    return _remembered(known, waiting)


def together_of(task: SalesTask, dossier: Dossier) -> Together:
    """What could be built together. Raises NotFound, or InvalidInput where it is not told."""
    if task.codev is not None:
        return Together(opportunity_id=task.codev.opportunity_id, told=task.codev)
    if task.opportunity_id is None:
        raise InvalidInput("opportunity_id: which co-development is it?")
    known = _known(task.opportunity_id, dossier)
    if known is None:
        raise NotFound(f"{dossier.account_id} has no opportunity {task.opportunity_id!r}")
    return Together(opportunity_id=known.opportunity_id, told=_body_as(CoDevProposal, known))


def proposal_of(growth: Growth, dossier: Dossier) -> Proposal:
    """What the letter proposes: figures and names as the store has them at this moment."""
    contract = dossier.facts.contract if growth.kind is OpportunityKind.SEATS else None
    names = [
        row.value for row in growth.found.evidence_rows if row.fact in _NAMING.get(growth.kind, ())
    ]
    known = _names_known(growth.kind, dossier)
    return Proposal(
        kind=growth.kind.value,
        name=next((name for name in names if name in known), ""),
        seats_used=None if contract is None else contract.seats_used,
        seats_purchased=None if contract is None else contract.seats_purchased,
    )


def lines_for_rep(growth: Growth) -> tuple[str, ...]:
    """What the rep is to know of it: how to speak of it, else why; and what it may be worth."""
    found = growth.found
    track = [line.strip().removeprefix("- ") for line in found.recommended_talk_track.splitlines()]
    lines = [line for line in track if line] or [f"Why: {found.evidence}"]
    if found.estimated_arr_impact is not None:
        currency = next((row.value for row in found.evidence_rows if row.fact == "currency"), "")
        worth = f"{currency} {found.estimated_arr_impact:,.2f}".strip()
        lines.append(f"It may be worth {worth} a year")
    return tuple(lines)


def _told(
    task: SalesTask, found: ExpansionOpportunity, dossier: Dossier, waiting: Collection[Opportunity]
) -> Growth:
    known_as = task.opportunity_id or _made_id(found)
    known = _known(known_as, dossier)
    kind = OpportunityKind(found.opportunity_type)
    return Growth(
        opportunity_id=known_as,
        name=_USUAL_NAMES[found.opportunity_type] if known is None else known.name,
        kind=kind,
        found=found,
        state=None if known is None else known.state,
        others=sum(one.opportunity_id != known_as for one in waiting),
    )


def _remembered(known: Opportunity, waiting: Collection[Opportunity]) -> Growth:
    return Growth(
        opportunity_id=known.opportunity_id,
        name=known.name,
        kind=known.kind,
        found=_body_as(ExpansionOpportunity, known),
        state=known.state,
        others=sum(one.opportunity_id != known.opportunity_id for one in waiting),
    )


def _body_as(shape: type[ShapeT], known: Opportunity) -> ShapeT:
    """What is remembered, as it was handed on; fields of the finder's own are passed over."""
    body = {name: value for name, value in known.body.items() if name in shape.model_fields}
    try:
        return shape.model_validate(body)
    except ValidationError as exc:
        raise InvalidInput(f"{known.opportunity_id} is no {shape.__name__}") from exc


def _known(opportunity_id: str, dossier: Dossier) -> Opportunity | None:
    return next(
        (one for one in dossier.opportunities if one.opportunity_id == opportunity_id), None
    )


def _made_id(found: ExpansionOpportunity) -> str:
    """What a person asks for without naming an opportunity: the same evidence is the same one."""
    mark = sha256(found.evidence.encode(errors="surrogatepass")).hexdigest()[:12]
    return f"{found.opportunity_type}:{found.account_id}:{mark}"


def _names_known(kind: OpportunityKind, dossier: Dossier) -> frozenset[str]:
    if kind is OpportunityKind.MODULE:
        return frozenset(dossier.context.feature_catalogue)
    return frozenset(dossier.facts.account.environment)
