"""Whether a rep's mailbox can be reached, and whose it is: asked once, making nothing."""

from __future__ import annotations

from dataclasses import dataclass

from google.auth.credentials import Credentials

from app.ports.limits import Limiter
from app.services.gsuite import gmail_calls
from app.services.gsuite.auth import GmailAccess, consented
from app.services.gsuite.config import GmailConfig
from app.services.gsuite.link import GoogleLink
from app.services.gsuite.token_files import UserToken


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxCheck:
    """Asks Gmail for the profile behind an access."""

    config: GmailConfig
    tenant_id: str
    limiter: Limiter

    async def account_of(self, token: UserToken) -> str:
        """The address that gave this consent, lower case. Raises ServiceError."""
        return await self._profile(consented(token, self.config.token_uri))

    async def reached(self, access: GmailAccess, rep_email: str) -> str:
        """The address of this rep's mailbox, lower case. Raises ServiceError."""
        return await self._profile(access.credentials(rep_email))

    async def _profile(self, credentials: Credentials) -> str:
        link = GoogleLink(
            api="gmail",
            system="gmail",
            tenant_id=self.tenant_id,
            api_root=self.config.api_root,
            limiter=self.limiter,
        )
        try:
            line = link.line(lambda: credentials, self.config.timeout_seconds)
            return (await gmail_calls.profile(line)).email_address.lower()
        finally:
            link.close()
