"""The columns Tend knows in each database: their names, their types, and whose they are.

Names are the ones that people see; at run time a column goes by its id, so that renaming it breaks
nothing. It sends nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.notion import NotionRole


class Owner(StrEnum):
    """Who writes a column."""

    PEOPLE = "people"
    """Read only: what people write is never overwritten."""
    TEND = "tend"
    """Ours: written where it changed, never read back."""
    LATER = "later"
    """Both: the later word wins (a heartbeat is posted, or set by hand)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSpec:
    """One column as Tend would make it, and as which it takes one that is there."""

    name: str
    type: str
    """Notion's type of a column that we make."""
    owner: Owner
    also: frozenset[str] = frozenset()
    """Other types that an existing column may have."""
    aliases: tuple[str, ...] = ()
    """Other names that an existing column may have, small letters."""
    options: tuple[str, ...] = ()
    """Of a select that we make."""
    is_needed: bool = False
    """Without it the database cannot be worked with."""

    @property
    def types(self) -> frozenset[str]:
        """Every type that will do."""
        return self.also | {self.type}


_WORDS = frozenset({"rich_text", "select", "status", "formula"})
_FIGURES = frozenset({"formula", "rollup"})
_DATES = frozenset({"formula", "rollup"})
_BANDS = ("Green", "Amber", "Red", "Unknown")

KEY = "External ID"
"""Carries our key on every row that we make."""

ACCOUNT_COLUMNS: tuple[ColumnSpec, ...] = (
    ColumnSpec(name="Name", type="title", owner=Owner.PEOPLE, is_needed=True),
    ColumnSpec(
        name=KEY, type="rich_text", owner=Owner.TEND, aliases=("account id",), is_needed=True
    ),
    # the TAM's (T8)
    ColumnSpec(name="Health Score", type="number", owner=Owner.TEND),
    ColumnSpec(name="Health Status", type="select", owner=Owner.TEND, options=_BANDS),
    ColumnSpec(name="Last Health Scan", type="date", owner=Owner.TEND),
    ColumnSpec(name="TAM Profile", type="url", owner=Owner.TEND),
    ColumnSpec(name="Last Heartbeat", type="date", owner=Owner.LATER),
    ColumnSpec(name="API Call Count", type="number", owner=Owner.LATER),
    ColumnSpec(
        name="Check-in Interval", type="number", owner=Owner.PEOPLE, aliases=("checkin interval",)
    ),
    # the CSM's (C9)
    ColumnSpec(name="CSM Health Score", type="number", owner=Owner.TEND),
    ColumnSpec(name="CSM Health Status", type="select", owner=Owner.TEND, options=_BANDS),
    ColumnSpec(
        name="Churn Risk",
        type="select",
        owner=Owner.TEND,
        options=("low", "medium", "high", "critical"),
    ),
    # signals and commercial facts, which people or other programs keep (C1, C9)
    ColumnSpec(
        name="Feature Adoption Rate",
        type="number",
        owner=Owner.PEOPLE,
        also=_FIGURES,
        aliases=("adoption rate", "feature adoption"),
    ),
    ColumnSpec(
        name="Usage Trend",
        type="select",
        owner=Owner.PEOPLE,
        also=_WORDS,
        options=("growing", "stable", "declining"),
    ),
    ColumnSpec(
        name="Login Frequency",
        type="number",
        owner=Owner.PEOPLE,
        also=_FIGURES,
        aliases=("logins per week",),
    ),
    ColumnSpec(
        name="Last Interaction",
        type="date",
        owner=Owner.PEOPLE,
        also=_DATES,
        aliases=("last contact", "last touch"),
    ),
    ColumnSpec(
        name="Payment Status",
        type="select",
        owner=Owner.PEOPLE,
        also=_WORDS,
        aliases=("invoice status",),
        options=("current", "overdue_30", "overdue_60", "overdue_90_plus"),
    ),
    ColumnSpec(
        name="Stakeholder Engagement",
        type="select",
        owner=Owner.PEOPLE,
        also=_WORDS,
        aliases=("engagement",),
        options=("high", "medium", "low"),
    ),
    ColumnSpec(
        name="NPS", type="number", owner=Owner.PEOPLE, also=_FIGURES, aliases=("nps score",)
    ),
    ColumnSpec(
        name="Renewal Date",
        type="date",
        owner=Owner.PEOPLE,
        also=_DATES,
        aliases=("renewal", "contract end", "contract renewal"),
    ),
    ColumnSpec(
        name="Seats Purchased",
        type="number",
        owner=Owner.PEOPLE,
        also=_FIGURES,
        aliases=("seats", "licenses"),
    ),
    ColumnSpec(
        name="Seats Used",
        type="number",
        owner=Owner.PEOPLE,
        also=_FIGURES,
        aliases=("active seats",),
    ),
    ColumnSpec(
        name="ARR",
        type="number",
        owner=Owner.PEOPLE,
        also=_FIGURES,
        aliases=("annual recurring revenue", "contract value"),
    ),
    ColumnSpec(
        name="Account Owner",
        type="people",
        owner=Owner.PEOPLE,
        also=frozenset({"email", "rich_text", "select"}),
        aliases=("owner", "csm", "tam"),
    ),
    ColumnSpec(name="Segment", type="select", owner=Owner.PEOPLE, also=_WORDS, aliases=("tier",)),
    # the CRM's side (T1, P7)
    ColumnSpec(
        name="Deal Stage", type="select", owner=Owner.PEOPLE, also=_WORDS, aliases=("stage",)
    ),
    ColumnSpec(name="Notes", type="rich_text", owner=Owner.PEOPLE, aliases=("deal notes",)),
)

