"""Passwords hashed and checked by argon2id; whose they are is not known here.

A hash takes about a tenth of a second and 64 MiB on purpose (RFC 9106, second recommended option):
from an event loop it is to be asked in a thread. Where there is no user, a decoy is checked, so
that the time of the answer tells nothing.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check came to."""

    holds: bool
    fresh_hash: str = field(default="", repr=False)
    """The password's hash by today's parameters; empty: the one that is kept has them."""


class Passwords:
    """Hashes and checks by one hasher's parameters."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """What is kept of a password, its salt and the parameters within."""
        return self._hasher.hash(_normal(password))

    def check(self, kept: str, password: str) -> Checked:
        """Whether a password is the one that was kept; `kept` empty: it never is, as slowly."""
        decoy = self._decoy  # made by the first check of all, whoever it is for
        normal = _normal(password)
        try:
            self._hasher.verify(kept or decoy, normal)
        except (VerificationError, InvalidHashError):
            return Checked(holds=False)
        stale = bool(kept) and self._hasher.check_needs_rehash(kept)
        return Checked(holds=bool(kept), fresh_hash=self._hasher.hash(normal) if stale else "")


def strong_passwords() -> Passwords:
    """With the parameters that the library recommends today."""
    return Passwords(PasswordHasher())


def _normal(password: str) -> bytes:
    """One spelling of letters that keyboards send in two (NIST SP 800-63B-4, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
