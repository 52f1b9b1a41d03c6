"""A tenant's mailboxes put together: where drafts wait for their reps.

Connections in the settings are those of the settings' own tenant; any other has files alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.bootstrap.sections import extra_missing, is_own, reps_of, section_of
from app.ports.limits import Limiter
from app.ports.mail import DraftBox, RepMailer
from app.ports.store import Store
from app.services.file_box import FileBox
from app.services.gsuite.config import GmailConfig
from app.services.gsuite.token_files import TokenFiles
from app.settings import Settings


def draft_boxes_of(
    store: Store, settings: Settings, tenant: str, limiter: Limiter
) -> Sequence[DraftBox]:
    """The tenant's mailboxes for drafts, in the order they are asked whether they serve a rep.

    The folder of files is the last, and serves everybody. Raises ConfigurationError.
    """
    boxes: list[DraftBox] = []
    if is_own(settings, tenant) and (settings.gmail or TokenFiles(settings.home).reps()):
        boxes.append(_gmail(store, settings, tenant, limiter))
    if is_own(settings, tenant) and settings.imap:
        boxes.append(_imap(settings, tenant, limiter))
    return [*boxes, FileBox(settings.outbox_of(tenant))]


def gmail_mailer_of(
    store: Store, settings: Settings, tenant: str, limiter: Limiter
) -> RepMailer | None:
    """Mail to our own reps by Gmail; None: `alerts_from` names no mailbox.

    Raises ConfigurationError.
    """
    config = section_of("gmail", settings.gmail, GmailConfig)
    if not config.alerts_from:
        return None
    try:
        from app.services.gsuite.auth import GmailAccess
        from app.services.gsuite.link import GoogleLink
        from app.services.gsuite.rep_mailer import GmailRepMailer
    except ImportError as exc:
        raise extra_missing("gmail", "google") from exc
    return GmailRepMailer(
        config=config,
        access=GmailAccess(config, settings.home),
        link=GoogleLink(
            api="gmail", system="gmail", tenant_id=tenant, api_root=config.api_root, limiter=limiter
        ),
        reps=reps_of(store, tenant),
        link_root=settings.dashboard_url,
    )


def _gmail(store: Store, settings: Settings, tenant: str, limiter: Limiter) -> DraftBox:
    try:
        from app.services.gsuite.auth import GmailAccess
        from app.services.gsuite.gmail_box import GmailDraftBox
        from app.services.gsuite.link import GoogleLink
    except ImportError as exc:
        raise extra_missing("gmail", "google") from exc
    config = section_of("gmail", settings.gmail, GmailConfig)
    link = GoogleLink(
        api="gmail", system="gmail", tenant_id=tenant, api_root=config.api_root, limiter=limiter
    )
    return GmailDraftBox(
        config=config,
        access=GmailAccess(config, settings.home),
        link=link,
        reps=reps_of(store, tenant),
    )


def _imap(settings: Settings, tenant: str, limiter: Limiter) -> DraftBox:
    try:
        from app.services.imap.box import ImapDraftBox
        from app.services.imap.config import ImapConfig
    except ImportError as exc:
        raise extra_missing("imap", "imap") from exc
    config = section_of("imap", settings.imap, ImapConfig)
    return ImapDraftBox(config, tenant_id=tenant, limiter=limiter)
