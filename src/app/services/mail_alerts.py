"""Alerts as mails to our own reps. It knows no mail server, and whom a mailer refuses gets none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from app.domain.effect import EffectClass, WorkOwed
from app.ports.mail import RepMail, RepMailer
from app.services.alert_words import REPEAT_MARK, AlertWork, alert_id_of, alert_of, links_of
from app.services.closing import close_all
from app.services.gsuite.chat_text import inert
from app.services.plain_text import one_line, paragraphs

_SUBJECT_MOST = 150
_TEXT_MOST = 20_000
_REPEATED = " (may be a repeat)"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAlerts:
    """Mails each alert to its rep; at least once, and a possible repeat says so."""

    mailer: RepMailer
    dashboard_url: str
    """Where alerts link to; empty: nowhere."""

    @property
    def effect_class(self) -> EffectClass:
        """At least once: nobody can be asked what was mailed."""
        return EffectClass.AT_LEAST_ONCE

    @property
    def timeout_seconds(self) -> float:
        """As the mailer takes."""
        return self.mailer.timeout_seconds

    @property
    def lag_seconds(self) -> float:
        """Nothing is looked for."""
        return 0.0

    async def find(self, key: str) -> str | None:
        """Never told: mail cannot be looked up."""
        del key
        return None

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        """Mail the alert and return the mail's id.

        Raises PermanentServiceError for a payload that is no alert, and for who is no rep.
        """
        del at
        alert = alert_of(work, system="email")
        return await self.mailer.send(self._mail(work, alert, repeat=repeat))

    async def check(self) -> None:
        """Whether mail would be taken."""
        await self.mailer.check()

    async def aclose(self) -> None:
        """Let go of the mailer's connections."""
        await close_all([self.mailer])

    def _mail(self, work: WorkOwed, alert: AlertWork, *, repeat: bool) -> RepMail:
        text = paragraphs(alert.text)[:_TEXT_MOST]
        links = links_of(self.dashboard_url, work, alert)
        alert_id = alert_id_of(work.key)
        lines = [
            *([REPEAT_MARK, ""] if repeat else []),
            inert(text),
            "",
            *(f"{link.name}: {link.url}" for link in links),
            f"[{inert(alert_id)}]",
        ]
        first = next(iter(text.splitlines()), "")
        return RepMail(
            to=alert.rep_email,
            subject=one_line(inert(first), _SUBJECT_MOST) + (_REPEATED if repeat else ""),
            text="\n".join(lines) + "\n",
            message_id=f"<{sha256(work.key.encode()).hexdigest()[:32]}@alerts.tend.invalid>",
            alert_id=alert_id,
        )
