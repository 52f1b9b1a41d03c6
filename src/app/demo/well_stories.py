"""Customers who are well, or were unwell and got over it."""

from __future__ import annotations

from collections.abc import Mapping

from app.demo.conversations import Mood
from app.demo.story import PlannedTicket, Silence, Story
from app.domain.ticket import Priority

_OUTAGE = (
    PlannedTicket(
        opened=74,
        resolved=66,
        priority=Priority.P1,
        text="Warehouse loads stop halfway with 'out of memory' on our side of the connector",
        component="connectors",
        escalated=True,
    ),
    PlannedTicket(
        opened=73,
        resolved=66,
        priority=Priority.P2,
        text="Restarted runs write the same rows twice",
        component="pipelines",
    ),
    PlannedTicket(
        opened=71,
        resolved=65,
        priority=Priority.P2,
        text="No alert was sent for the loads that failed overnight",
        component="alerting",
    ),
)

_FLOOD_TEXTS = (
    ("Column type changed after the upgrade of our warehouse", "mapping"),
    ("Mapping editor shows old column names", "mapping"),
    ("Run history empty for runs before the upgrade", "run-history"),
    ("Retry button missing on two pipelines", "interface"),
    ("Alert rules have to be saved again after the upgrade", "alerting"),
    ("Scheduled sync of the claims table starts twice", "scheduler"),
    ("Row count in the summary differs from the warehouse", "run-history"),
    ("Test connection succeeds, run fails with missing role", "security"),
    ("Filters on date columns are off by one day", "mapping"),
    ("Workspace switch signs the user out", "interface"),
    ("Preview of the staging tables times out", "pipelines"),
    ("New columns are not offered for reverse sync", "mapping"),
    ("Copying a pipeline loses its filters", "pipelines"),
)

_RECOVERING = (
    PlannedTicket(
        opened=24,
        resolved=11,
        priority=Priority.P2,
        text="Furnace sensor batches arrive out of order since the gateway update",
        component="streaming",
    ),
    PlannedTicket(
        opened=22,
        resolved=11,
        priority=Priority.P2,
        text="Late batches are dropped without an entry in the run history",
        component="streaming",
        reopened=True,
    ),
    PlannedTicket(
        opened=20,
        resolved=10,
        priority=Priority.P3,
        text="Please explain how late events are counted in the summary",
        component="run-history",
    ),
)

