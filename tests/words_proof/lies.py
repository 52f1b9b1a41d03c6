"""Good letters with one lie each: every slot of a fact changed in turn, or a sentence put in.

It finds slots by patterns of its own and knows nothing of how the checks find them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from app.ports.writer import Letter, OutreachFacts
from app.words.refusal import Check
from tests.words_proof.letters import Written
from tests.words_proof.people import letter_of

SENTENCES: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("lie_sentences.toml").read_text(encoding="utf-8")
)
_NUMBER = re.compile(r"(?<![\w.,:/-])\d+(?![\w.,:/%-]*\d)(?![\w-])")
_COUNTED = re.compile(r"(?<![\w.,:/-])\d+(?= (?:more|of your|open|tickets|seats))")
"""What is counted is changed by one as well, so that it is nearly right."""
_IN_WORDS = re.compile(
    r"\b(two|three|four|five|six|seven|eight|ten|twelve|fifteen|twenty)\b(?! or| of us| minutes)",
    re.IGNORECASE,
)
_AGE = re.compile(
    r"\b(?:open |quiet |silent )?for (?:about )?(\d+|\w+) (days|weeks|months|years|hours)\b"
)
_DAY = re.compile(
    r"\b(\d{1,2}) (January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b"
)
_ISO = re.compile(r"\b\d{4}-\d{2}-\d{2}\b(?! is)")
_NEAR = re.compile(r"\b(yesterday|today|last (?:Thursday|Tuesday)|since Saturday)\b")
_PRIORITY = re.compile(r"\((P[1-4])\b")
_FAR_NUMBER = 37
_MARKUP = (
    '<p onclick="x()">Hello</p>',
    '<img src="https://evil.example/p.png">',
    "<script>alert(1)</script>",
    '<a href="https://evil.example">here</a>',
    '<a href="javascript:alert(1)">here</a>',
    '<p style="color:red">x</p>',
    "<!-- hidden -->",
    "<table><tr><td>x</td></tr></table>",
    "<p>Words that the text has not.</p>",
    '<p hidden="hidden"></p>',
    "<iframe></iframe>",
    "<p>never ended",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lie:
    """A letter with one lie."""

    slot: str
    said: str
    """What was put in."""
    facts: OutreachFacts
    letter: Letter
    to: tuple[str, ...]
    kind: str


def lies_of(good: Sequence[Written]) -> Iterator[Lie]:
    """Every slot of every letter, and all sentences spread over the letters, each once at least."""
    for one in good:
        yield from _slots(one)
    yield from _sentences(good)
    yield from _shapes(good)


def _slots(one: Written) -> Iterator[Lie]:
    body = one.letter.body_text
    yield from _changed(one, "number", _NUMBER, lambda found: str(int(found.group()) + _FAR_NUMBER))
    yield from _changed(one, "number", _COUNTED, lambda found: str(int(found.group()) + 1))
    yield from _changed(one, "number", _IN_WORDS, lambda _found: "nineteen")
    yield from _changed(
        one, "date", _AGE, lambda found: found.group().replace(found.group(1), "83")
    )
    yield from _changed(
        one, "date", _DAY, lambda found: f"{(int(found.group(1)) + 8) % 27 + 1} {found.group(2)}"
    )
    yield from _changed(one, "date", _ISO, lambda _found: "2025-07-19")
    yield from _changed(one, "date", _NEAR, lambda _found: "on 2 February 2021")
    yield from _changed(one, "ticket", _PRIORITY, _other_priority)
    for ticket in (*one.facts.open_tickets, *one.facts.recap.solved):
        if len(ticket.ticket_id) > 2 and ticket.ticket_id in body:
            yield _with(one, "ticket", ticket.ticket_id, f"{ticket.ticket_id}7")
    yield from _exchanged(one)
    yield from _names(one)


def _changed(
    one: Written,
    slot: str,
    pattern: re.Pattern[str],
    other: Callable[[re.Match[str]], str],
) -> Iterator[Lie]:
    body = one.letter.body_text
    for found in pattern.finditer(body):
        if _is_quoted(body, found.start()) or _is_named(one, found.group()):
            continue
        before, after = body[: found.start()], body[found.end() :]
        changed = before + other(found) + after
        said = " ".join(f"{before[-30:]}{other(found)}{after[:30]}".split())
        yield _lie(one, slot, said, letter_of(one.letter.subject, changed))


def _is_quoted(body: str, offset: int) -> bool:
    """Inside a subject that the customer wrote."""
    line = body[:offset].rsplit("\n", 1)[-1]
    return line.count("\u201c") > line.count("\u201d") or line.count('"') % 2 == 1


def _is_named(one: Written, number: str) -> bool:
    """Part of a name, such as Dynamics 365, of a link, or of what our own people wrote."""
    account, news = one.facts.account, one.facts.announced.announcements
    names = (*account.integrations, *account.environment, *account.features)
    told = (text for item in news for text in (item.title, item.description, item.link))
    return any(number in name for name in chain(names, told))


def _other_priority(found: re.Match[str]) -> str:
    return "(P4" if found.group(1) != "P4" else "(P1"


def _exchanged(one: Written) -> Iterator[Lie]:
    """The ids of two tickets changed for each other in a list, so that all else is wrong."""
    lines = [line for line in one.letter.body_text.split("\n") if line.startswith("- ")]
    for ticket, other in zip(one.facts.open_tickets, one.facts.open_tickets[1:], strict=False):
        for line in lines:
            is_its = line.startswith(f"- {ticket.ticket_id}:") and ticket.subject in line
            if is_its and ticket.subject != other.subject:
                yield _with(one, "ticket", line, line.replace(ticket.ticket_id, other.ticket_id))


def _names(one: Written) -> Iterator[Lie]:
    body, facts = one.letter.body_text, one.facts
    greeted = re.match(r"(?:Hello|Hi|Dear|Good morning) ([^\n,]+),", body)
    if greeted:
        yield _with(one, "name", greeted.group(1), "Ottoline")
        others = [
            person
            for person in facts.stakeholders
            if person.email.casefold() not in {address.casefold() for address in one.to}
        ]
        if others and one.to:
            yield _with(one, "name", greeted.group(1), others[0].name)
    first = facts.rep.name.split()[0]
    if f"\n{first}" in body:
        yield _lie(
            one,
            "name",
            "another's signature",
            letter_of(one.letter.subject, re.sub(rf"\n{first}[^\n]*", "\nDana Voss", body)),
        )
    for name in (facts.account.name, *facts.account.integrations, *facts.account.environment):
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", body) and not _in_quotes(body, name):
            yield _with(one, "name", name, "Zendora")


def _in_quotes(body: str, name: str) -> bool:
    return _is_quoted(body, body.index(name))


def _with(one: Written, slot: str, old: str, new: str) -> Lie:
    changed = one.letter.body_text.replace(old, new, 1)
    return _lie(one, slot, new, letter_of(one.letter.subject, changed))


def _lie(one: Written, slot: str, said: str, letter: Letter) -> Lie:
    return Lie(slot=slot, said=said, facts=one.facts, letter=letter, to=one.to, kind=one.kind)


def _sentences(good: Sequence[Written]) -> Iterator[Lie]:
    """Each sentence in several letters, as a paragraph of its own before the last one."""
    turn = 0
    for slot, sentences in SENTENCES.items():
        for sentence in sentences:
            for one in (good[(turn * 7) % len(good)], good[(turn * 11 + 5) % len(good)]):
                blocks = one.letter.body_text.strip().split("\n\n")
                said = sentence.replace("{account}", one.facts.account.name)
                changed = "\n\n".join([*blocks[:-1], said, blocks[-1]])
                yield _lie(one, slot, said, letter_of(one.letter.subject, changed))
            in_subject = good[(turn * 13 + 3) % len(good)]
            yield _lie(in_subject, slot, sentence, replace(in_subject.letter, subject=sentence))
            turn += 1


def _shapes(good: Sequence[Written]) -> Iterator[Lie]:
    """Markup, length and recipients."""
    for turn, markup in enumerate(_MARKUP):
        one = good[turn % len(good)]
        letter = replace(one.letter, body_html=one.letter.body_html + markup)
        yield _lie(one, Check.MARKUP, markup, letter)
    for turn in range(min(12, len(good))):
        one = good[-1 - turn]
        yield replace(
            _lie(one, Check.RECIPIENT, "another", one.letter), to=("who@elsewhere.example",)
        )
        yield replace(
            _lie(one, Check.RECIPIENT, "one more", one.letter),
            to=(*one.to, "who@elsewhere.example"),
        )
        yield _lie(one, Check.LENGTH, "", replace(one.letter, subject="x" * 300))
        yield _lie(one, Check.LENGTH, "", letter_of(one.letter.subject, ""))
