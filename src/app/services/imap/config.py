"""What settings say of the mailboxes: one server, an account per rep."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, field_validator

from app.services.mail_server import MailServer, Password, Word


class ImapAccount(BaseModel):
    """How one rep's mailbox is opened."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    user: Word = Field(min_length=1)
    password: Password
    """Where the provider has them, a password for this program alone."""


class ImapConfig(MailServer):
    """The server and the accounts. `[imap]`."""

    port: int = Field(default=993, ge=1, le=65_535)
    accounts: Mapping[str, ImapAccount] = Field(min_length=1)
    """By the rep's e-mail."""
    drafts_folder: Word = ""
    """Empty: the one that the server marks as such, else one of a usual name."""
    sent_folder: Word = ""
    trash_folder: Word = ""
    timeout_seconds: float = Field(default=20.0, gt=0, le=60)
    """The longest that one call may take, connecting included."""
    lag_seconds: float = Field(default=10.0, ge=0, le=300)
    """How long a server may go on with an append after the connection is gone."""

    @field_validator("accounts")
    @classmethod
    def _by_lower_case(cls, given: Mapping[str, ImapAccount]) -> Mapping[str, ImapAccount]:
        accounts = {email.strip().lower(): account for email, account in given.items()}
        if len(accounts) != len(given):
            raise ValueError("the same rep stands there twice")
        return accounts
