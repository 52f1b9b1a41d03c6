"""A real SMTP server for the tests: aiosmtpd, with users, TLS, and answers as told."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.certificates import Certificate

USER, PASSWORD = "tend", "pass wörd 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One mail that the server took."""

    sender: str
    recipients: tuple[str, ...]
    mail: EmailMessage
    was_secret: bool


@dataclass(slots=True, kw_only=True)
class Post:
    """What a server took, and how it answers."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    at_sender: str = ""
    """What it answers to MAIL; empty: that all is well."""
    at_recipient: str = ""
    at_mail: str = ""
    """After the mail was sent."""
    keeps_silent: bool = False
    """Whether it takes mails and does not say so."""
    drops: bool = False
    """Whether it takes mails and hangs up without a word."""
    logins: list[str] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_sender:
            return self.at_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_recipient:
            return self.at_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.at_mail:
            return self.at_mail
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.taken.append(
            Taken(
                sender=str(envelope.mail_from),
                recipients=tuple(envelope.rcpt_tos),
                mail=mail,
                was_secret=_is_secret(server),
            )
        )
        if self.keeps_silent:
            await asyncio.sleep(60)
        if self.drops:
            assert server.transport is not None
            server.transport.close()
        return "250 Taken"

    def authenticate(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        mechanism: str,
        given: LoginPassword,
    ) -> AuthResult:
        """Let in who knows the password."""
        is_right = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        self.logins.append(mechanism)
        return AuthResult(success=is_right, handled=is_right)


def _is_secret(server: SMTP) -> bool:
    assert server.transport is not None
    return server.transport.get_extra_info("sslcontext") is not None


@asynccontextmanager
async def post_office(
    certificate: Certificate | None = None,
    *,
    wants_login: bool = False,
    speaks_tls_at_once: bool = False,
) -> AsyncIterator[Post]:
    """A server on a free port of this machine."""
    post = Post()
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.cert, certificate.key)
    loop = asyncio.get_running_loop()

    def factory() -> SMTP:
        with warnings.catch_warnings():
            # It does not count TLS from the first byte on as such, and warns of open logins.
            warnings.simplefilter("ignore", UserWarning)
            return SMTP(
                post,
                hostname="localhost",
                tls_context=None if speaks_tls_at_once else context,
                authenticator=post.authenticate,
                auth_required=wants_login,
                auth_require_tls=context is not None and not speaks_tls_at_once,
                loop=loop,
            )

    server = await loop.create_server(
        factory, "127.0.0.1", 0, ssl=context if speaks_tls_at_once else None
    )
    post.port = server.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        server.close()
        await server.wait_closed()
