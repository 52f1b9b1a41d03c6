"""How the audit log names who did something: a person by e-mail, or the machine's user."""

from __future__ import annotations

OF_MACHINE = "os:"
"""Marks the name of a machine's user: it was not said, only found."""


def actor_in_words(by: str) -> str:
    """An actor as people read it: `rita (this machine's user)`."""
    if by.startswith(OF_MACHINE):
        return f"{by.removeprefix(OF_MACHINE)} (this machine's user)"
    return by


def is_address(text: str) -> bool:
    """Whether it has the form of an e-mail address."""
    name, _, domain = text.partition("@")
    is_plain = text.isprintable() and not any(char.isspace() for char in text)
    return bool(name and domain) and is_plain and "@" not in domain
