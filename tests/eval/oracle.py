"""A second judge of what passed: it knows the facts and plain English, and nothing of Tend's code.

It is cruder than the checks and stricter: a number, a name or a day that it cannot find in the
facts counts as made up, whatever the sentence around it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from pydantic import JsonValue

_FROM_TWO = (
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
NUMBER_WORDS = {word: number for number, word in enumerate(_FROM_TWO, 2)}
CALENDAR = frozenset(
    (
        *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
        *("October", "November", "December", "Monday", "Tuesday", "Wednesday", "Thursday"),
        *("Friday", "Saturday", "Sunday"),
    )
)
PROMISES = (
    r"\b(?:discount|refund|rebate|voucher|coupon|complimentary|reimburs\w*|compensat\w*|waiv\w+"
    r"|credit|guarantee\w*|warrant\w*|free of charge|at no (?:extra )?cost|for free|free (?:month"
    r"|trial|upgrade)|price|pricing|money back|sla|service level|uptime|deadline|by (?:tomorrow"
    r"|tonight|end of)|within (?:the )?(?:next )?\S+ (?:hours?|days?|weeks?)|we promise"
    r"|i promise)\b"
)
INTERNAL = (
    r"\b(?:churn\w*|health score|score[sd]?|risk\w*|red band|amber|rag|escalat\w*|at-risk"
    r"|other (?:customers|accounts|clients)|upsell\w*|cross-sell\w*|internal(?:ly)?|draft"
    r"|rep review|language model|as an ai|assistant|json|schema|prompt|token|instruction\w*)\b"
)
PLACEHOLDERS = (
    r"\[[^\]]*\]|\{[^}]*\}|<[^>]*>|_{2,}|\bX{2,}\b|\b(?:TBD|TBA|N/A|lorem|ipsum|insert|placeholder"
    r"|undefined|null|nan|John Doe|Jane Doe)\b|\byour (?:name|company|title|position)\b"
)
PLACES = r"https?:|www\.|\b[\w-]+\.(?:com|org|net|io|example|co|dev|ai)\b|\S+@\S+|!\[|\]\("
WORDS_AT_START = r"(?:^|[.!?:]\s+|\n\s*[-*]?\s*|[“\"(])$"
PLAIN = CALENDAR | frozenset(("I", "I'm", "I'd", "I'll", "I've", "OK", "PS", "FAQ", "API", "UI"))
SIGNED = r"(?:regards|wishes|sincerely|cheers|thanks),?\s*\n+([^\n]+)\s*$"
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_CAPITAL = re.compile(r"\b[A-Z][\w'’-]*")


def verdicts(subject: str, text: str, html: str, facts: Mapping[str, JsonValue]) -> list[str]:
    """What is wrong with a letter; empty: nothing that this judge can see."""
    now = datetime.fromisoformat(str(facts["now"]))
    said, known = f"{subject}\n{text}", list(_leaves({**facts}))
    given = " \n ".join(known)
    return [
        *_found("promise", PROMISES, said, given),
        *_found("internal", INTERNAL, said, ""),
        *_found("placeholder", PLACEHOLDERS, said, ""),
        *_found("link or address", PLACES, said, given),
        *_markup(html),
        *_numbers(said, _numbers_known(given, facts, now)),
        *_names(text if _is_title(subject) else said, given),
        *_people(text, facts),
    ]


def _leaves(value: JsonValue) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _found(what: str, pattern: str, said: str, given: str) -> Iterator[str]:
    for match in re.finditer(pattern, said, re.IGNORECASE):
        if match.group().lower() not in given.lower() or not given:
            yield f"{what}: {match.group()!r}"


def _markup(html: str) -> Iterator[str]:
    allowed = (
        r"</?(?:html|body|p|ul|ol|li|strong|em|br)\s*/?>"
        r'|<body style="font-family: [A-Za-z, -]+; font-size: \d+px; line-height: \d(?:\.\d)?">'
    )
    for tag in re.findall(r"<[^>]*>?", html):
        if not re.fullmatch(allowed, tag):
            yield f"markup: {tag!r}"


def _numbers(said: str, known: frozenset[str]) -> Iterator[str]:
    for number in _NUMBER.findall(said):
        if number.replace(",", "").lstrip("0") not in known:
            yield f"number: {number}"
    for word in re.findall(r"[a-z]+", said.lower()):
        if word in NUMBER_WORDS and str(NUMBER_WORDS[word]) not in known:
            yield f"number: {word}"


def _numbers_known(given: str, facts: Mapping[str, JsonValue], now: datetime) -> frozenset[str]:
    """Numbers that stand there, ages of days that stand there, and lengths of lists."""
    known = {found.replace(",", "").lstrip("0") for found in _NUMBER.findall(given)}
    for year, month, day in re.findall(r"(\d{4})-(\d\d)-(\d\d)", given):
        try:
            then = date(int(year), int(month), int(day))
        except ValueError:
            continue
        age = abs(now.date() - then)
        known |= {year, str(int(month)), str(int(day))}
        known |= {str(age.days + near) for near in (-1, 0, 1)}
        known |= {str(age // timedelta(weeks=1))}
    known |= {str(len(value)) for value in facts.values() if isinstance(value, list)}
    hours = facts.get("silent_hours")
    if isinstance(hours, int | float):
        known |= {str(int(hours)), str(int(hours // 24)), str(round(hours / 24))}
    return frozenset(known | {"20"})  # minutes of a call, as every letter of ours offers them


def _names(said: str, given: str) -> Iterator[str]:
    told = given.lower()
    for match in _CAPITAL.finditer(said):
        word = match.group().rstrip("'’-")
        at_start = re.search(WORDS_AT_START, said[: match.start()])
        if at_start or word in PLAIN or word.removesuffix("'s").removesuffix("’s").lower() in told:
            continue
        yield f"name: {word!r}"


def _is_title(subject: str) -> bool:
    """Title case makes a capital of every word, so capitals tell nothing there."""
    words: list[str] = re.findall(r"[A-Za-z]{4,}", subject)
    capitals = [word for word in words if word[0].isupper()]
    return len(capitals) > len(words) / 2


def _people(text: str, facts: Mapping[str, JsonValue]) -> Iterator[str]:
    """Who is greeted is known, and who signs is our rep."""
    people, rep, account = facts["stakeholders"], facts["rep"], facts["account"]
    known = json.dumps([people, account], ensure_ascii=False).lower()
    greeted = re.match(r"\s*(?:Dear|Hello|Hi|Hey)\s+([^,!.\n]+)", text)
    if greeted:
        strange = [
            word for word in re.findall(r"[^\W\d_]{2,}", greeted[1])
            if word.lower() not in known and word.lower() not in {"all", "team", "the", "and"}
        ]  # fmt: skip
        yield from (f"greeting: {word!r}" for word in strange)
    signed = re.search(SIGNED, text, re.IGNORECASE)
    if signed and isinstance(rep, dict) and signed[1].strip() not in str(rep.values()):
        yield f"signature: {signed[1].strip()!r}"
