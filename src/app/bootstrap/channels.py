"""Where a tenant's effects go: embedded, and what is connected by settings in its place.

Extras are imported once something is connected that needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from app.bootstrap.buses import bus_of
from app.bootstrap.mailboxes import draft_boxes_of, gmail_mailer_of
from app.bootstrap.sections import extra_missing, is_own, reps_of, section_of
from app.bootstrap.surfaces import record_sink_of
from app.domain.effect import EffectKind
from app.errors import ConfigurationError
from app.events.publishing import PublishEvents
from app.ports.effects import Sink
from app.ports.limits import Limiter
from app.ports.mail import DraftBox, RepMailer
from app.ports.store import Store
from app.services.account_flag import FlagAccount
from app.services.draft_sinks import DraftSink, RewordDrafts, WithdrawDrafts
from app.services.file_box import FileBox
from app.services.inbox import AlsoInInbox, InboxAlerts
from app.services.mail_alerts import MailAlerts
from app.settings import Settings

SinksOf: TypeAlias = Callable[[Store, Settings, str, Limiter], Mapping[EffectKind, Sink]]
"""Where a tenant's effects go."""


def embedded_sinks(
    store: Store, settings: Settings, tenant: str, limiter: Limiter
) -> Mapping[EffectKind, Sink]:
    """Where effects go with nothing connected: outbox, inbox list, the tenant's bus."""
    del limiter  # nobody else is called
    return _sinks(store, settings, tenant, [FileBox(settings.outbox_of(tenant))])


def connected_sinks(
    store: Store, settings: Settings, tenant: str, limiter: Limiter
) -> Mapping[EffectKind, Sink]:
    """Where effects go by the settings. Raises ConfigurationError naming what cannot be used."""
    sinks = _sinks(store, settings, tenant, draft_boxes_of(store, settings, tenant, limiter))
    if not is_own(settings, tenant):
        return sinks
    sinks[EffectKind.RECORD] = record_sink_of(store, settings, tenant, limiter)
    if settings.chat and settings.apprise:
        raise ConfigurationError("TEND_CHAT, TEND_APPRISE: alerts go to one chat: set one of them")
    if settings.chat:
        chat = _google_chat(settings, tenant, limiter)
        sinks[EffectKind.CHAT] = AlsoInInbox(InboxAlerts(store, tenant, "chat"), chat)
    if settings.apprise:
        chat = _apprise(settings, tenant, limiter)
        sinks[EffectKind.CHAT] = AlsoInInbox(InboxAlerts(store, tenant, "chat"), chat)
    mailer = _mailer(store, settings, tenant, limiter)
    if mailer is not None:
        mail = MailAlerts(mailer=mailer, dashboard_url=settings.dashboard_url)
        sinks[EffectKind.EMAIL] = AlsoInInbox(InboxAlerts(store, tenant, "email"), mail)
    return sinks


def _sinks(
    store: Store, settings: Settings, tenant: str, boxes: Sequence[DraftBox]
) -> dict[EffectKind, Sink]:
    return {
        EffectKind.DRAFT: DraftSink(store=store, tenant_id=tenant, boxes=boxes),
        EffectKind.WITHDRAW: WithdrawDrafts(store=store, tenant_id=tenant, boxes=boxes),
        EffectKind.REWORD: RewordDrafts(store=store, tenant_id=tenant, boxes=boxes),
        EffectKind.RECORD: FlagAccount(store, tenant),
        EffectKind.EVENT: PublishEvents(lambda: bus_of(store, settings, tenant)),
        EffectKind.EMAIL: InboxAlerts(store, tenant, "email"),
        EffectKind.CHAT: InboxAlerts(store, tenant, "chat"),
    }


def _google_chat(settings: Settings, tenant: str, limiter: Limiter) -> Sink:
    from app.services.gsuite.chat_webhook import ChatWebhookAlerts
    from app.services.gsuite.config import ChatConfig

    config = section_of("chat", settings.chat, ChatConfig)
    if not config.space:
        return ChatWebhookAlerts(
            config=config,
            tenant_id=tenant,
            limiter=limiter,
            dashboard_url=settings.dashboard_url,
        )
    try:
        from app.services.gsuite.chat import ChatService
        from app.services.gsuite.chat_sink import ChatApiAlerts
        from app.services.gsuite.link import GoogleLink
    except ImportError as exc:
        raise extra_missing("chat", "google") from exc
    link = GoogleLink(
        api="chat", system="chat", tenant_id=tenant, api_root=config.api_root, limiter=limiter
    )
    service = ChatService(config=config, link=link)
    return ChatApiAlerts(config=config, service=service, dashboard_url=settings.dashboard_url)


def _apprise(settings: Settings, tenant: str, limiter: Limiter) -> Sink:
    try:
        from app.services.chat.apprise_config import AppriseConfig
        from app.services.chat.apprise_sink import AppriseAlerts
    except ImportError as exc:
        raise extra_missing("apprise", "alerts") from exc
    return AppriseAlerts(
        config=section_of("apprise", settings.apprise, AppriseConfig),
        tenant_id=tenant,
        limiter=limiter,
        dashboard_url=settings.dashboard_url,
    )


def _mailer(store: Store, settings: Settings, tenant: str, limiter: Limiter) -> RepMailer | None:
    by_gmail = gmail_mailer_of(store, settings, tenant, limiter)
    if by_gmail is not None and settings.smtp:
        msg = "TEND_SMTP, TEND_GMAIL: mail to reps goes one way: set [smtp], or gmail.alerts_from"
        raise ConfigurationError(msg)
    return _smtp(store, settings, tenant, limiter) if settings.smtp else by_gmail


def _smtp(store: Store, settings: Settings, tenant: str, limiter: Limiter) -> RepMailer:
    try:
        from app.services.smtp.config import SmtpConfig
        from app.services.smtp.mailer import SmtpRepMailer
    except ImportError as exc:
        raise extra_missing("smtp", "smtp") from exc
    return SmtpRepMailer(
        section_of("smtp", settings.smtp, SmtpConfig),
        tenant_id=tenant,
        limiter=limiter,
        reps=reps_of(store, tenant),
        link_root=settings.dashboard_url,
    )
