"""A document of an account as it is read: a review, for the customer or for us, or its profile."""

from __future__ import annotations

from datetime import datetime

from app.agents.customer_success.qbr import review_of
from app.agents.customer_success.qbr_page import review_page
from app.agents.technical_account_manager.profile import stored_profile
from app.agents.technical_account_manager.profile_page import profile_page
from app.clock import local_day
from app.domain.document import Document, DocumentKind
from app.domain.page import Page
from app.domain.viewer import Viewer
from app.errors import NotFound
from app.jobs.account_documents import profile_for, review_for
from app.jobs.sight import account_in_sight
from app.ports.store import Unit


def document_page(
    unit: Unit,
    viewer: Viewer,
    account_id: str,
    kind: str,
    key: str,
    *,
    for_customer: bool,
    now: datetime,
) -> Page:
    """The kept document; with an empty key and none kept, as it would be made now.

    Raises NotFound, also for an account out of sight, and InvalidInput where the kept one is not in
    order.
    """
    account_in_sight(unit, viewer, account_id)
    if kind == DocumentKind.QBR:
        kept = unit.documents.get(DocumentKind.QBR, account_id, key) if key else None
        if key and kept is None:
            raise NotFound("there is no such review")
        content = review_for(unit, account_id, "", now).content if kept is None else review_of(kept)
        return review_page(content, for_customer=for_customer)
    if kind == DocumentKind.PROFILE:
        return _profile(
            unit, account_id, unit.documents.get(DocumentKind.PROFILE, account_id, key), now
        )
    raise NotFound("there is no such kind of document to open")


def _profile(unit: Unit, account_id: str, kept: Document | None, now: datetime) -> Page:
    zone = unit.tenant.settings().settings.zone
    if kept is not None:
        computed = stored_profile(account_id, [kept]).computed
        if computed is not None:
            return profile_page(computed, as_of=local_day(kept.made_at, zone))
    found = profile_for(unit, account_id, now)
    return profile_page(found.profile, as_of=found.as_of)
