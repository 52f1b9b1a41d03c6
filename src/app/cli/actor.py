"""Who types: a rep by e-mail where one is named, else whom the machine takes for its user."""

from __future__ import annotations

import getpass
import os
from typing import TYPE_CHECKING

from app.domain.actor import OF_MACHINE, is_address
from app.errors import InvalidInput

if TYPE_CHECKING:
    from app.settings import Settings


def actor_of(settings: Settings, by: str) -> str:
    """`--by`, else TEND_REP, else `os:` and the machine's user. Raises InvalidInput for `--by`."""
    said = by.strip().lower()
    if not said:
        return settings.rep or f"{OF_MACHINE}{machine_user()}"
    if not is_address(said):
        raise InvalidInput(f"--by {by!r} is not an e-mail address, such as kim@example.com")
    return said


def machine_user() -> str:
    """The name of the user that the process runs as."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name, and no LOGNAME
        return f"user {os.getuid()}"
