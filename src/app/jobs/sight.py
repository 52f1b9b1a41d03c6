"""What somebody may see, looked up before it is shown: out of sight is as if it were not there."""

from __future__ import annotations

from app.domain.account import Account
from app.domain.draft import Draft
from app.domain.incident import Incident, IncidentKind
from app.domain.viewer import Viewer
from app.errors import NotFound
from app.ports.store import Unit


def account_in_sight(unit: Unit, viewer: Viewer, account_id: str) -> Account:
    """The account. Raises NotFound where there is none, or not for this viewer."""
    account = unit.book.accounts([account_id]).get(account_id)
    if account is None or not is_in_sight(unit, viewer, account):
        raise NotFound("there is no such account")
    return account


def is_in_sight(unit: Unit, viewer: Viewer, account: Account) -> bool:
    """Whether this viewer sees the account; the settings are read only where they matter."""
    if viewer.owner is None:
        return True
    return viewer.sees(account, unit.tenant.settings().settings.default_owner)


def draft_in_sight(unit: Unit, viewer: Viewer, draft_id: str) -> Draft:
    """The draft. Raises NotFound where there is none, or its account is out of sight."""
    draft = unit.outbox.draft(draft_id)
    account_in_sight(unit, viewer, draft.account_id)
    return draft


def incident_in_sight(unit: Unit, viewer: Viewer, incident_id: str) -> Incident:
    """The incident, to do something about it. Raises NotFound.

    A feed's concerns every account: it is for who sees all of them. Others are told of it alone.
    """
    incident = unit.incidents.get(incident_id)
    if incident.kind is not IncidentKind.FEED:
        account_in_sight(unit, viewer, incident.subject)
    elif not viewer.sees_operations:
        raise NotFound("there is no such incident")
    return incident
