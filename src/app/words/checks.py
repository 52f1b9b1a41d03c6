"""The checks: whether a text says only what the facts give, and each reason when it does not.

What is done with a refused text is decided elsewhere; a rep's own words are only warned about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.words.day_checks import check_days
from app.words.link_checks import check_link, check_links
from app.words.markup_checks import check_code, check_markup, links_in
from app.words.name_checks import check_greeting, check_names
from app.words.number_checks import check_numbers
from app.words.placeholder_checks import check_placeholders
from app.words.reading import Reading, reading_of
from app.words.refusal import Check, Refusal
from app.words.repeat_checks import check_repeats
from app.words.section_checks import check_beside, sentences_in
from app.words.seen import has_unseen
from app.words.sheet import Given
from app.words.ticket_checks import check_tickets, named_in, without_tickets
from app.words.word_checks import check_words

SUBJECT_MOST = 200
BODY_MOST = 8_000
HTML_MOST = 4 * BODY_MOST
"""Longer HTML than that does not end, or says something else than its text: refused as such."""
NOTE_MOST = 8_000
SECTION_MOST = 600
FEWEST, MOST_SENTENCES = 1, 3


def refusals_of(
    *, subject: str, body_text: str, body_html: str, to: Sequence[str], given: Given
) -> tuple[Refusal, ...]:
    """Every reason to refuse this letter, each once; empty: it may be shown as ours.

    What is longer than a letter may be is read no further than that.
    """
    heading = reading_of(subject[:SUBJECT_MOST], given)
    body = reading_of(body_text[:BODY_MOST], given)
    found = [
        *_wrong_length(subject, body_text),
        *_wrong_recipients(to, given),
        *check_markup(body_html[:HTML_MOST], body_text[:BODY_MOST]),
        *(one for link in links_in(body_html[:HTML_MOST]) for one in check_link(link, given)),
        *check_greeting(body, given, to),
        *_wrong_claims(heading, body, given),
        *_wrong_claims(body, body, given),
    ]
    return tuple(dict.fromkeys(found))


def warnings_of(
    *, subject: str, body_text: str, body_html: str, to: Sequence[str], given: Given
) -> tuple[Refusal, ...]:
    """The same findings over what a rep wrote himself: he is warned, never refused."""
    return refusals_of(
        subject=subject, body_text=body_text, body_html=body_html, to=to, given=given
    )


def note_refusals(text: str, given: Given) -> tuple[Refusal, ...]:
    """Every reason to refuse this text to our own rep, each once."""
    reading = reading_of(text[:NOTE_MOST], given)
    found = [*_wrong_claims(reading, reading, given)]
    if not text.strip() or len(text) > NOTE_MOST:
        found.append(_length(f"a note has 1 to {NOTE_MOST} characters, not {len(text)}"))
    if has_unseen(text):
        found.append(Refusal(check=Check.MARKUP, reason="there are characters that no reader sees"))
    return tuple(dict.fromkeys(found))


def section_refusals(text: str, given: Given) -> tuple[Refusal, ...]:
    """Every reason to refuse these sentences of a review that the customer reads, each once."""
    reading = reading_of(text[:SECTION_MOST], given)
    found = [*_wrong_claims(reading, reading, given), *check_beside(reading, given)]
    if len(text) > SECTION_MOST or not FEWEST <= sentences_in(text) <= MOST_SENTENCES:
        asked = f"{FEWEST} to {MOST_SENTENCES} sentences and {SECTION_MOST} characters at most"
        found.append(_length(f"a section has {asked}"))
    if has_unseen(text):
        found.append(Refusal(check=Check.MARKUP, reason="there are characters that no reader sees"))
    return tuple(dict.fromkeys(found))


def _wrong_claims(part: Reading, whole: Reading, given: Given) -> Iterator[Refusal]:
    """What a text claims; `whole` is what it is part of."""
    dated = check_days(part, given)
    yield from dated.refusals
    yield from check_tickets(dated.left, part, given)
    left = without_tickets(dated.left)
    yield from check_numbers(left, part, given, named=named_in(whole.shown, given))
    yield from check_names(left, part, given)
    yield from check_links(part, given)
    yield from check_placeholders(part, given)
    yield from check_repeats(part)
    yield from check_code(part)
    yield from check_words(part, given)


def _wrong_length(subject: str, body_text: str) -> Iterator[Refusal]:
    if not subject.strip() or len(subject) > SUBJECT_MOST or "\n" in subject or "\r" in subject:
        yield _length(f"a subject is one line of 1 to {SUBJECT_MOST} characters")
    if not body_text.strip() or len(body_text) > BODY_MOST:
        yield _length(f"a letter has 1 to {BODY_MOST} characters, not {len(body_text)}")


def _length(reason: str) -> Refusal:
    return Refusal(check=Check.LENGTH, reason=reason)


def _wrong_recipients(to: Sequence[str], given: Given) -> Iterator[Refusal]:
    """Whoever is no known stakeholder of this account; nobody yet is for the rep to mend."""
    for address in to:
        if address.casefold() not in given.recipients:
            reason = "the recipient is nobody known at this account"
            yield Refusal(check=Check.RECIPIENT, reason=reason, excerpt=address[:80])
