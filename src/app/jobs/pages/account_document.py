"""A document of an account as it is read: a review, for the customer or for us, or its profile."""

from __future__ import annotations

from app.agents.customer_success.qbr import review_of
from app.agents.customer_success.qbr_page import review_page
from app.agents.technical_account_manager.profile import COMPUTED, stored_profile
from app.agents.technical_account_manager.profile_page import profile_page
from app.clock import local_day
from app.domain.document import DocumentKind
from app.domain.page import Page
from app.domain.viewer import Viewer
from app.errors import NotFound
from app.jobs.sight import account_in_sight
from app.ports.store import Unit


def document_page(
    unit: Unit, viewer: Viewer, account_id: str, kind: str, key: str, *, for_customer: bool
) -> Page:
    """The kept document; with an empty key the newest of its kind.

    Raises NotFound, also for an account out of sight, and InvalidInput where the kept one is not in
    order.
    """
    account_in_sight(unit, viewer, account_id)
    if kind == DocumentKind.QBR:
        return _review(unit, account_id, key, for_customer=for_customer)
    if kind == DocumentKind.PROFILE:
        return _profile(unit, account_id)
    raise NotFound("there is no such kind of document to open")


def _review(unit: Unit, account_id: str, key: str, *, for_customer: bool) -> Page:
    kept = unit.documents.of(account_id, [DocumentKind.QBR])
    for one in kept:
        if key in {"", one.key}:
            return review_page(review_of(one), for_customer=for_customer)
    raise NotFound("there is no such review")


def _profile(unit: Unit, account_id: str) -> Page:
    kept = unit.documents.get(DocumentKind.PROFILE, account_id, COMPUTED)
    computed = None if kept is None else stored_profile(account_id, [kept]).computed
    if kept is None or computed is None:
        raise NotFound("no profile is kept of this account yet")
    zone = unit.tenant.settings().settings.zone
    return profile_page(computed, as_of=local_day(kept.made_at, zone))