TICKET_COLUMNS: tuple[ColumnSpec, ...] = (
    ColumnSpec(name="Subject", type="title", owner=Owner.TEND, also=frozenset({"rich_text"})),
    ColumnSpec(
        name="Ticket ID",
        type="rich_text",
        owner=Owner.TEND,
        also=frozenset({"title", "number", "unique_id", "url"}),
        is_needed=True,
    ),
    ColumnSpec(
        name="Account",
        type="relation",
        owner=Owner.TEND,
        also=frozenset({"rich_text", "select"}),
        is_needed=True,
    ),
    ColumnSpec(
        name="Priority",
        type="select",
        owner=Owner.TEND,
        also=_WORDS,
        options=("P1", "P2", "P3", "P4"),
    ),
    ColumnSpec(
        name="Status",
        type="select",
        owner=Owner.TEND,
        also=_WORDS,
        options=("open", "pending", "resolved", "closed"),
        is_needed=True,
    ),
    ColumnSpec(
        name="Created Date",
        type="date",
        owner=Owner.TEND,
        also=frozenset({"created_time", "formula"}),
        aliases=("created", "opened"),
    ),
)

QBR_COLUMNS: tuple[ColumnSpec, ...] = (
    ColumnSpec(name="Name", type="title", owner=Owner.TEND, is_needed=True),
    ColumnSpec(name=KEY, type="rich_text", owner=Owner.TEND, is_needed=True),
    ColumnSpec(
        name="Account",
        type="relation",
        owner=Owner.TEND,
        also=frozenset({"rich_text"}),
        is_needed=True,
    ),
    ColumnSpec(name="Period", type="rich_text", owner=Owner.TEND, also=frozenset({"select"})),
    ColumnSpec(
        name="Trigger",
        type="select",
        owner=Owner.TEND,
        options=("quarterly", "contract_proximity"),
    ),
    ColumnSpec(name="Prepared", type="date", owner=Owner.TEND),
)
"""A relation is made to the Accounts that are connected."""

COLUMNS: Mapping[NotionRole, tuple[ColumnSpec, ...]] = {
    NotionRole.ACCOUNTS: ACCOUNT_COLUMNS,
    NotionRole.TICKETS: TICKET_COLUMNS,
    NotionRole.QBRS: QBR_COLUMNS,
}

TITLES: Mapping[NotionRole, str] = {
    NotionRole.ACCOUNTS: "Accounts",
    NotionRole.TICKETS: "Support Tickets",
    NotionRole.QBRS: "QBRs",
}
"""What a database that we make is called, and one that we look for."""

RIDING: frozenset[str] = frozenset({"Last Health Scan", "Last Heartbeat", "API Call Count"})
"""Those that change with every scan: written along with others, alone only at a settable age."""


def spec_of(role: NotionRole, name: str) -> ColumnSpec:
    """The column of this name. Raises KeyError: there is none, which is a slip of ours."""
    return next(spec for spec in COLUMNS[role] if spec.name == name)
