"""Texts for Google Chat in which nothing but our own links is alive: no mention, no markup.

Chat's markup: developers.google.com/workspace/chat/format-messages. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.domain.effect import WorkOwed
from app.services.alert_words import REPEAT_MARK, AlertLink, AlertWork, alert_id_of, links_of
from app.services.plain_text import many_lines

TEXT_MOST = 3_500
"""Chat takes 4,096 characters; our own lines stand after the text."""
INTO_THREAD = "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"
"""The reply option without which Chat ignores a thread's key."""

_LOOKALIKES = str.maketrans(
    {"<": "\u2039", ">": "\u203a", "*": "\u2217", "~": "\u223c", "`": "\u02cb", "|": "\u2223"}
)
"""What begins a mention, a link or a style, by what looks like it and means nothing."""
_LOW_LINE, _DOT = "\u02cd", "\u2024"
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
"""At a word's edge it makes the words slanted; inside a word it is a letter like others."""
_SCHEME = re.compile(r"\b([A-Za-z][A-Za-z0-9+.-]*)://")
_BARE = re.compile(r"\b(mailto|tel):", re.IGNORECASE)
_HOST_DOT = re.compile(r"(?<=[\w-])\.(?=[^\W\d_]{2})")


def inert(text: str) -> str:
    """The text as Chat shows it word for word: no mention, no style, no link to press.

    A dot before letters becomes one that no address has; `https://` becomes `https[://]`.
    """
    still = text.translate(_LOOKALIKES)
    still = _UNDERSCORE.sub(_LOW_LINE, still)
    still = _SCHEME.sub(r"\1[://]", still)
    still = _BARE.sub(r"\1[:]", still)
    return _HOST_DOT.sub(_DOT, still)


def chat_text(work: WorkOwed, alert: AlertWork, *, dashboard_url: str, repeat: bool) -> str:
    """One message: the alert, whom it is for, our links, and its id at the end."""
    lines = [
        inert(many_lines(alert.text, TEXT_MOST))[:TEXT_MOST],
        f"For {inert(alert.rep_email)}",
        *([REPEAT_MARK] if repeat else []),
        *_links(links_of(dashboard_url, work, alert)),
        f"[{inert(alert_id_of(work.key))}]",
    ]
    return "\n".join(lines)


def _links(links: Sequence[AlertLink]) -> Sequence[str]:
    return [f"<{link.url}|{link.name}>" for link in links]
