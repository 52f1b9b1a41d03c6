"""Mail to our own reps by SMTP, and to nobody else: who is no rep of the tenant gets none.

Each mail is a connection of its own, on the event loop, so that a call that is cut off is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress

import aiosmtplib

from app.clock import Clock, system_clock
from app.errors import AccessExpired, PermanentServiceError
from app.ports.limits import Limiter
from app.ports.mail import RepMail
from app.services.mail_server import Security, trusting
from app.services.mail_words import mail_of
from app.services.rep_mail import rep_mail
from app.services.smtp.config import SmtpConfig, is_address
from app.services.smtp.troubles import SYSTEM, told

_GOODBYE_SECONDS = 2.0
_MARGIN_SECONDS = 1.0


class SmtpRepMailer:
    """`RepMailer` over SMTP. The reps are asked for anew with every mail."""

    def __init__(
        self,
        config: SmtpConfig,
        *,
        tenant_id: str,
        limiter: Limiter,
        reps: Callable[[], Awaitable[Collection[str]]],
        link_root: str = "",
        clock: Clock = system_clock,
    ) -> None:
        self._config = config
        self._tenant_id = tenant_id
        self._limiter = limiter
        self._reps = reps
        self._link_root = link_root
        self._clock = clock

    @property
    def timeout_seconds(self) -> float:
        """As settings say, and a moment for taking leave."""
        return self._config.timeout_seconds + _GOODBYE_SECONDS + _MARGIN_SECONDS

    async def send(self, mail: RepMail) -> str:
        """Send it and return its Message-ID."""
        await self._refuse_strangers(mail)
        message = rep_mail(
            mail, sender=self._config.sender, at=self._clock(), link_root=self._link_root
        )
        async with self._connected("send mail") as client:
            await client.send_message(message, sender=self._config.sender, recipients=[mail.to])
        return mail.message_id

    async def check(self) -> None:
        """Whether the server lets us in."""
        async with self._connected("check") as client:
            await client.noop()

    async def _refuse_strangers(self, mail: RepMail) -> None:
        """The one door to the outside: nothing is said to any server before it."""
        reps = {rep.lower() for rep in await self._reps()}
        if mail.to.lower() not in reps or not is_address(mail.to):
            message = "the addressee is none of our reps: mail goes to nobody else"
            raise PermanentServiceError(SYSTEM, "send mail", message)
        if mail_of(f"Message-ID: {mail.message_id}\r\n\r\n".encode()).ids("Message-ID") != [
            mail.message_id
        ]:
            raise PermanentServiceError(SYSTEM, "send mail", "its Message-ID is none")

    @asynccontextmanager
    async def _connected(self, operation: str) -> AsyncIterator[aiosmtplib.SMTP]:
        """A server that has let us in. What it was told inside is done when this ends well."""
        within = self._config.timeout_seconds
        await self._limiter.acquire(self._tenant_id, SYSTEM, within_seconds=within / 4)
        with told(operation):
            client = self._client()
            try:
                async with asyncio.timeout(within):
                    await self._let_in(client)
                    yield client
                await _take_leave(client)
            finally:
                client.close()

    def _client(self) -> aiosmtplib.SMTP:
        config = self._config
        return aiosmtplib.SMTP(
            hostname=config.host,
            port=config.port,
            local_hostname=config.sender.rpartition("@")[2],
            timeout=config.timeout_seconds,
            use_tls=config.security is Security.TLS,
            start_tls=False,
            tls_context=trusting(config.ca_file),
        )

    async def _let_in(self, client: aiosmtplib.SMTP) -> None:
        config = self._config
        await client.connect()
        await client.ehlo()
        if config.security is Security.STARTTLS:
            if not client.supports_extension("starttls"):
                message = "the server offers no STARTTLS on this port: set security to tls"
                raise AccessExpired(SYSTEM, "connect", message)
            await client.starttls()
            await client.ehlo()
        if config.user:
            if not client.supports_extension("auth"):
                message = "the server takes no password here: set security to tls or starttls"
                raise AccessExpired(SYSTEM, "log in", message)
            await client.login(config.user, config.password.get_secret_value())


async def _take_leave(client: aiosmtplib.SMTP) -> None:
    """What was taken stays taken, however the server says goodbye."""
    with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
        await client.quit(timeout=_GOODBYE_SECONDS)
