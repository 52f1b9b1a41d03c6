"""Words that must never reach a customer. Reads finished letters and pieces of other people's text.

It looks through case, width and invisible characters, not through misspelling.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection

from app.ports.writer import Letter

_INTERNAL = re.compile(
    r"(?<![^\W_])"
    r"(scor(?:e|es|ed|ing|ecards?)|risk\w*|churn\w*|bands?|red|amber|green|escalat\w*"
    r"|thresholds?|other\s+customers?|unhealthy|arr|upsell\w*)"
    r"(?![^\W_])"
)
"""How we speak among ourselves: of scores, bands, churn, money and other customers."""


def internal_words(text: str, *, names: Collection[str] = ()) -> tuple[str, ...]:
    """The internal words in `text`, each once, in order of first use.

    `names` are words that belong to the customer's own world, such as a Mrs Green or a ticket
    RED-12; they are passed over, as whole words and in this spelling only.
    """
    shown = text
    for name in sorted((n for n in names if n), key=len, reverse=True):
        shown = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", shown)
    folded = unicodedata.normalize("NFKC", shown).casefold()
    visible = "".join(char for char in folded if unicodedata.category(char) != "Cf")
    return tuple(dict.fromkeys(found.group(1) for found in _INTERNAL.finditer(visible)))


def internal_words_in(letter: Letter, *, names: Collection[str] = ()) -> tuple[str, ...]:
    """The internal words in a letter's subject and both bodies, each once."""
    whole = "\n".join((letter.subject, letter.body_text, html.unescape(letter.body_html)))
    return internal_words(whole, names=names)
