"""What an alert to a rep carries on every channel: its id, its links, the mark of a repeat.

It knows no channel's markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict

from app.domain.draft import draft_id_of
from app.domain.effect import EffectKind, WorkOwed, group_of
from app.services.work_payload import payload_of

REPEAT_MARK = "(This may be a repeat: an earlier try was cut off.)"


class AlertWork(BaseModel):
    """The payload of an alert, as far as channels read it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    rep_email: str
    text: str
    account_id: str = ""
    account_name: str = ""
    incident_id: str = ""
    revision: int = 0
    letter: str | None = None
    """The letter that waits for the rep besides; None: there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLink:
    """A page of the dashboard."""

    name: str
    url: str


def alert_of(work: WorkOwed, *, system: str) -> AlertWork:
    """The alert to be told. Raises PermanentServiceError for a payload that is none."""
    return payload_of(work, AlertWork, system=system)


def alert_id_of(key: str) -> str:
    """The alert's id, the same on every channel: the incident and its revision, or the digest."""
    return group_of(key).partition(":")[2]


def links_of(dashboard_url: str, work: WorkOwed, alert: AlertWork) -> tuple[AlertLink, ...]:
    """The pages of the draft that waits and of the account; none without a dashboard."""
    if not dashboard_url:
        return ()
    root = dashboard_url.rstrip("/")
    links = []
    if alert.letter is not None:
        draft_id = draft_id_of(f"{group_of(work.key)}:{EffectKind.DRAFT}")
        links.append(AlertLink(name="Open the draft", url=f"{root}/drafts/{draft_id}"))
    if alert.account_id:
        account = quote(alert.account_id, safe="")
        links.append(AlertLink(name="Open the account", url=f"{root}/accounts/{account}"))
    return tuple(links)
