"""A review's second section: what the product's use was worth, by the tenant's own value model.

Every figure is uses times a value that the tenant set. Without a value nothing is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.agents.customer_success.adoption import tells_use
from app.agents.customer_success.phrases import (
    counted,
    hours,
    key_of,
    listed,
    money,
    plain,
    price,
    shown,
)
from app.agents.customer_success.schemas import QBRMetric, QBRSection
from app.domain.dossier import USAGE_DAYS, Dossier
from app.domain.tenant_settings import FeatureValue

PRODUCT = ""
"""The product as a whole, among features."""
MOST_FEATURES = 8
"""Rows of features; what is beyond them is summed all the same."""
_NO_MODEL = (
    "No value model is set for these features, so neither time saved nor revenue is stated here."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What one feature's use of the quarter was worth."""

    feature: str
    uses: int
    value: FeatureValue
    currency: str

    @property
    def minutes(self) -> Decimal:
        """Working time saved."""
        each = self.value.minutes_saved_per_use
        return Decimal(0) if each is None else self.uses * Decimal(str(each))

    @property
    def revenue(self) -> Decimal:
        """The customer's revenue that it brought about, in `currency`."""
        return self.uses * (self.value.revenue_per_use or Decimal(0))


def worths(dossier: Dossier) -> tuple[Worth, ...]:
    """The features that have a value and were used, by uses, most first."""
    settings = dossier.settings
    values = {key_of(name): value for name, value in settings.value.items()}
    found = [
        Worth(
            feature=feature,
            uses=use.events,
            value=values[key_of(feature)],
            currency=values[key_of(feature)].currency or settings.default_currency,
        )
        for feature, use in dossier.usage_90.items()
        if key_of(feature) in values and use.events
    ]
    return tuple(sorted(found, key=lambda one: (-one.uses, one.feature)))


def value_section(dossier: Dossier) -> QBRSection:
    """Time saved, revenue influenced and efficiency of the quarter, with their arithmetic."""
    until = dossier.context.usage_until
    if until is None or not tells_use(dossier):
        return QBRSection(text="Nobody tells us of usage, so no impact can be stated.")
    since = until - timedelta(days=USAGE_DAYS - 1)
    found = worths(dossier)
    used = _use(dossier, since, until)
    if not found:
        return QBRSection(text=f"{used} {_NO_MODEL}", metrics=_uses(dossier))
    told = [used, *_told(dossier, found)]
    return QBRSection(
        text=" ".join(told),
        metrics=[*_totals(dossier, found), *_rows(found), *_without_value(dossier, found)],
    )


def _use(dossier: Dossier, since: date, until: date) -> str:
    whole = dossier.usage_90.get(PRODUCT)
    period = f"From {since} to {until}"
    if whole is not None:
        return (
            f"{period} your people used the product on {counted(whole.days, 'day', 'days')}, "
            f"{counted(whole.events, 'time', 'times')} in all."
        )
    uses = sum(use.events for use in dossier.usage_90.values())
    features = counted(len(dossier.usage_90), "feature", "features")
    if not uses:
        return f"{period} the product was not used."
    return f"{period} your people used {features}, {counted(uses, 'time', 'times')} in all."


def _told(dossier: Dossier, found: Sequence[Worth]) -> list[str]:
    minutes = sum((one.minutes for one in found), Decimal(0))
    earned = _by_currency(found)
    parts = []
    if minutes:
        parts.append(f"saved about {hours(minutes)} of working time")
    if earned:
        sums = listed([money(amount, currency) for currency, amount in earned.items()])
        parts.append(f"brought about {sums} of revenue")
    valued = listed([shown(one.feature) for one in found], 3)
    sentence = f"By the values set per use, {valued} {' and '.join(parts)}."
    seats = None if dossier.facts.contract is None else dossier.facts.contract.seats_used
    if not minutes or not seats:
        return [sentence]
    return [sentence, f"That is {hours(minutes / seats)} for each of the {seats:,} seats in use."]


def _totals(dossier: Dossier, found: Sequence[Worth]) -> list[QBRMetric]:
    minutes = sum((one.minutes for one in found), Decimal(0))
    totals = []
    if minutes:
        totals.append(QBRMetric(label="Time saved", value=hours(minutes)))
    totals += [
        QBRMetric(label="Revenue influenced", value=money(amount, currency))
        for currency, amount in _by_currency(found).items()
    ]
    seats = None if dossier.facts.contract is None else dossier.facts.contract.seats_used
    if minutes and seats:
        each, sum_of = hours(minutes / seats), f"{hours(minutes)} / {seats:,} seats"
        totals.append(
            QBRMetric(
                label="Efficiency",
                value=f"{each} per seat in use ({sum_of})",
                cells=[each, f"per seat in use: {sum_of}"],
            )
        )
    return totals


def _rows(found: Sequence[Worth]) -> list[QBRMetric]:
    """The arithmetic, feature by feature."""
    rows = []
    for one in found[:MOST_FEATURES]:
        times, parts = counted(one.uses, "use", "uses"), []
        if one.value.minutes_saved_per_use is not None:
            each = plain(one.value.minutes_saved_per_use)
            parts.append(f"{times} x {each} min = {hours(one.minutes)}")
        if one.value.revenue_per_use is not None:
            each = price(one.value.revenue_per_use, one.currency)
            parts.append(f"{times} x {each} = {money(one.revenue, one.currency)}")
        rows.append(_reckoned(shown(one.feature), "; ".join(parts)))
    if len(found) > MOST_FEATURES:
        rest = counted(len(found) - MOST_FEATURES, "more feature", "more features")
        rows.append(_reckoned("Counted too", rest))
    return rows


def _reckoned(label: str, value: str) -> QBRMetric:
    return QBRMetric(label=label, value=value, group="reckoning")


def _without_value(dossier: Dossier, found: Sequence[Worth]) -> list[QBRMetric]:
    """Features in use that nobody set a value for: named, and worth nothing here."""
    valued = {one.feature for one in found}
    rest = [name for name in dossier.usage_90 if name and name not in valued]
    if not rest:
        return []
    names = listed([shown(name) for name in rest], MOST_FEATURES)
    return [_reckoned("Used, with no value set", names)]


def _uses(dossier: Dossier) -> list[QBRMetric]:
    """What was used most, where nothing is told of its worth."""
    features = [(name, use) for name, use in dossier.usage_90.items() if name]
    return [
        QBRMetric(label=shown(name), value=counted(use.events, "use", "uses"), group="use")
        for name, use in features[:5]
    ]


def _by_currency(found: Sequence[Worth]) -> dict[str, Decimal]:
    earned: dict[str, Decimal] = {}
    for one in found:
        if one.revenue:
            earned[one.currency] = earned.get(one.currency, Decimal(0)) + one.revenue
    return earned
