"""What a sentence asks for: a task type by a table of phrases, an account by its name.

Pure, and the table alone decides: words that it does not have change nothing, whatever they say.
What is not plain comes back as a question with its choices, and nothing is done.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.account import Account

MOST_CHARACTERS = 500
"""Of a sentence; what is longer asks for nothing."""
MOST_CHOICES = 8

PHRASES: Mapping[str, tuple[str, ...]] = {
    "health_scan": ("health scan", "scan", "health check", "check the health", "technical health"),
    "escalation_outreach": (
        "escalation outreach",
        "escalation letter",
        "escalation mail",
        "escalation email",
        "letter about the escalation",
        "outreach",
    ),
    "release_notes": ("release notes", "release letter", "what is new", "whats new", "changelog"),
    "roadmap_preview": ("roadmap preview", "roadmap letter", "roadmap", "what is planned"),
    "health_checkin": (
        "health checkin",
        "health check in",
        "checkin",
        "check in",
        "checking in",
    ),
    "customer_success_review": (
        "customer success review",
        "success review",
        "technical review",
        "quarterly letter",
    ),
    "update_relationship_profile": ("relationship profile", "profile", "stakeholder map"),
    "csm_health_scan": ("csm health scan", "csm scan", "composite health", "customer health"),
    "churn_assessment": (
        "churn assessment",
        "churn risk",
        "churn",
        "at risk",
        "renewal risk",
        "will they leave",
    ),
    "generate_qbr": (
        "qbr",
        "business review",
        "quarterly business review",
        "quarterly review",
    ),
    "check_expansion": (
        "expansion",
        "upsell",
        "room to grow",
        "more seats",
        "expansion opportunities",
    ),
    "track_feature_adoption": ("feature adoption", "adoption", "feature usage", "feature use"),
    "handle_expansion_opportunity": (
        "expansion outreach",
        "expansion letter",
        "expansion mail",
        "expansion email",
        "offer",
    ),
    "dispatch_tam_health_check": ("tam health check", "ask the tam", "have the tam"),
}
"""Everything that can be asked for in words, each phrase as it is compared. Tasks that others hand
over are not among them."""

NEEDS_ACCOUNT = frozenset(PHRASES) - {
    "health_scan",
    "csm_health_scan",
    "churn_assessment",
    "check_expansion",
    "track_feature_adoption",
}
"""Asked for in words, these are done for one account and never for the whole book."""

_FORMS = frozenset(
    {"ab", "ag", "bv", "co", "company", "corp", "corporation", "gmbh", "group", "inc", "kg"}
    | {"limited", "llc", "ltd", "nv", "oy", "plc", "sa", "sarl", "sas", "se", "spa", "srl"}
)
"""Legal forms, which people leave out."""
_SMALL_WORDS = frozenset(
    {"a", "about", "an", "and", "ask", "at", "by", "check", "do", "draft", "for", "from", "get"}
    | {"give", "how", "i", "in", "is", "it", "letter", "mail", "make", "me", "new", "now", "of"}
    | {"on", "our", "please", "prepare", "run", "send", "show", "some", "tell", "that", "the"}
    | {"their", "them", "they", "this", "to", "update", "us", "we", "what", "with", "write", "you"}
)
"""Words that alone are nobody's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing that may have been meant."""

    task_type: str = ""
    account_id: str = ""
    words: str
    """As a person reads it: a task type, or an account's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What is asked for."""

    task_type: str
    account_id: str | None
    """None: the whole book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """It is not plain what is asked for."""

    question: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class _Span:
    """Words from `first` up to, not including, `until`."""

    first: int
    until: int

    def overlaps(self, other: _Span) -> bool:
        return self.first < other.until and other.first < self.until

    @property
    def length(self) -> int:
        return self.until - self.first


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    account: Account
    span: _Span
    is_whole: bool
    """The whole name is there, not only its beginning."""


def understood(text: str, accounts: Iterable[Account]) -> Understood | Unclear:
    """The task and the account that a sentence asks for, or what to ask back.

    `accounts`: those there are. The longest phrase wins over those within it, and whole names over
    beginnings of names.
    """
    words = words_of(text) if len(text) <= MOST_CHARACTERS else []
    named = _named_in(words, accounts)
    phrased = _phrased_in(words)
    apart = [one for one in named if not any(one.span.overlaps(s) for s, _ in phrased)]
    if len(named) > 1:  # an account may be called like a task: then another one is meant
        named = apart or named
    types = _types_beside([one.span for one in named], phrased)
    if phrased and not types:  # no more than a name that is spelled like the task
        named, types = apart, _types_beside([], phrased)
    if len(types) != 1:
        return _which_task(types)
    if len({one.account.account_id for one in named}) > 1:
        return _which_account([one.account for one in named])
    account_id = named[0].account.account_id if named else None
    if account_id is None and types[0] in NEEDS_ACCOUNT:
        return Unclear(question="For which account? None of yours is named in that.", choices=())
    return Understood(task_type=types[0], account_id=account_id)


def words_of(text: str) -> list[str]:
    """The text's words as they are compared: without case, width, accents' forms and signs."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = (char for char in folded if unicodedata.category(char) not in {"Cf", "Mn", "Pd"})
    joined = "".join(char for char in kept if char not in "'’")
    return "".join(char if char.isalnum() else " " for char in joined).split()


