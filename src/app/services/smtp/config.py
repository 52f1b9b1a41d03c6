"""What settings say of sending mail to our own reps."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from app.services.mail_server import MailServer, Password, Word

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}")


def is_address(text: str) -> bool:
    """Whether it is one plain mail address, fit for a command and a header."""
    return _ADDRESS.fullmatch(text) is not None


def _an_address(text: str) -> str:
    if not is_address(text):
        raise ValueError("must be a mail address, such as tend@example.com")
    return text


class SmtpConfig(MailServer):
    """The server that takes our mail. `[smtp]`."""

    port: int = Field(default=465, ge=1, le=65_535)
    user: Word = ""
    """Empty: the server asks for none."""
    password: Password = SecretStr("")
    sender: Annotated[str, AfterValidator(_an_address)]
    """Whom the mails are from."""
    timeout_seconds: float = Field(default=15.0, gt=0, le=50)
    """The longest that sending may take, connecting included."""

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if bool(self.user) != bool(self.password.get_secret_value()):
            raise ValueError("user and password belong together")
        return self
