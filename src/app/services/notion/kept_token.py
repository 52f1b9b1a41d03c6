"""The connection's token where it was typed: one file a tenant, that nobody else can read.

It knows how a token is kept, not whether Notion takes it.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, field_serializer

from app.disk import write_whole
from app.errors import ConfigurationError


class KeptToken(BaseModel):
    """What `tend connect notion` was told."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    token: SecretStr
    parent_page: str = ""
    """Under which databases are made; empty: it was never needed."""

    @field_serializer("token", when_used="json")
    def _in_clear(self, secret: SecretStr) -> str:
        """For the file alone; anything else that is made of it keeps it hidden."""
        return secret.get_secret_value()


class TokenFile:
    """One tenant's token, in `notion/` of a data folder."""

    def __init__(self, home: Path, tenant: str) -> None:
        self.path = home / "notion" / f"{tenant}.json"

    def read(self) -> KeptToken | None:
        """What is kept; None: nothing. Raises ConfigurationError for a file that is no token."""
        try:
            return KeptToken.model_validate_json(self.path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as exc:
            raise ConfigurationError(f"{self.path} cannot be read: {exc.strerror}") from exc
        except ValidationError:  # whose words quote what is in the file
            msg = f"{self.path} is no token as tend connect notion keeps it: remove it"
            raise ConfigurationError(msg) from None

    def write(self, kept: KeptToken) -> None:
        """Keep it, whole or not at all, for this user alone. Raises ConfigurationError."""
        folder = self.path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self.path, f"{kept.model_dump_json(indent=2)}\n".encode())
        except OSError as exc:
            msg = f"TEND_HOME: the token cannot be kept in {folder}: {exc.strerror}"
            raise ConfigurationError(msg) from exc

    def forget(self) -> bool:
        """Remove it; whether there was one. Raises ConfigurationError."""
        try:
            self.path.unlink()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as exc:
            raise ConfigurationError(f"{self.path} cannot be removed: {exc.strerror}") from exc
        return True
