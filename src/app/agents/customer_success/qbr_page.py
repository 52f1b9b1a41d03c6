"""A review as a page: which figures stand out, which make a table, and what is drawn.

For the customer the internal notes are not looked at; for the rep they stand apart, marked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from app.agents.customer_success.qbr import period_in_words
from app.agents.customer_success.qbr_text import GROUPS, INTERNAL_TITLE, TITLES, grouped
from app.agents.customer_success.schemas import MetricGroup, QBRContent, QBRMetric, QBRSection
from app.domain.page import Cell, CoursePoint, Figure, Page, Section, Table, Tone, tone_of

_NOT_FOR_CUSTOMERS = "With internal notes: never for the customer"
_POINTS = {
    "feature_adoption_scorecard": "Worth a look next",
    "expansion_next_steps": "Next steps",
}

_Row: TypeAlias = Callable[[QBRMetric], tuple[Cell, ...]]


def review_page(qbr: QBRContent, *, for_customer: bool) -> Page:
    """The review as a page. `for_customer`: without the internal notes."""
    facts = [period_in_words(qbr.period)]
    facts += [] if qbr.prepared_on is None else [f"As known on {qbr.prepared_on}"]
    facts += [f"Your contact: {qbr.rep_name}"] if qbr.rep_name else []
    notes = tuple(qbr.internal_notes.splitlines()) or ("Nothing to note.",)
    return Page(
        kind="Quarterly business review",
        title=qbr.account_name or qbr.account_id,
        facts=tuple(facts),
        internal="" if for_customer else _NOT_FOR_CUSTOMERS,
        sections=tuple(_section(title, field, getattr(qbr, field)) for title, field in TITLES),
        internal_section=None if for_customer else Section(title=INTERNAL_TITLE, points=notes),
    )


def _section(title: str, field: str, section: QBRSection) -> Section:
    groups = grouped(section)
    figures = groups.pop("figure", [])
    course = section.course if len(section.course) > 1 else []
    if course:  # it shows them all, and more
        groups.pop("history", None)
    return Section(
        title=title,
        text=section.text,
        figures=tuple(_figure(one) for one in figures),
        course=tuple(
            CoursePoint(on=one.on, score=one.score, tone=tone_of(one.band)) for one in course
        ),
        tables=tuple(_table(group, metrics) for group, metrics in groups.items()),
        points_title=_POINTS.get(field, ""),
        points=tuple(section.points),
    )


def _figure(metric: QBRMetric) -> Figure:
    value, note = (*metric.cells, "", "")[:2]
    return Figure(
        label=metric.label,
        value=value or metric.value,
        note=note,
        tone=tone_of(note),
        share=metric.share,
    )


def _table(group: MetricGroup, metrics: Sequence[QBRMetric]) -> Table:
    columns, row = _TABLES.get(group, ((), _plain_row))
    return Table(title=GROUPS[group], columns=columns, rows=tuple(row(one) for one in metrics))


def _plain_row(metric: QBRMetric) -> tuple[Cell, ...]:
    return (Cell(text=metric.label), Cell(text=metric.value))


def _change_row(metric: QBRMetric) -> tuple[Cell, ...]:
    then, now, points = (*metric.cells, "", "", "")[:3]
    tone = Tone.BAD if points.startswith("-") else Tone.GOOD
    return (
        Cell(text=metric.label),
        Cell(text=then or metric.value),
        Cell(text=now),
        Cell(text=points, tone=tone if points else Tone.PLAIN),
    )


def _feature_row(metric: QBRMetric) -> tuple[Cell, ...]:
    here, elsewhere = (*metric.cells, "", "")[:2]
    tone = Tone.GOOD if here == "in use" else Tone.PLAIN
    return (
        Cell(text=metric.label),
        Cell(text=here or metric.value, tone=tone),
        Cell(text=elsewhere, share=metric.share),
    )


_TABLES: Mapping[MetricGroup, tuple[tuple[str, ...], _Row]] = {
    "change": (("Signal", "Then", "Now", "Points"), _change_row),
    "feature": (("Feature", "Your team", "Comparable accounts using it"), _feature_row),
}
