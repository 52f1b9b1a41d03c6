"""Signals as other systems report them, figure by figure, each with its day and source.

Whether a figure counts, and for how much, is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Generic, TypeVar, cast

from pydantic import JsonValue

from app.domain.reported import EngagementLevel, PaymentStatus, ReportedSignals, UsageTrend

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated(Generic[T]):
    """A figure, the day it was reported on, and the feed that brought it."""

    value: T
    on: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFigures:
    """Of each figure the newest that any source stands by; None: nobody reports it."""

    feature_adoption_rate: Dated[float] | None = None
    usage_trend: Dated[UsageTrend] | None = None
    logins_per_week: Dated[float] | None = None
    last_interaction_on: Dated[date] | None = None
    payment_status: Dated[PaymentStatus] | None = None
    stakeholder_engagement: Dated[EngagementLevel] | None = None
    nps: Dated[int] | None = None


NOTHING_REPORTED = ReportedFigures()


def figures_of(words: Iterable[ReportedSignals]) -> ReportedFigures:
    """The figures among sources' newest words, which come newest first."""
    found = NOTHING_REPORTED
    for one in words:
        for name in _NAMES:
            value = getattr(one, name)
            if value is not None and getattr(found, name) is None:
                figure = Dated(value=value, on=one.reported_on, source=one.source)
                found = replace(found, **{name: figure})
    return found


def as_known_in(mine: ReportedFigures, other: ReportedFigures) -> ReportedFigures:
    """These figures as far as `other` has them too; what only `other` has is its own."""
    taken = {
        name: getattr(other, name)
        for name in _NAMES
        if (getattr(mine, name) is None) != (getattr(other, name) is None)
    }
    return replace(mine, **taken) if taken else mine


def written_reported(figures: ReportedFigures) -> JsonValue:
    """The figures that there are, by name."""
    return {
        name: [
            figure.value.isoformat() if isinstance(figure.value, date) else figure.value,
            figure.on.isoformat(),
            figure.source,
        ]
        for name in _NAMES
        if (figure := getattr(figures, name)) is not None
    }


def read_reported(written: JsonValue) -> ReportedFigures:
    """The figures that `written_reported` wrote."""
    found = cast("dict[str, tuple[JsonValue, str, str]]", written)

    def figure(name: str, read: Callable[[str], T]) -> Dated[T] | None:
        if name not in found:
            return None
        value, on, source = found[name]
        return Dated(value=read(cast("str", value)), on=date.fromisoformat(on), source=source)

    return ReportedFigures(
        feature_adoption_rate=figure("feature_adoption_rate", float),
        usage_trend=figure("usage_trend", UsageTrend),
        logins_per_week=figure("logins_per_week", float),
        last_interaction_on=figure("last_interaction_on", date.fromisoformat),
        payment_status=figure("payment_status", PaymentStatus),
        stakeholder_engagement=figure("stakeholder_engagement", EngagementLevel),
        nps=figure("nps", int),
    )


_NAMES = tuple(field.name for field in fields(ReportedFigures))
