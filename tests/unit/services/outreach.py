"""Facts for letters, with defaults; and facts as hostile as outside text can be."""

from __future__ import annotations

from datetime import date
from functools import partial

from hypothesis import strategies as st

from app.domain.account import TechnicalMaturity
from app.domain.announcement import (
    Announced,
    Announcement,
    ChangeKind,
    Concern,
    ConcernKind,
)
from app.domain.band import Band
from app.domain.recap import LastLetter, LastTalk, Recap, UsageMove
from app.domain.ticket import Priority, Ticket
from app.ports.writer import OutreachFacts
from tests import builders
from tests.builders import NOW, TODAY, days_ago

sam = partial(builders.stakeholder, name="Sam Miller", is_primary=True)

outreach = partial(
    OutreachFacts,
    account=builders.account(name="Acme GmbH"),
    contract=builders.contract(),
    stakeholders=(sam(),),
    rep=builders.rep(name="Rita Lind"),
    open_tickets=(),
    last_heartbeat=None,
    silent_hours=None,
    reasons=("2 aged P1/P2 tickets cost 40 points",),
    band=Band.RED,
    now=NOW,
)


def p1(ticket_id: str = "PROD-12", *, age_days: float = 9, subject: str = "Export fails") -> Ticket:
    return builders.ticket(
        ticket_id=ticket_id,
        priority=Priority.P1,
        created_at=days_ago(age_days),
        subject=subject,
        component="Exports",
    )


def p3s(count: int) -> tuple[Ticket, ...]:
    return tuple(
        builders.ticket(ticket_id=f"T-{number}", created_at=days_ago(number + 1), subject="Slow")
        for number in range(count)
    )


HOSTILE = (
    "<script>alert('x')</script>",
    "Line\r\nBcc: everyone@acme.example",
    "{{7*7}} {% for x in y %}",
    "\u202egnissim si ti\u202c",
    "our churn RISK score is Red",
    "ch\u200durn, \uff52\uff49\uff53\uff4b and s\u00adcore",
    "- a list\n\n- of lies",
    "escalated to other   customers",
    "reduce the broadband credit",
    "\ud800 alone",
    "x" * 500,
    "“quoted” & 'quoted'",
    "",
)
hostile = st.sampled_from(HOSTILE) | st.text(max_size=60)
short_lists = partial(st.lists, max_size=4)
few = partial(st.lists, max_size=2)

hostile_ticket = st.builds(
    builders.ticket,
    ticket_id=hostile | st.sampled_from(["RED-7", "RISK-1", "PROD-12"]),
    subject=hostile,
    component=hostile,
    priority=st.none() | st.sampled_from(Priority),
    created_at=st.floats(-2, 900).map(days_ago),
)
hostile_concern = st.builds(
    Concern,
    kind=st.sampled_from(ConcernKind),
    name=hostile,
    tickets=st.integers(0, 9),
    ticket_id=hostile | st.sampled_from(["RED-7", "PROD-12"]),
)
hostile_announcement = st.builds(
    Announcement,
    title=hostile,
    description=hostile,
    kind=st.sampled_from(ChangeKind),
    concerns=few(hostile_concern).map(tuple),
    components=few(hostile).map(tuple),
    planned_for=hostile,
    link=hostile | st.sampled_from(["https://x.example/a", "https://x.example/red"]),
    to_shape=st.booleans(),
)
days = st.none() | st.sampled_from([TODAY, date(2025, 12, 24), date(2027, 1, 1)])

hostile_facts = st.builds(
    outreach,
    account=st.builds(
        builders.account,
        name=hostile,
        notes=hostile,
        integrations=short_lists(hostile).map(tuple),
        environment=short_lists(hostile).map(tuple),
    ),
    stakeholders=short_lists(
        st.builds(
            builders.stakeholder,
            name=hostile
            | st.sampled_from(["Amber Smith", "Dr. Green", "Doe, Jane", "o@x.example"]),
            role=hostile,
            is_primary=st.booleans(),
            technical_maturity=st.none() | st.sampled_from(TechnicalMaturity),
        )
    ).map(tuple),
    rep=st.builds(builders.rep, name=hostile | st.just("Rita Green")),
    open_tickets=st.lists(hostile_ticket, max_size=8).map(tuple),
    last_heartbeat=st.none() | st.just(days_ago(5)),
    silent_hours=st.none() | st.floats(0, 9_000),
    reasons=st.just(("score 12, churn risk critical",)),
    usage_fell=st.booleans(),
    features_unused=short_lists(hostile | st.just("Red alerts")).map(tuple),
    features_used=short_lists(hostile).map(tuple),
    tickets_known=st.booleans(),
    last_contact_on=days,
    last_talk=st.builds(
        LastTalk,
        kind=hostile | st.sampled_from(["call", "meeting", "email", "visit", "training"]),
        person=hostile | st.just("sam@acme.example"),
    ),
    last_letter=st.builds(
        LastLetter, on=days, communication_type=hostile | st.just("health_checkin")
    ),
    addressee=hostile | st.just("sam@acme.example"),
    recap=st.builds(
        Recap,
        since=days,
        is_since_letter=st.booleans(),
        solved=few(hostile_ticket).map(tuple),
        usage=st.sampled_from(UsageMove),
    ),
    announced=st.builds(
        Announced,
        version=hostile,
        released_on=days,
        announcements=few(hostile_announcement).map(tuple),
    ),
)
"""Everything that comes from outside says whatever it likes."""
