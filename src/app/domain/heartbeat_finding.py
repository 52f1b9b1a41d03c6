"""Findings on an integration's heartbeat: what is out of its own ordinary, since when, by how much.

They cost no points and set no band; what they are computed from stands in `heartbeat_watch`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from pydantic import JsonValue

from app.domain.heartbeat_days import WEEKDAYS


class Anomaly(StrEnum):
    """What is out of the ordinary; also the factor of its row in the ledger."""

    SILENCE = "heartbeat_silence"
    ERRORS = "heartbeat_errors"
    FEWER_CALLS = "heartbeat_calls_down"
    MORE_CALLS = "heartbeat_calls_up"


FINDING_FACTORS = frozenset(anomaly.value for anomaly in Anomaly)
"""Ledger rows of these factors are findings: they take no points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatFinding:
    """One thing out of the ordinary."""

    anomaly: Anomaly
    since: str
    """Its first day, such as `2026-03-09`; of silence the moment, such as `2026-03-09 20:14`."""
    day: str
    """The newest day that was judged."""
    value: float
    """Of that day: calls, percent of calls that failed, or hours of silence."""
    usual_low: float
    usual_high: float
    compared: int
    """How many days, or gaps, say what is usual."""
    weekday: int | None = None
    """They are of this weekday alone (0: Monday); None: of any."""

    @property
    def reason(self) -> str:
        """What is found, in words that stay the same as long as it lasts."""
        return f"{_REASONS[self.anomaly]} since {self.since}{_ENDS[self.anomaly]}"

    @property
    def measured(self) -> str:
        """The figures behind it."""
        if self.anomaly is Anomaly.SILENCE:
            usual = _between(self.usual_low, self.usual_high, digits=0)
            return f"{self.value:.0f} h silent, usually {usual} h {self._compared('after', 'gap')}"
        if self.anomaly is Anomaly.ERRORS:
            usual = _between(self.usual_low, self.usual_high, digits=1)
            of = self._compared("on", "day")
            return f"{self.value:.1f} % of calls failed on {self.day}, usually {usual} % {of}"
        usual = _between(self.usual_low, self.usual_high, digits=0)
        return f"{self.value:,.0f} calls on {self.day}, usually {usual} {self._compared('on', '')}"

    def _compared(self, at: str, noun: str) -> str:
        if self.weekday is None:
            return f"({self.compared} {noun}s)"
        return f"{at} {WEEKDAYS[self.weekday]}s ({self.compared} of them)"

    def as_json(self) -> list[JsonValue]:
        """A compact row that `from_json` turns into an equal finding."""
        figures: list[JsonValue] = [self.value, self.usual_low, self.usual_high, self.compared]
        return [self.anomaly.value, self.since, self.day, *figures, self.weekday]

    @classmethod
    def from_json(cls, row: Sequence[JsonValue]) -> HeartbeatFinding:
        """The finding that `as_json` wrote."""
        anomaly, since, day, value, low, high, compared, weekday = row
        return cls(
            anomaly=Anomaly(cast("str", anomaly)),
            since=cast("str", since),
            day=cast("str", day),
            value=cast("float", value),
            usual_low=cast("float", low),
            usual_high=cast("float", high),
            compared=cast("int", compared),
            weekday=cast("int | None", weekday),
        )


_REASONS = {
    Anomaly.SILENCE: "integration quiet for longer than it ever is by habit,",
    Anomaly.ERRORS: "far more of the integration's calls fail than usual",
    Anomaly.FEWER_CALLS: "far fewer API calls than the integration usually makes",
    Anomaly.MORE_CALLS: "far more API calls than the integration usually makes",
}
_ENDS = {
    Anomaly.SILENCE: " UTC",
    Anomaly.ERRORS: "",
    Anomaly.FEWER_CALLS: "",
    Anomaly.MORE_CALLS: "",
}


def _between(low: float, high: float, *, digits: int) -> str:
    first, last = f"{low:,.{digits}f}", f"{high:,.{digits}f}"
    return first if first == last else f"{first}-{last}"
