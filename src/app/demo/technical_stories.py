"""Customers whose technical health suffers: urgent tickets, floods of tickets, silence."""

from __future__ import annotations

from collections.abc import Mapping

from app.demo.conversations import Mood
from app.demo.story import PlannedTicket, Silence, Story
from app.domain.ticket import Priority

_P1, _P2, _P3, _P4 = Priority.P1, Priority.P2, Priority.P3, Priority.P4

_AGED_TODAY = (
    PlannedTicket(
        opened=4,
        priority=_P1,
        text="Shipment status no longer reaches the warehouse, dispatch works blind",
        component="pipelines",
        escalated=True,
    ),
    PlannedTicket(
        opened=4,
        priority=_P1,
        text="Carrier events are delivered twice, customers get double notifications",
        component="webhooks",
        minutes=13 * 60 + 20,
    ),
    PlannedTicket(
        opened=3,
        priority=_P2,
        text="Replay of missed carrier events stops after 10,000 messages",
        component="streaming",
    ),
    PlannedTicket(
        opened=2,
        priority=_P2,
        text="Alert on empty loads did not fire during the night",
        component="alerting",
    ),
)

_P2S_TODAY = (
    PlannedTicket(
        opened=4,
        priority=_P2,
        text="Customs documents are cut off after page two in the export",
        component="exports",
    ),
    PlannedTicket(
        opened=3,
        priority=_P2,
        text="Container numbers lose leading zeros in the mapping",
        component="mapping",
    ),
)

_URGENT_PILE = (
    (19, _P1, "Production orders missing in the warehouse after every second run", "pipelines"),
    (18, _P2, "Bills of material arrive without their lower levels", "connectors"),
    (15, _P2, "SAP change pointers are skipped when two plants post at once", "connectors"),
    (11, _P1, "Night run blocks the tables that the morning shift needs", "scheduler"),
    (9, _P2, "Quality results are loaded under the wrong plant", "mapping"),
    (6, _P2, "No alert when a run ends with rejected rows", "alerting"),
)

_FLOOD_TEXTS = (
    (12, None, "Prices loaded with yesterday's date since the calendar update", "mapping"),
    (11, _P3, "Fund codes with a slash are rejected", "mapping"),
    (10, _P4, "Column widths reset at every sign-in", "interface"),
    (9, _P3, "Month-end schedule ignores the bank holiday list", "scheduler"),
    (8, _P3, "Export to the regulator's format lacks the header row", "exports"),
    (6, None, "Corporate actions arrive without currency", "connectors"),
    (4, _P3, "Mapping of the position file breaks on empty lines", "mapping"),
    (3, _P3, "Alert texts cut off after 80 characters", "alerting"),
    (1, _P3, "Positions of the new platform are booked twice in the test area", "connectors"),
    (1, _P3, "Two desks see each other's run history", "security"),
    (1, _P3, "Audit log shows the service account instead of the user", "audit-log"),
    (1, None, "Sandbox refresh overwrites saved mappings", "workspaces"),
    (1, _P4, "Request for a second alert recipient per pipeline", "alerting"),
    (1, _P3, "Benchmark file is read before it is complete", "scheduler"),
)

_WORSENING = (
    (8, _P2, "Lab results reach the warehouse without their units", "mapping"),
    (7, _P2, "Appointment feed stops whenever a clinic is renamed", "connectors"),
    (1, _P1, "Admissions feed down, wards work from paper lists", "connectors"),
    (1, _P2, "Failover to the second site did not start", "pipelines"),
)

_OLD_WOES = (
    (118, _P2, "Loom data of the second mill arrives with a six-hour delay", "streaming"),
    (104, _P2, "Dye recipes with accents in their names are not matched", "mapping"),
)

_SOLVED_WOES = (
    PlannedTicket(
        opened=112,
        resolved=71,
        priority=_P1,
        text="Orders of the weaving mill are not passed on since the server move",
        component="connectors",
        escalated=True,
    ),
    PlannedTicket(
        opened=109,
        resolved=70,
        priority=_P2,
        text="Stock of finished fabric is counted twice",
        component="mapping",
    ),
)

_TECHNICAL_RED = (
    (5, _P1, "Haul truck telemetry stops at every network change", "streaming"),
    (4, _P2, "Tonnage figures double after a reconnect", "streaming"),
    (4, _P2, "API gateway closes long connections after 60 seconds", "api"),
    (3, _P2, "Shift report is built before the last batch is in", "scheduler"),
)


def _open(*tickets: tuple[int, Priority | None, str, str]) -> tuple[PlannedTicket, ...]:
    return tuple(
        PlannedTicket(opened=opened, priority=priority, text=text, component=component)
        for opened, priority, text, component in tickets
    )


