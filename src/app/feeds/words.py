"""Words that sources use for people, contacts and mail hosts, and what they mean here.

Those for tickets are the domain's own (`app.domain.ticket_words`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.domain.account import TechnicalMaturity


class InteractionKind(StrEnum):
    """The kinds of contact between a rep and a customer."""

    CALL = "call"
    MEETING = "meeting"
    EMAIL = "email"
    VISIT = "visit"
    TRAINING = "training"
    OTHER = "other"


MATURITIES: Mapping[str, TechnicalMaturity] = {"med": TechnicalMaturity.MEDIUM}

FREE_MAIL = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "hotmail.co.uk",
        "live.com",
        "msn.com",
        "yahoo.com",
        "yahoo.co.uk",
        "yahoo.de",
        "ymail.com",
        "aol.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "proton.me",
        "protonmail.com",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "t-online.de",
        "freenet.de",
        "mail.com",
        "mail.ru",
        "yandex.ru",
        "yandex.com",
        "qq.com",
        "163.com",
        "126.com",
        "zoho.com",
        "fastmail.com",
        "hey.com",
        "orange.fr",
        "free.fr",
        "laposte.net",
        "libero.it",
        "comcast.net",
        "verizon.net",
        "btinternet.com",
        "naver.com",
        "pm.me",
        "tutanota.com",
    }
)
"""Mail hosts that anybody may use: such a domain says nothing about a company."""
