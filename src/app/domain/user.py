"""People who may sign in to the dashboard, as records, and what a password must be: pure.

The password itself is nowhere here, only its hash; how that is made is not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.viewer import Role, Sight, Viewer

SHORTEST_PASSWORD = 12
"""NIST SP 800-63B-4 asks for 15 where a password stands alone, 8 beside another factor; OWASP's
middle is taken, with throttling and a list of the commonest."""
LONGEST_PASSWORD = 256
"""Longer ones only cost time."""
_COMMON = (
    "1q2w3e4r5t6y 1q2w3e4r5t6y7u 1q2w3e4r5t6y7u8i 1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw23edc "
    "a1b2c3d4e5f6 abc123abc123 abcdefghijkl abcdefghijklm admin adminadmin administrator "
    "asdfasdf asdfghjkl asdfghjklqwe asdfghjklzxcvbnm baseball basketball changeme changemenow "
    "changemeplease charlie correcthorse correcthorsebatterystaple customersuccess dashboard "
    "dragon football hello helloworld iloveyou jordan letmein letmeinplease liverpool login "
    "manchester master masterpassword michael monkey mypassword newpassword p@ssw0rd p@ssword "
    "pa55word passw0rd passwort password passwordpassword princess q1w2e3r4t5y6 q1w2e3r4t5y6u7 "
    "qazwsx qazwsxedc qazwsxedcrfv qwer qwert qwerty qwertyqwerty qwertyuiop qwertyuiopas "
    "qwertyuiopasdfghjkl qwertz qwertzuiop secret secretpassword shadow starwars summer sunshine "
    "superman tend tendtend test testpassword testtest trustno trustnoone welcome welcomewelcome "
    "whatever winter zaq12wsxcde3 zaq1zaq1zaq1 zxcvbn zxcvbnm zxcvbnmasdfg"
)
"""Of the passwords that leaks show again and again: the words, without digits and signs around."""
_COMMONEST = frozenset(_COMMON.split())
_AROUND = "0123456789!?.,;:-_+*#@$%&/ "
"""What people put before and behind a word to make it long enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One person of a tenant."""

    email: str
    """In small letters; the accounts he owns carry it as their owner's."""
    name: str
    """Empty: the e-mail says it."""
    role: Role
    sight: Sight
    password_hash: str = field(repr=False)
    password_at: datetime
    made_at: datetime
    made_by: str
    ended_at: datetime | None = None
    """From then on he cannot sign in; None: he may."""

    @property
    def may_sign_in(self) -> bool:
        """Whether he was not ended."""
        return self.ended_at is None

    @property
    def viewer(self) -> Viewer:
        """As the dashboard sees him."""
        return Viewer(by=self.email, role=self.role, sight=self.sight)


def is_last_admin(users: Iterable[User], email: str) -> bool:
    """Whether nobody would be left who may do everything, were this one gone or less."""
    admins = {user.email for user in users if user.may_sign_in and user.role is Role.ADMIN}
    return admins == {email}


def refuse_password(password: str, *, email: str) -> str:
    """Why this cannot be the person's password; empty: it can."""
    if len(password) < SHORTEST_PASSWORD:
        return f"a password has at least {SHORTEST_PASSWORD} characters; four words do well"
    if len(password) > LONGEST_PASSWORD:
        return f"a password has at most {LONGEST_PASSWORD} characters"
    folded = password.casefold()
    word = folded.strip(_AROUND)
    name = email.casefold().partition("@")[0]
    if folded == email.casefold() or word == name:
        return "a password cannot be the e-mail address, nor its name with digits"
    if not word or {word, folded} & _COMMONEST or _is_a_few_letters_again(folded):
        return "that password is too easy to guess; take one that nobody else has"
    return ""


def _is_a_few_letters_again(text: str) -> bool:
    """Whether it is some letters three times or more: `abcabcabcabc`."""
    period = (text + text).index(text, 1)
    return len(text) // period > 2