def _on_and_off(first: int) -> tuple[PlannedTicket, ...]:
    """A fault that is found every other evening and worked around the next one."""
    return tuple(
        PlannedTicket(
            opened=day,
            resolved=day - 1,
            minutes=18 * 60,
            priority=_P2,
            text=f"Port call messages stuck again at the {terminal} terminal",
            component="streaming",
            reopened=day % 20 == 1,
        )
        for day, terminal in zip(
            range(first, 1, -2), ("northern", "southern", "ferry") * first, strict=False
        )
    )


TECHNICAL_STORIES: Mapping[str, Story] = {
    "aged_p1s": Story(
        gist="Two P1s and two P2s; the oldest passed three days last night: Red today.",
        notes=("Go-live of their carrier portal is planned for next month.",),
        trouble=_AGED_TODAY,
        seats_share=0.7,
        adoption=0.4,
        talk_every=32,
        last_talk=31,
        people_met=1,
        mood=Mood.STRAINED,
        nps=((240, 8), (62, 6)),
        csat=(2, 3, 3),
    ),
    "p2s_today": Story(
        gist="Two P2s, the older past three days since last night: Amber today.",
        trouble=_P2S_TODAY,
    ),
    "rail_p2s_today": Story(
        gist="A P2 that grew too old meets a second one: Amber today.",
        trouble=_open(
            (4, _P2, "Delay codes of the southern line are dropped on import", "connectors"),
            (1, _P2, "Platform displays receive timetable updates in the wrong order", "streaming"),
        ),
    ),
    "busy": Story(
        gist="Green with eight small tickets open: more than usual, nothing urgent.",
        trouble=_open(
            (14, _P4, "Mast numbers sorted as text in the mapping editor", "interface"),
            (12, _P3, "Call detail records of roaming partners arrive without a header", "mapping"),
            (11, _P3, "Daily volume alert fires on public holidays", "alerting"),
            (9, _P4, "Wish: colours for pipeline groups", "interface"),
            (8, _P3, "Backfill of one region locks the others", "pipelines"),
            (6, None, "Which addresses does the European gateway call from?", "security"),
            (
                5,
                _P3,
                "Export of the inventory takes three times as long as last quarter",
                "exports",
            ),
            (3, _P4, "Invite link for a contractor has expired", "provisioning"),
        ),
        tickets_a_month=1,
    ),
    "many_urgent": Story(
        gist="Six urgent tickets piled up over three weeks: Red for a fortnight.",
        notes=("Plant manager asked for a weekly call until the order loads are stable.",),
        trouble=_open(*_URGENT_PILE),
        tickets_a_month=3,
        csat=(1, 2, 3),
    ),
    "flood": Story(
        gist="Fourteen small tickets within a fortnight: volume alone turned it Amber today.",
        notes=("They moved to a new fund platform this month.",),
        trouble=_open(*_FLOOD_TEXTS),
        tickets_a_month=0.5,
    ),
    "worsened": Story(
        gist="Amber since last week's P2s, Red today: the admissions feed broke down.",
        notes=("Their chief information officer was told of the admissions outage.",),
        trouble=_open(*_WORSENING),
        csat=(2, 3, 4),
    ),
    "known_amber": Story(
        gist="Red before the first scan, so never told; Amber since two of four were solved.",
        trouble=(*_open(*_OLD_WOES), *_SOLVED_WOES),
        csat=(3, 4, 4),
    ),
    "technical_red": Story(
        gist="Technically Red, while its people use and like the product.",
        notes=("Renewed ahead of time and speaks for us at events.",),
        trouble=_open(*_TECHNICAL_RED),
        seats_share=0.92,
        usage=((365, 0.7), (0, 1.15)),
        adoption=1.0,
        talk_every=9,
        last_talk=1,
        nps=((200, 9), (33, 10)),
    ),
    "fewer_calls": Story(
        gist="Green, no ticket yet: since four days its integration makes 40 % of its calls.",
        calls_fell=4,
    ),
    "silent_today": Story(
        gist="The integration fell silent three days ago, and a P2 is open.",
        silences=(Silence(first=3),),
        trouble=_open(
            (6, _P2, "Agent on the stock server stops after the nightly restart", "connectors")
        ),
    ),
    "silent_week": Story(
        gist="Eight days without a heartbeat and a P2 that waits; a second one: Red today.",
        silences=(Silence(first=8),),
        trouble=_open(
            (10, _P2, "Pharmacy branches see yesterday's stock all morning", "scheduler"),
            (1, _P2, "Prescription totals missing since the gateway went quiet", "pipelines"),
        ),
    ),
    "flapping": Story(
        gist="Amber one day, Green the next, for weeks: told once, not every other day.",
        csat=(3, 4, 4),
        trouble=(
            *_open((64, _P2, "Terminal messages need a manual restart after storms", "streaming")),
            *_on_and_off(61),
        ),
    ),
    "eu_amber": Story(
        gist="Two P2s were open when its ticket feed failed: Amber kept, marked stale.",
        trouble=_open(
            (13, _P2, "Tool numbers with a dash are split into two columns", "mapping"),
            (9, _P2, "Order confirmations arrive only after a manual start", "scheduler"),
        ),
    ),
}
