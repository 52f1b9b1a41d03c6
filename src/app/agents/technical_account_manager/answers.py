"""What a model may answer to each of the TAM's prompts. It is asked in these shapes alone."""

from __future__ import annotations

from app.ports.model import LetterAnswer


class EscalationOutreachAnswer(LetterAnswer):
    """A letter after an escalation."""

    tone: str
    key_issues: list[str]


class ReleaseNotesAnswer(LetterAnswer):
    """A release, told for one account."""

    highlighted_features: list[str]
    relevance_notes: list[str]
    """Why each matters to this account, in the order of `highlighted_features`."""


class RoadmapPreviewAnswer(LetterAnswer):
    """What is coming that concerns one account."""

    aligned_items: list[str]
    co_dev_opportunities: list[str]


class HealthCheckinAnswer(LetterAnswer):
    """A regular check-in."""

    health_summary: str
    recommendations: list[str]


class CustomerSuccessReviewAnswer(LetterAnswer):
    """A structured technical review."""

    health_overview: str
    integration_summary: str
    open_items: list[str]
    recommendations: list[str]
