"""What the Sales Agent's graph works with and comes to know: values and ports, no graph library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from app.agents.plan import Plan
from app.agents.sales.opportunities import Growth
from app.agents.sales.schemas import SalesTask
from app.domain.dossier import Dossier
from app.ports.dossier import DossierReader
from app.ports.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesContext:
    """What the nodes work with."""

    dossiers: DossierReader
    writer: Writer


class SalesState(TypedDict, total=False):
    """What is known so far; each node adds to it."""

    task: SalesTask
    request: str
    dossier: Dossier
    growth: Growth
    reasons: tuple[str, ...]
    plan: Plan
