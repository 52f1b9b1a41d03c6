"""An account's review and its profile as somebody wants to read them: kept, or as known now.

Read in the caller's transaction; nothing is written and no agent's task is begun.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.agents.customer_success.qbr import period_of, refuse_other_times, review, review_of
from app.agents.customer_success.schemas import QBRContent
from app.agents.technical_account_manager.profile import (
    NOTHING_ALIGNED,
    profile_of,
    stored_profile,
)
from app.agents.technical_account_manager.schemas import RelationshipProfile
from app.domain.document import DocumentKind
from app.jobs.dossiers import dossier_of
from app.ports.store import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFound:
    """A review to read."""

    content: QBRContent
    is_kept: bool
    """False: made of what is known now, for reading alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileFound:
    """A profile to read, as known on a day."""

    profile: RelationshipProfile
    as_of: date
    is_kept: bool
    """Whether an agent keeps one of this account yet."""


def review_for(unit: Unit, account_id: str, period: str, now: datetime) -> ReviewFound:
    """The kept review of the period, else one of what is known now; no period: the newest kept.

    Raises InvalidInput for a period that none is kept of and none can be made for.
    """
    kept = unit.documents.of(account_id, [DocumentKind.QBR])
    wanted = [one for one in kept if one.key == period] if period else kept
    if wanted:
        return ReviewFound(content=review_of(wanted[0]), is_kept=True)
    dossier = dossier_of(unit, account_id, now)
    chosen, trigger = period_of({"period": period or None}, dossier)
    refuse_other_times(chosen, dossier.context.local_day)
    return ReviewFound(content=review(dossier, chosen, trigger), is_kept=False)


def profile_for(unit: Unit, account_id: str, now: datetime) -> ProfileFound:
    """The profile as of now, over what reps said and what was aligned when it was last kept.

    Raises InvalidInput where the kept one is not in order.
    """
    dossier = dossier_of(unit, account_id, now, compares=False)
    stored = stored_profile(account_id, dossier.documents)
    return ProfileFound(
        profile=profile_of(dossier, stored, NOTHING_ALIGNED),
        as_of=dossier.context.local_day,
        is_kept=stored.computed is not None,
    )
