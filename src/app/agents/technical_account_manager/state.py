"""What the TAM's graph works with and what it comes to know: values and ports, no graph library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from app.agents.plan import Plan
from app.agents.technical_account_manager.letter_facts import Correspondent
from app.agents.technical_account_manager.plans import Kept
from app.agents.technical_account_manager.ports import BookReader
from app.agents.technical_account_manager.profile import StoredProfile
from app.agents.technical_account_manager.schemas import TAMTask
from app.domain.announcement import Announced
from app.domain.dossier import Dossier
from app.domain.incident import Incident
from app.ports.dossier import DossierReader
from app.ports.writer import Letter, Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class TAMContext:
    """What the nodes work with."""

    dossiers: DossierReader
    books: BookReader
    writer: Writer


class TAMState(TypedDict, total=False):
    """What is known so far; each node adds to it."""

    task: TAMTask
    request: str
    dossier: Dossier
    stored: StoredProfile
    to: Correspondent
    kept: Kept
    announced: Announced
    incident: Incident | None
    reasons: tuple[str, ...]
    letter: Letter
    plan: Plan
