"""What a text may speak of, made of the facts that it is written from. It judges no text.

What customers wrote (tickets' subjects) may be quoted whole and gives no words or numbers; what our
own people wrote (what ships, a briefing's facts) may be told in other words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from app.domain.ticket import Ticket
from app.ports.writer import OutreachFacts
from app.words.counts import counts_of, percents_of, seat_pairs_of
from app.words.days import day_mentions
from app.words.figures import figures_in, money_in, percents_in, versions_in
from app.words.lexicon import health_words
from app.words.name_forms import forms_of, greetings_of
from app.words.reading import EMAIL
from app.words.seen import plain
from app.words.sheet import About, Audience, Given, GivenDay, GivenSpan, GivenTicket, Noun
from app.words.spans import HOURS, span_mentions

__all__ = ["Audience", "Given", "given_of", "given_of_briefing", "given_of_section"]

_CUT = 90
"""Templates cut a long subject there and end it with three dots."""
_CAPITAL = re.compile(r"[^\W_]*[^\W\d_a-zß-öø-ÿ][^\W_]*")
_ID = re.compile(r"\b[A-Za-z][A-Za-z0-9]*-\d+\b|#\d+")
_NONE_OPEN = re.compile(r"\b0 open\b")
_PART_OF = re.compile(r"\b(\d[\d,]*) of (\d[\d,]*)\b")
_RECAP_MONTHS = (1, 3)


def given_of(
    facts: OutreachFacts,
    *,
    hosts: Collection[str] = (),
    names: Collection[str] = (),
    promises: Collection[str] = (),
) -> Given:
    """What a letter to a customer may speak of.

    `hosts`: where links may lead; `names`: what else may be named, such as our own product;
    `promises`: what may be promised, in these words alone.
    """
    told = " \n ".join(plain(text) for text in _told(facts))
    people, named = facts.stakeholders, forms_of((*_names(facts), *names))
    return Given(
        audience=Audience.CUSTOMER,
        now=facts.now,
        recipients=frozenset(person.email.casefold() for person in people),
        greeted={person.email.casefold(): greetings_of(person.name) for person in people},
        senders=greetings_of(facts.rep.name) | {facts.rep.email.casefold()},
        addresses=frozenset(
            address.casefold() for address in (facts.rep.email, *(one.email for one in people))
        ),
        phrases=named.phrases,
        words=named.words | _capitals(told),
        quotes=frozenset(_quotes(facts)),
        tickets=tuple(_ticket(ticket, facts.now) for ticket in _tickets(facts)),
        hosts=frozenset(host.casefold() for host in hosts),
        links=frozenset(one.link for one in facts.announced.announcements if one.link),
        days=tuple(_days(facts)),
        spans=tuple(_spans(facts)),
        counts=counts_of(facts),
        seat_pairs=frozenset(seat_pairs_of(facts)),
        figures=figures_in(told),
        percents=percents_of(facts) | percents_in(told),
        money=money_in(told),
        versions=versions_in(told) | ({plain(facts.announced.version)} - {""}),
        promises=frozenset(plain(promise) for promise in promises),
    )


def given_of_briefing(
    facts: Mapping[str, str],
    *,
    now: datetime,
    hosts: Collection[str] = (),
    names: Collection[str] = (),
) -> Given:
    """What a text to our own rep may speak of: whatever stands in the texts given."""
    lines = [plain(line).strip() for text in facts.values() for line in text.splitlines()]
    told = "\n".join(line for line in lines if line)
    extra = forms_of(names)
    days = tuple(
        GivenDay(about=About.ANYTHING, first=first, last=last)
        for mention in day_mentions(told, now.date())
        for first, last in mention.periods
    )
    spans = tuple(
        GivenSpan(about=About.ANYTHING, hours=mention.most * HOURS[mention.unit][0])
        for mention in span_mentions(told)
    )
    return Given(
        audience=Audience.REP,
        now=now,
        recipients=frozenset(),
        addresses=frozenset(found.casefold() for found in EMAIL.findall(told)),
        phrases=frozenset(line for line in told.splitlines() if len(line) > 1) | extra.phrases,
        words=_capitals(told) | extra.words,
        tickets=tuple(_bare_ticket(found) for found in dict.fromkeys(_ID.findall(told))),
        hosts=frozenset(host.casefold() for host in hosts),
        days=(*days, _today(now)),
        spans=spans,
        figures=figures_in(told),
        percents=percents_in(told),
        money=money_in(told),
        versions=versions_in(told),
    )


def given_of_section(
    facts: Mapping[str, str],
    *,
    now: datetime,
    hosts: Collection[str] = (),
    names: Collection[str] = (),
) -> Given:
    """What a section of a review, which the customer reads, may speak of: its own facts alone."""
    given = given_of_briefing(facts, now=now, hosts=hosts, names=names)
    told = plain(facts["metrics"])
    lines = tuple(line for line in told.splitlines() if line.strip())
    return replace(
        given,
        audience=Audience.CUSTOMER,
        lines=lines,
        counts={Noun.OPEN: frozenset({Decimal(0)})} if _NONE_OPEN.search(told) else {},
        seat_pairs=frozenset(_pairs(line for line in lines if "seat" in line.casefold())),
        health_words=health_words(told),
    )


def _pairs(lines: Iterable[str]) -> Iterable[tuple[int, int]]:
    for line in lines:
        for part, whole in _PART_OF.findall(line):
            yield int(part.replace(",", "")), int(whole.replace(",", ""))


def _names(facts: OutreachFacts) -> Iterable[str]:
    account = facts.account
    yield from (account.name, facts.rep.name, facts.proposal.name, facts.announced.version)
    for person in facts.stakeholders:
        yield from (person.name, person.role)
    yield from (*account.integrations, *account.environment, *account.features)
    yield from (*facts.features_used, *facts.features_unused)
    yield from (ticket.component for ticket in _tickets(facts))
    for one in facts.announced.announcements:
        yield from (one.title, one.description, one.planned_for, *one.components)


def _told(facts: OutreachFacts) -> Iterable[str]:
    """Texts of our own people: they may be told in other words."""
    for one in facts.announced.announcements:
        yield from (one.title, one.description, one.planned_for)
    yield facts.announced.version


def _tickets(facts: OutreachFacts) -> tuple[Ticket, ...]:
    return (*facts.open_tickets, *facts.recap.solved)


def _capitals(text: str) -> frozenset[str]:
    return frozenset(found.casefold() for found in _CAPITAL.findall(text))


def _quotes(facts: OutreachFacts) -> Iterable[str]:
    for ticket in _tickets(facts):
        subject = " ".join(plain(ticket.subject).split())
        if subject:
            yield subject
        if len(subject) > _CUT:
            yield subject[: _CUT - 1].rstrip() + "..."


def _ticket(ticket: Ticket, now: datetime) -> GivenTicket:
    moments = [(About.TICKET, ticket.created_at), (About.SOLVED, ticket.resolved_at)]
    return GivenTicket(
        ticket_id=plain(ticket.ticket_id).strip(),
        subject=" ".join(plain(ticket.subject).split()),
        priority="" if ticket.priority is None else ticket.priority.value,
        component=plain(ticket.component),
        is_open=ticket.resolved_at is None,
        days=tuple(_moment(about, at, now) for about, at in moments if at is not None),
    )


def _bare_ticket(ticket_id: str) -> GivenTicket:
    return GivenTicket(
        ticket_id=ticket_id, subject="", priority="", component="", is_open=True, days=()
    )


def _moment(about: About, at: datetime, now: datetime) -> GivenDay:
    day = at.astimezone(now.tzinfo).date()
    return GivenDay(about=about, first=day, last=day, moment=at)


def _today(now: datetime) -> GivenDay:
    return GivenDay(about=About.NOW, first=now.date(), last=now.date())


def _days(facts: OutreachFacts) -> Iterable[GivenDay]:
    now, contract = facts.now, facts.contract
    yield _today(now)
    contact = facts.last_contact_on
    told: list[tuple[About, date | None]] = [
        (About.TALK, None if contact is None else min(contact, now.date())),
        (About.TALK, facts.last_letter.on),
        (About.SOLVED, facts.recap.since),
        (About.RELEASE, facts.announced.released_on),
        (About.CUSTOMER, facts.account.customer_since),
    ]
    if contract is not None:
        told += [(About.CONTRACT, contract.starts_on), (About.CONTRACT, contract.ends_on)]
        told += [(About.CONTRACT, contract.renews_on)]
    for about, day in told:
        if day is not None:
            yield GivenDay(about=about, first=day, last=day)
    if facts.last_heartbeat is not None:
        yield _moment(About.HEARD, min(facts.last_heartbeat, now), now)
    for ticket in _tickets(facts):
        yield from _ticket(ticket, now).days
    for one in facts.announced.announcements:
        for text in (one.planned_for, one.title, one.description):
            for mention in day_mentions(plain(text), now.date()):
                for first, last in mention.periods:
                    yield GivenDay(about=About.PLAN, first=first, last=last)


def _spans(facts: OutreachFacts) -> Iterable[GivenSpan]:
    if facts.silent_hours is not None:
        yield GivenSpan(about=About.HEARD, hours=facts.silent_hours)
    if facts.recap.since is not None and not facts.recap.is_since_letter:
        looked_back = (facts.now.date() - facts.recap.since).days
        months = _RECAP_MONTHS[0] if looked_back <= 31 else _RECAP_MONTHS[1]
        yield GivenSpan(about=About.SOLVED, hours=months * HOURS["month"][0])
    for text in _told(facts):
        for mention in span_mentions(plain(text)):
            hours = mention.most * HOURS[mention.unit][0]
            yield GivenSpan(about=About.PLAN, hours=hours)
