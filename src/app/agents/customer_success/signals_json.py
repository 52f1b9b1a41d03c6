"""Signals as rows of JSON and back: compact, because a year of them is kept for every account."""

from __future__ import annotations

from datetime import date
from typing import cast

from pydantic import JsonValue

from app.agents.customer_success.signals import Adoption, OpenWork
from app.domain.book import Engagement, SupportRecord, UsageWindow


def written_day(day: date | None) -> str | None:
    """A day in ISO form."""
    return None if day is None else day.isoformat()


def read_day(written: JsonValue) -> date | None:
    """The day that `written_day` wrote."""
    return None if written is None else date.fromisoformat(cast("str", written))


def written_usage(usage: UsageWindow) -> JsonValue:
    """The window's fields in their order."""
    return [
        usage.until.isoformat(),
        usage.events_recent,
        usage.events_before,
        usage.weeks_before,
        usage.active_days_recent,
        usage.logins_recent,
        usage.active_days_90,
        written_day(usage.last_active_day),
    ]


def read_usage(written: JsonValue) -> UsageWindow:
    """The window that `written_usage` wrote."""
    until, *counts, last_active = cast("list[JsonValue]", written)
    recent, before, weeks, days_recent, logins, days_90 = cast("list[int]", counts)
    return UsageWindow(
        until=date.fromisoformat(cast("str", until)),
        events_recent=recent,
        events_before=before,
        weeks_before=weeks,
        active_days_recent=days_recent,
        logins_recent=logins,
        active_days_90=days_90,
        last_active_day=read_day(last_active),
    )


def written_adoption(adoption: Adoption) -> JsonValue:
    """The adoption's fields in their order."""
    return [adoption.used, adoption.of, adoption.is_entitled, list(adoption.unused)]


def read_adoption(written: JsonValue) -> Adoption:
    """The adoption that `written_adoption` wrote."""
    used, of, is_entitled, unused = cast("tuple[int, int, bool, list[str]]", written)
    return Adoption(used=used, of=of, is_entitled=is_entitled, unused=tuple(unused))


def written_support(support: SupportRecord) -> JsonValue:
    """The record's fields in their order."""
    return [
        support.tickets,
        support.reopened,
        support.escalated,
        support.csat_answers,
        support.csat_sum,
    ]


def read_support(written: JsonValue) -> SupportRecord:
    """The record that `written_support` wrote."""
    tickets, reopened, escalated, answers, total = cast("list[int]", written)
    return SupportRecord(
        tickets=tickets,
        reopened=reopened,
        escalated=escalated,
        csat_answers=answers,
        csat_sum=total,
    )


def written_open_work(work: OpenWork) -> JsonValue:
    """The open work's fields in their order."""
    return [work.total, work.urgent, work.assumed, work.assumed_are_urgent]


def read_open_work(written: JsonValue) -> OpenWork:
    """The open work that `written_open_work` wrote."""
    total, urgent, assumed, assumed_are_urgent = cast("tuple[int, int, int, bool]", written)
    return OpenWork(
        total=total, urgent=urgent, assumed=assumed, assumed_are_urgent=assumed_are_urgent
    )


def written_engagement(engagement: Engagement) -> JsonValue:
    """The engagement's fields in their order."""
    return [
        written_day(engagement.last_meaningful_on),
        engagement.meaningful,
        engagement.people,
    ]


def read_engagement(written: JsonValue) -> Engagement:
    """The engagement that `written_engagement` wrote."""
    last, meaningful, people = cast("tuple[str | None, int, int]", written)
    return Engagement(last_meaningful_on=read_day(last), meaningful=meaningful, people=people)
