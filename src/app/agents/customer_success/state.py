"""What the CSM's graph works with and what it comes to know: values and ports, no graph library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from app.agents.customer_success.churn import ChurnRisk
from app.agents.customer_success.expansion import Found
from app.agents.customer_success.ports import BookReader
from app.agents.customer_success.qbr import Trigger
from app.agents.customer_success.schemas import CSMTask, QBRContent
from app.agents.plan import Plan
from app.domain.dossier import Dossier
from app.ports.dossier import DossierReader
from app.ports.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class CSMContext:
    """What the nodes work with."""

    dossiers: DossierReader
    books: BookReader
    writer: Writer


class CSMState(TypedDict, total=False):
    """What is known so far; each node adds to it."""

    task: CSMTask
    request: str
    dossier: Dossier
    churn: ChurnRisk
    found: tuple[Found, ...]
    why_held: str
    period: str
    trigger: Trigger
    review: QBRContent
    plan: Plan
