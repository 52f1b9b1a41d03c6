"""One-line summaries of contacts with customers, by what the relationship is like at the time."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Mood(StrEnum):
    """The tone of a relationship; it chooses words and nothing else."""

    WARM = "warm"
    PLAIN = "plain"
    STRAINED = "strained"
    ONBOARDING = "onboarding"


class Talk(NamedTuple):
    """A contact's kind and what was noted; `{feature}`, `{source}`, `{target}` are filled in."""

    kind: str
    summary: str


_WARM = (
    Talk("call", "Monthly call: loads into {target} run on time, no open wishes this month."),
    Talk("meeting", "Quarterly review with both teams; they plan to bring a second region on."),
    Talk("email", "Sent the comparison of {feature} options they asked for; thanks received."),
    Talk("call", "Walked their new analyst through {feature}; she will take over the setup."),
    Talk("meeting", "Roadmap session: most interest in finer alerts and in {feature}."),
    Talk("training", "Ninety-minute training on {feature} for six people, good questions."),
    Talk("call", "They cut their month-end close by a day with the {source} pipelines."),
    Talk("email", "Confirmed the dates for the {source} upgrade, no downtime expected."),
    Talk("visit", "On-site day: reviewed all pipelines, agreed to retire three old ones."),
    Talk("call", "Talked through last month's run statistics; they want it every quarter."),
)
_PLAIN = (
    Talk("call", "Short check-in: nothing urgent, one question on {feature} answered."),
    Talk("email", "Forwarded the release notes that concern their {source} connection."),
    Talk("call", "Went through open tickets together and agreed which one comes first."),
    Talk("meeting", "Planning for next quarter; budget round on their side is still open."),
    Talk("email", "Asked for the updated list of users; answer came the same week."),
    Talk("call", "They are moving reports from {source} to {target}; no help needed yet."),
    Talk("call", "New head of the platform team introduced, first talk was about {feature}."),
)
_STRAINED = (
    Talk("call", "They are unhappy with how long the {source} problem has been open."),
    Talk("meeting", "Their operations lead asked for a written plan with dates."),
    Talk("email", "Sent the cause analysis of last week's outage; follow-up call requested."),
    Talk("call", "Use of {feature} has dropped since the team was reorganised."),
    Talk("call", "They are comparing us with an in-house solution for the {source} loads."),
    Talk("email", "Reminded them of the open invoice; their finance team is looking into it."),
    Talk("call", "Only one person still works with {feature}; the others wait for training."),
)
_ONBOARDING = (
    Talk("meeting", "Kick-off: goals agreed, first pipeline from {source} in week two."),
    Talk("call", "Access to {source} granted; the first test load ran through."),
    Talk("training", "Introduction for the project team: connections, mapping, schedules."),
    Talk("email", "Sent the checklist for going live and the contacts on our side."),
)

TALKS: Mapping[Mood, tuple[Talk, ...]] = {
    Mood.WARM: _WARM,
    Mood.PLAIN: _PLAIN,
    Mood.STRAINED: _STRAINED,
    Mood.ONBOARDING: _ONBOARDING,
}
IDLE_TALKS = (
    Talk("email", "Automatic reply: out of office."),
    Talk("email", "Invitation to the webinar sent, no answer."),
    Talk("call", "Reached voicemail, left a message."),
)
"""Contacts that told nothing."""
