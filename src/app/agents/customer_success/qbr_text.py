"""A review as plain text or Markdown, for the customer or for the rep.

For the customer the internal notes are not looked at; for the rep they stand at the end, marked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.agents.customer_success.phrases import shown
from app.agents.customer_success.qbr import title_of
from app.agents.customer_success.schemas import MetricGroup, QBRContent, QBRMetric, QBRSection

INTERNAL_TITLE = "INTERNAL: for our own people only, never for the customer"

TITLES = (
    ("Account health", "account_health_summary"),
    ("Return and business impact", "roi_business_impact"),
    ("Feature adoption", "feature_adoption_scorecard"),
    ("Expansion and next steps", "expansion_next_steps"),
)
"""The sections in their order, with the fields that hold them."""

GROUPS: Mapping[MetricGroup, str] = {
    "figure": "",
    "history": "The way here",
    "change": "What moved it",
    "reckoning": "How it is reckoned",
    "use": "Used most",
    "feature": "Feature by feature",
    "term": "Terms",
}
"""The kinds of figures in their order, and what stands over them."""

_LINE_MOST = 600
_MARKUP = str.maketrans({char: f"\\{char}" for char in "\\`*_[]<>#|!~"})


def render_qbr_text(qbr: QBRContent, *, for_customer: bool, markdown: bool = False) -> str:
    """The review as text. `for_customer`: without the internal notes."""
    form = _Markdown() if markdown else _Plain()
    lines = [*form.title(title_of(qbr.account_name or qbr.account_id, qbr.period))]
    known = "" if qbr.prepared_on is None else f"As known on {qbr.prepared_on}."
    rep = f"Your contact: {form.line(qbr.rep_name)}." if qbr.rep_name else ""
    if known or rep:
        lines += [f"{known} {rep}".strip(), ""]
    for title, field in TITLES:
        section: QBRSection = getattr(qbr, field)
        lines += [*form.heading(title), *form.section(section), ""]
    if not for_customer:
        notes = qbr.internal_notes.splitlines() or ["Nothing to note."]
        lines += [*form.heading(INTERNAL_TITLE), *form.points(notes), ""]
    return "\n".join(lines).rstrip() + "\n"


def grouped(section: QBRSection) -> dict[MetricGroup, list[QBRMetric]]:
    """The section's figures by kind, in the kinds' order; kinds without any are left out."""
    found = {group: [one for one in section.metrics if one.group == group] for group in GROUPS}
    return {group: metrics for group, metrics in found.items() if metrics}


class _Plain:
    """Text for a terminal or a mail."""

    def title(self, text: str) -> Iterator[str]:
        yield from (self.line(text), "=" * len(self.line(text)), "")

    def heading(self, text: str) -> Iterator[str]:
        yield from (self.line(text), "-" * len(self.line(text)))

    def section(self, section: QBRSection) -> Iterator[str]:
        yield self.line(section.text)
        width = max((len(self.line(one.label)) for one in section.metrics), default=0)
        for group, metrics in grouped(section).items():
            yield from ("", *((f"  {GROUPS[group]}:",) if GROUPS[group] else ()))
            for one in metrics:
                yield f"  {self.line(one.label):<{width}}  {self.line(one.value)}"
        if section.points:
            yield ""
            yield from self.points(section.points)

    def points(self, points: list[str]) -> Iterator[str]:
        for point in points:
            yield f"  - {self.line(point)}"

    def line(self, text: str) -> str:
        return shown(text, _LINE_MOST)


class _Markdown(_Plain):
    """Text for a document; whatever other people wrote stays text."""

    def title(self, text: str) -> Iterator[str]:
        yield from (f"# {self.line(text)}", "")

    def heading(self, text: str) -> Iterator[str]:
        yield from (f"## {self.line(text)}", "")

    def section(self, section: QBRSection) -> Iterator[str]:
        yield self.line(section.text)
        for group, metrics in grouped(section).items():
            yield from ("", f"| {GROUPS[group]} | |", "|---|---|")
            for one in metrics:
                yield f"| {self.line(one.label)} | {self.line(one.value)} |"
        if section.points:
            yield ""
            yield from self.points(section.points)

    def points(self, points: list[str]) -> Iterator[str]:
        for point in points:
            yield f"- {self.line(point)}"

    def line(self, text: str) -> str:
        return super().line(text).translate(_MARKUP)
