"""Who types: a rep by e-mail where one is named, else whom the machine takes for its user."""

from __future__ import annotations

import getpass
import os
from typing import TYPE_CHECKING

from app.errors import InvalidInput

if TYPE_CHECKING:
    from app.settings import Settings

OF_MACHINE = "os:"
"""Marks the name of a machine's user: it was not said, only found."""


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


def in_words(by: str) -> str:
    """An actor as people read it: `rita (this machine's user)`."""
    if by.startswith(OF_MACHINE):
        return f"{by.removeprefix(OF_MACHINE)} (this machine's user)"
    return by


def is_address(text: str) -> bool:
    """Whether it has the form of an e-mail address."""
    name, _, domain = text.partition("@")
    is_plain = text.isprintable() and not any(char.isspace() for char in text)
    return bool(name and domain) and is_plain and "@" not in domain