WELL_STORIES: Mapping[str, Story] = {
    "steady": Story(gist="Nothing to report, all year."),
    "steady_distant": Story(
        gist="Well, and seldom heard of: a quarterly talk is all they want.",
        notes=("Prefers written updates to calls.", "", "Asks for one review a quarter, no more."),
        seats_share=0.72,
        adoption=0.6,
        talk_every=41,
        last_talk=36,
        people_met=2,
        nps=((240, 8), (80, 7)),
    ),
    "steady_lean": Story(
        gist="Well, with much of what they bought still unused.",
        notes=("Uses pipelines and schedules, little else.",),
        seats_share=0.63,
        adoption=0.45,
        talk_every=22,
        last_talk=12,
        nps=((260, 7), (72, 8)),
    ),
    "steady_late_payer": Story(
        gist="Well, and always two or three weeks late with the invoice.",
        notes=("Invoices go through a shared service centre that pays late.",),
        pays_late=19,
        seats_share=0.76,
        adoption=0.7,
        talk_every=19,
        last_talk=8,
    ),
    "renewing_well": Story(
        gist="Healthy, and the renewal is near.",
        notes=("Renewal quote sent, procurement asked for the same terms.",),
        renewal_in=34,
    ),
    "growing": Story(
        gist="Use grows month by month and the seats are nearly used up.",
        notes=(
            "Asked for prices of further seats and of event streaming.",
            "Second plant joins next quarter; wants to know the price of forty seats.",
            "Studio doubled its team this year.",
            "Marketplace launch planned; asked how prices change beyond a hundred seats.",
        ),
        seats_share=0.95,
        usage=((365, 0.5), (150, 0.68), (0, 1.3)),
        adoption=0.95,
        nps=((240, 9), (41, 10)),
    ),
    "seats_full": Story(
        gist="Every seat is in use; new colleagues share accounts.",
        notes=("Their team lead mentioned shared log-ins; a seat upgrade is in discussion.",),
        seats_share=1.0,
        usage=((365, 0.7), (0, 1.1)),
        nps=((230, 8), (52, 9)),
    ),
    "one_old_p2": Story(
        gist="Healthy but for one urgent ticket that has waited too long.",
        trouble=(
            PlannedTicket(
                opened=9,
                priority=Priority.P2,
                text="Store closing totals reach the warehouse a day late",
                component="scheduler",
            ),
        ),
    ),
    "one_old_p2_claims": Story(
        gist="Healthy but for one urgent ticket that has waited for a fortnight.",
        trouble=(
            PlannedTicket(
                opened=15,
                priority=Priority.P2,
                text="Voyage dates in claims are swapped with policy dates",
                component="mapping",
            ),
        ),
    ),
    "past_outage": Story(
        gist="A bad fortnight ten weeks ago, solved since.",
        trouble=_OUTAGE,
        csat=(3, 4, 5),
    ),
    "past_flood": Story(
        gist="An upgrade six weeks ago brought a dozen questions; all answered.",
        trouble=tuple(
            PlannedTicket(
                opened=48 - number // 2,
                resolved=38 - number // 2,
                priority=Priority.P3 if number % 3 else None,
                text=text,
                component=component,
            )
            for number, (text, component) in enumerate(_FLOOD_TEXTS)
        ),
    ),
    "past_silence": Story(
        gist="The integration was dark for eight days last month; a certificate had run out.",
        silences=(Silence(first=38, last=31),),
        trouble=(
            PlannedTicket(
                opened=37,
                resolved=31,
                priority=Priority.P2,
                text="Gateway refuses our client certificate since this morning",
                component="api",
            ),
        ),
    ),
    "just_recovered": Story(
        gist="Two urgent tickets solved five days ago; the incident closed two days ago.",
        trouble=(
            PlannedTicket(
                opened=17,
                resolved=5,
                priority=Priority.P2,
                text="Toll positions are loaded without the vehicle's number plate",
                component="connectors",
            ),
            PlannedTicket(
                opened=14,
                resolved=5,
                priority=Priority.P2,
                text="Tour planning waits for a load that has ended already",
                component="scheduler",
            ),
        ),
        csat=(3, 4, 5),
    ),
    "recovered": Story(
        gist="Two urgent tickets were solved and the incident closed last week.",
        trouble=_RECOVERING,
        csat=(3, 4, 5),
    ),
    "no_heartbeat": Story(
        gist="Never had its integration monitored; scored without it.",
        notes=("Runs the hosted edition only; no agent installed.",),
        is_monitored=False,
    ),
    "newcomer": Story(
        gist="A customer for ten days: too new for any trend.",
        notes=("Kick-off done, first pipelines planned for this month.",),
        customer_days=10,
        usage=((9, 0.15), (0, 0.55)),
        adoption=0.5,
        tickets_a_month=2.5,
        seats_share=0.55,
        mood=Mood.ONBOARDING,
        talk_every=3,
        last_talk=1,
        nps=((1, 9),),
    ),
    "ended": Story(
        gist="The contract ended two weeks ago; no longer in the book.",
        notes=("Moved to an in-house solution after the merger.",),
        renewal_in=-14,
        usage=((365, 0.9), (120, 0.7), (14, 0.1), (0, 0.0)),
        adoption=0.4,
        mood=Mood.STRAINED,
        talk_every=24,
        last_talk=20,
    ),
    "eu_steady": Story(gist="Well, as far as the failed ticket feed lets us know."),
    "eu_joined": Story(
        gist="Came in after its only ticket feed had failed: nothing can be said yet.",
        notes=("Signed this week; the onboarding project starts next week.",),
        customer_days=1,
        usage=(),
        tickets_a_month=0,
        seats_share=0.0,
        mood=Mood.ONBOARDING,
        talk_every=3,
        last_talk=1,
        nps=(),
    ),
}
