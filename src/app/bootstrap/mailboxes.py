"""A tenant's mailboxes put together: where drafts wait for their reps."""

from __future__ import annotations

from collections.abc import Sequence

from app.ports.mail import DraftBox
from app.services.file_box import FileBox
from app.settings import Settings


def draft_boxes_of(settings: Settings, tenant: str) -> Sequence[DraftBox]:
    """The mailboxes that drafts are put into: the first that serves a rep; the last serves all."""
    return (FileBox(settings.outbox_of(tenant)),)