def _phrased_in(words: Sequence[str]) -> list[tuple[_Span, str]]:
    """The phrases in the text with their tasks; those within a longer one are left out."""
    found = [
        (span, task_type)
        for task_type, phrases in PHRASES.items()
        for phrase in phrases
        for span in _places(phrase.split(), words)
    ]
    return [
        (span, task_type)
        for span, task_type in found
        if not any(span.overlaps(longer) and longer.length > span.length for longer, _ in found)
    ]


def _types_beside(named: Sequence[_Span], phrased: Sequence[tuple[_Span, str]]) -> list[str]:
    """The tasks of the phrases that are no part of a name; of all of them where none is left."""
    beside = [kind for span, kind in phrased if not any(span.overlaps(one) for one in named)]
    return list(dict.fromkeys(beside))


def _named_in(words: Sequence[str], accounts: Iterable[Account]) -> list[_Named]:
    """The accounts that the text names: whole names first, the longest first; else beginnings."""
    book = tuple(accounts)
    found = [one for account in book for one in _mentions(words, account)]
    best = [one for one in found if one.is_whole]
    if found and not best:
        best = [*found, *_begin_alike(words, {one.span for one in found}, book)]
    spans = {one.span for one in best}
    within = {
        span
        for span in spans
        if any(span.overlaps(other) and other.length > span.length for other in spans)
    }
    return [one for one in best if one.span not in within]


def _mentions(words: Sequence[str], account: Account) -> list[_Named]:
    if not _may_name(words, account):
        return []
    name = _core(words_of(account.name))
    bare = [word for word in name if word not in _FORMS]
    for whole in (name, words_of(account.account_id), bare):
        places = _places(whole, words) if _is_name(whole) else []
        if places:
            return [_Named(account=account, span=span, is_whole=True) for span in places]
    for length in range(len(name) - 1, 0, -1):
        places = _places(name[:length], words) if _is_name(name[:length]) else []
        if places:
            return [_Named(account=account, span=span, is_whole=False) for span in places]
    return []


def _begin_alike(
    words: Sequence[str], spans: Iterable[_Span], accounts: Iterable[Account]
) -> list[_Named]:
    """The accounts whose names go on where a beginning ends: `north` may mean Northwind as well."""
    begun = {span: " ".join(words[span.first : span.until]) for span in spans}
    return [
        _Named(account=account, span=span, is_whole=False)
        for account in accounts
        for span, text in begun.items()
        if " ".join(_core(words_of(account.name))).startswith(text)
    ]


def _may_name(words: Sequence[str], account: Account) -> bool:
    """A quick look, for books of many accounts: whether any word of the text is in the name."""
    shown = f"{account.name} {account.account_id}"
    if not shown.isascii():
        return True
    folded = shown.casefold().replace("'", "").replace("-", "")
    return any(word in folded for word in words if _is_name([word]))


def _core(name: Sequence[str]) -> Sequence[str]:
    """The name without small words around it: nobody is meant for being called `for Acme`."""
    counted = [place for place, word in enumerate(name) if _is_name([word])]
    return name[counted[0] : counted[-1] + 1] if counted else ()


def _is_name(words: Sequence[str]) -> bool:
    """Whether the words could name anybody: not small words alone, nor a letter or two."""
    return any(word not in _SMALL_WORDS and len(word) > 2 for word in words)


def _places(phrase: Sequence[str], words: Sequence[str]) -> list[_Span]:
    many = len(phrase)
    return [
        _Span(first, first + many)
        for first in range(len(words) - many + 1)
        if many and list(words[first : first + many]) == list(phrase)
    ]


def _which_task(types: Sequence[str]) -> Unclear:
    question = "Which of these?" if types else "I do not know what to do. Which of these?"
    return Unclear(
        question=question,
        choices=tuple(
            Choice(task_type=one, words=f"{one.replace('_', ' ')}: “{PHRASES[one][0]}”")
            for one in types or PHRASES
        ),
    )


def _which_account(accounts: Sequence[Account]) -> Unclear:
    each = {one.account_id: one for one in accounts}
    choices = [
        Choice(account_id=one.account_id, words=f"{one.name} ({one.account_id})")
        for one in sorted(each.values(), key=lambda one: (one.name, one.account_id))
    ]
    more = len(choices) - MOST_CHOICES
    question = "Which account?" if more <= 0 else f"Which account? And {more} more begin so."
    return Unclear(question=question, choices=tuple(choices[:MOST_CHOICES]))
