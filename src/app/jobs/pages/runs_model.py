"""What a tenant spent on the model: today, this month, by agent, and day by day for a week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.domain.model_call import Spent, day_of, month_of
from app.ports.operations import ModelUse
from app.ports.store import Unit

DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpending:
    """By agent and UTC day, from the month's beginning or a week ago, whichever is earlier."""

    today: date
    uses: tuple[ModelUse, ...]

    @property
    def is_none(self) -> bool:
        """Whether nothing was asked of the model."""
        return not self.uses

    @property
    def of_today(self) -> Spent:
        """By all agents."""
        return _sum(one.spent for one in self.uses if one.day == self.today)

    @property
    def of_month(self) -> Spent:
        """By all agents."""
        return _sum(one.spent for one in self._this_month())

    @property
    def by_agent(self) -> Mapping[str, Spent]:
        """This month, the dearest first."""
        found = defaultdict[str, list[Spent]](list)
        for one in self._this_month():
            found[one.agent].append(one.spent)
        sums = {agent: _sum(several) for agent, several in found.items()}
        return dict(sorted(sums.items(), key=lambda item: (-item[1].cost_micros, item[0])))

    @property
    def by_day(self) -> Mapping[date, Spent]:
        """The last seven days, today first; days without a call among them."""
        days = (self.today - timedelta(days=ago) for ago in range(DAYS))
        return {day: _sum(one.spent for one in self.uses if one.day == day) for day in days}

    def _this_month(self) -> tuple[ModelUse, ...]:
        return tuple(one for one in self.uses if one.day >= self.today.replace(day=1))


def model_spending(unit: Unit, now: datetime) -> ModelSpending:
    """One SELECT."""
    week = day_of(now) - timedelta(days=DAYS - 1)
    uses = unit.operations.model_use(since=min(week, month_of(now)))
    return ModelSpending(today=day_of(now).date(), uses=uses)


def _sum(several: Iterable[Spent]) -> Spent:
    total = Spent()
    for one in several:
        total = Spent(
            calls=total.calls + one.calls,
            cost_micros=total.cost_micros + one.cost_micros,
            input_tokens=total.input_tokens + one.input_tokens,
            output_tokens=total.output_tokens + one.output_tokens,
        )
    return total
