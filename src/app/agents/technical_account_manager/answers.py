"""What a model may answer to each of the TAM's prompts. It is asked in these shapes alone."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Letter(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str = Field(max_length=200)
    body_html: str = Field(max_length=20_000)
    """Paragraphs, lists and emphasis alone: no images, no scripts, no links of its own."""


class EscalationOutreachAnswer(_Letter):
    """A letter after an escalation."""

    tone: str
    key_issues: list[str]


class ReleaseNotesAnswer(_Letter):
    """A release, told for one account."""

    highlighted_features: list[str]
    relevance_notes: list[str]
    """Why each matters to this account, in the order of `highlighted_features`."""


class RoadmapPreviewAnswer(_Letter):
    """What is coming that concerns one account."""

    aligned_items: list[str]
    co_dev_opportunities: list[str]


class HealthCheckinAnswer(_Letter):
    """A regular check-in."""

    health_summary: str
    recommendations: list[str]


class CustomerSuccessReviewAnswer(_Letter):
    """A structured technical review."""

    health_overview: str
    integration_summary: str
    open_items: list[str]
    recommendations: list[str]
