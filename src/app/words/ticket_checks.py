"""Tickets in a text: each id must be known, and what is told beside one must be true of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.words.reading import Reading, Sentence, blank, pattern_of
from app.words.refusal import Check, Refusal
from app.words.seen import excerpt
from app.words.sheet import Given, GivenTicket

_ID = re.compile(
    r"(?<![\w/-])(?:[A-Za-z][A-Za-z0-9]*-\d[\w-]*|[A-Za-z]{2,}_?\d{3,}|#[ ]?\d+)(?![\w])"
    r"|\b(?:tickets?|case|incident|request|issue)s? (?:no\.? ?|nr\.? ?|number |id )\d+",
    re.IGNORECASE,
)
_STANDARDS = re.compile(
    r"(?:UTF-(?:8|16|32)|SHA-(?:1|256|512)|ISO-\d{4,5}|BASE-?64|AES-\d{3}|HTTP-\d|TLS-1(?:\.\d)?)",
    re.IGNORECASE,
)
"""Written like an id, and none."""
_PRIORITY = re.compile(r"(?<![\w-])(?:P|Prio(?:rity)? ?)([0-9])(?![\w-])", re.IGNORECASE)


def tickets_named(reading: Reading, sentence: Sentence, given: Given) -> list[GivenTicket]:
    """The tickets whose id or quoted subject stands in the sentence or its line."""
    start, end = _line_of(reading.shown, sentence)
    text = reading.shown[start:end]
    return [ticket for ticket in given.tickets if _names(text, ticket)]


def named_in(text: str, given: Given) -> list[GivenTicket]:
    """The tickets that a whole text names."""
    return [ticket for ticket in given.tickets if _names(text, ticket)]


def _names(text: str, ticket: GivenTicket) -> bool:
    by_id = ticket.ticket_id and pattern_of((ticket.ticket_id,), re.IGNORECASE).search(text)
    return bool(by_id) or bool(ticket.subject and f'"{ticket.subject}"' in text)


def _line_of(text: str, sentence: Sentence) -> tuple[int, int]:
    """A list's line is about its ticket from end to end; a paragraph is not."""
    begin = text.rfind("\n", 0, sentence.start + 1) + 1
    if not text[begin:].startswith("- "):
        return sentence.start, sentence.end
    end = text.find("\n", begin)
    return begin, len(text) if end < 0 else end


def check_tickets(left: str, reading: Reading, given: Given) -> Iterator[Refusal]:
    """Unknown ids, a priority that its ticket has not, a quotation that is not its subject.

    `left` is the bare text without what other checks have explained.
    """
    for found in _ID.finditer(left):
        if not _STANDARDS.fullmatch(found.group()):
            reason = f"the ticket {found.group()} is not in the facts"
            yield _refusal(reason, found.span(), reading)
    yield from _wrong_priorities(left, reading, given)
    for ticket in given.tickets:
        yield from _wrong_subjects(ticket, reading)


def without_tickets(left: str) -> str:
    """The text with what this check has judged made spaces."""
    found = (one.span() for pattern in (_ID, _PRIORITY) for one in pattern.finditer(left))
    return blank(left, found)


def _wrong_priorities(left: str, reading: Reading, given: Given) -> Iterator[Refusal]:
    for found in _PRIORITY.finditer(left):
        named = tickets_named(reading, reading.sentence_at(found.start()), given)
        told = f"P{found.group(1)}"
        known = {ticket.priority for ticket in (named if len(named) == 1 else given.tickets)}
        if told not in known and told.casefold() not in given.words:
            reason = f"the priority {told} is not in the facts"
            yield _refusal(reason, found.span(), reading)


def _wrong_subjects(ticket: GivenTicket, reading: Reading) -> Iterator[Refusal]:
    """A quotation right beside an id tells that ticket's subject."""
    if not ticket.subject:
        return
    known_as = re.escape(ticket.ticket_id)
    beside = rf"(?<![\w-]){known_as}:? \"([^\"\n]+)\"|\"([^\"\n]+)\" \({known_as}\)"
    for found in re.finditer(beside, reading.shown):
        quoted = (found.group(1) or found.group(2)).rstrip(".,")
        if not ticket.subject.rstrip(".,").startswith(quoted):
            reason = f"the quotation is not the subject of {ticket.ticket_id}"
            yield _refusal(reason, found.span(), reading)


def _refusal(reason: str, span: tuple[int, int], reading: Reading) -> Refusal:
    return Refusal(check=Check.TICKET, reason=reason, excerpt=excerpt(reading.shown, *span))
