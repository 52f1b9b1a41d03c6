"""Mail to our own reps through one mailbox in Gmail, and to nobody else."""

from __future__ import annotations

from app.clock import Clock, system_clock
from app.errors import PermanentServiceError
from app.ports.mail import RepMail
from app.services.gsuite import gmail_calls
from app.services.gsuite.auth import GmailAccess
from app.services.gsuite.config import GmailConfig
from app.services.gsuite.gmail_box import RepsOf
from app.services.gsuite.link import GoogleLink, Line
from app.services.rep_mail import rep_mail


class GmailRepMailer:
    """`RepMailer` over Gmail: from `alerts_from`. The reps are asked for anew with every mail."""

    def __init__(
        self,
        *,
        config: GmailConfig,
        access: GmailAccess,
        link: GoogleLink,
        reps: RepsOf,
        link_root: str = "",
        clock: Clock = system_clock,
    ) -> None:
        self._config = config
        self._access = access
        self._link = link
        self._reps = reps
        self._link_root = link_root
        self._clock = clock

    @property
    def timeout_seconds(self) -> float:
        """As settings say."""
        return self._config.timeout_seconds

    async def send(self, mail: RepMail) -> str:
        """Send it and return Gmail's id of it."""
        if mail.to.lower() not in {rep.lower() for rep in await self._reps()}:
            told = "the addressee is none of our reps: mail goes to nobody else"
            raise PermanentServiceError("gmail", "send mail", told)
        message = rep_mail(
            mail, sender=self._config.alerts_from, at=self._clock(), link_root=self._link_root
        )
        return (await gmail_calls.send_mail(self._line(), message.as_bytes())).id

    async def check(self) -> None:
        """Whether the mailbox can be opened."""
        await gmail_calls.list_drafts(self._line(), most=1)

    async def aclose(self) -> None:
        """Let go of the client's threads."""
        self._link.close()

    def _line(self) -> Line:
        return self._link.line(
            lambda: self._access.credentials(self._config.alerts_from),
            self._config.timeout_seconds,
        )
