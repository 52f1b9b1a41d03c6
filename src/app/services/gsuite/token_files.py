"""The reps' own consents as files, one a rep, that nobody else on the machine can read.

It knows how they are kept, not how consent is had.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, field_serializer

from app.disk import write_whole
from app.errors import InvalidInput

_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,189}")
"""What may be the name of a file; other addresses have no mailbox at Google either."""


class UserToken(BaseModel):
    """A rep's consent, in the shape that Google's own tools keep it in."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: Literal["authorized_user"] = "authorized_user"
    account: str
    """The address that consented."""
    client_id: str
    client_secret: SecretStr
    refresh_token: SecretStr
    scopes: tuple[str, ...]
    """As granted, which may be fewer than were asked for."""

    @field_serializer("client_secret", "refresh_token", when_used="json")
    def _in_clear(self, secret: SecretStr) -> str:
        """For the file alone; anything else that is made of it keeps them hidden."""
        return secret.get_secret_value()


class TokenFiles:
    """The consents of one data folder, in `google/`."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "google"

    def path_of(self, rep_email: str) -> Path:
        """Where a rep's consent is kept. Raises InvalidInput for what is no address."""
        rep = rep_email.strip().lower()
        if not _ADDRESS.fullmatch(rep):
            raise InvalidInput(f"{rep_email!r} is no e-mail address that Gmail could know")
        return self.folder / f"{rep}.json"

    def made_at(self, rep_email: str) -> int | None:
        """When it was written, in nanoseconds; None: there is none."""
        try:
            return self.path_of(rep_email).stat().st_mtime_ns
        except (FileNotFoundError, NotADirectoryError, InvalidInput):
            return None

    def reps(self) -> tuple[str, ...]:
        """Who consented, by address."""
        if not self.folder.is_dir():
            return ()
        names = sorted(path.stem for path in self.folder.glob("*@*.json"))
        return tuple(name for name in names if _ADDRESS.fullmatch(name))

    def read(self, rep_email: str) -> UserToken:
        """A rep's consent. Raises OSError, and InvalidInput for a file that is none."""
        path = self.path_of(rep_email)
        try:
            return UserToken.model_validate_json(path.read_bytes())
        except ValidationError:  # whose words quote what is in the file
            raise InvalidInput(f"{path} is no consent as tend connect gmail writes it") from None

    def write(self, rep_email: str, token: UserToken) -> Path:
        """Keep it, whole or not at all, for the owner of the process alone. Raises OSError."""
        path = self.path_of(rep_email)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, f"{token.model_dump_json(indent=2)}\n".encode())
        return path
