"""Columns of tickets, usage, heartbeats, invoices, surveys, interactions and reported signals."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.feed import FactKind
from app.feeds import amounts, moments, signal_words
from app.feeds.column import (
    ACCOUNT_ID,
    BOOL,
    CURRENCY,
    EMAIL,
    ID,
    INTERACTION_KIND,
    NAME,
    NOTES,
    PRIORITY,
    STATUS,
    SUBJECT,
    Column,
    column,
    plain,
    read_csat,
    read_score,
)

ACTIVITY_COLUMNS: Mapping[FactKind, tuple[Column, ...]] = {
    FactKind.TICKETS: (
        column("ticket_id", ID, "the ticket", "id, key, issue key, ticket", is_required=True),
        ACCOUNT_ID,
        column(
            "status",
            STATUS,
            "open, pending, resolved or closed",
            "state, ticket status",
            is_required=True,
        ),
        column(
            "created_at",
            moments.read_moment,
            "when it was opened",
            "created, created date, created on, opened, opened at, creation date, date created",
            is_required=True,
        ),
        column("priority", PRIORITY, "P1 to P4 or a usual word", "severity, urgency"),
        column(
            "resolved_at",
            moments.read_moment,
            "when it was resolved; without it updated_at counts",
            "resolved, resolution date, solved at, closed at, resolved date, closed date",
        ),
        column(
            "updated_at",
            moments.read_moment,
            "when it last changed",
            "updated, last updated, last update, modified, last modified",
        ),
        column("subject", SUBJECT, "its title", "summary, title"),
        column("component", NAME, "the part of the product", "components, product area"),
        column("reopened", BOOL, "yes when it was opened again", "was reopened"),
        column("escalated", BOOL, "yes when the source escalated it", "is escalated"),
        column("csat", read_csat, "satisfaction, 1 (bad) to 5 (good)", "satisfaction, csat score"),
    ),
    FactKind.USAGE: (
        ACCOUNT_ID,
        column("day", moments.read_day, "the day", "date, usage date", is_required=True),
        column("feature", NAME, "the feature; empty: the product as a whole", "feature name"),
        column(
            "active_users", amounts.read_count, "different people that day", "users, dau, uniques"
        ),
        column("logins", amounts.read_count, "logins that day", "login count, sessions"),
        column("events", amounts.read_count, "uses that day", "event count, usage, count, hits"),
    ),
    FactKind.HEARTBEATS: (
        ACCOUNT_ID,
        column(
            "seen_at",
            moments.read_moment,
            "when the integration was last alive",
            "last seen, last seen at, last heartbeat, heartbeat, timestamp",
            is_required=True,
        ),
        column("api_calls", amounts.read_count, "calls since the last one", "api call count"),
        column("errors", amounts.read_count, "failed calls among them", "error count"),
        column("version", NAME, "version of the integration", "integration version"),
    ),
    FactKind.INVOICES: (
        column("invoice_id", ID, "the invoice", "invoice, invoice number", is_required=True),
        ACCOUNT_ID,
        column("due_on", moments.read_day, "day it is due", "due, due date", is_required=True),
        column("issued_on", moments.read_day, "day it was sent", "issued, invoice date"),
        column("paid_on", moments.read_day, "day it was paid; empty: unpaid", "paid, paid date"),
        column("amount", amounts.read_amount, "what it asks for", "total, invoice amount"),
        column("currency", CURRENCY, "its currency, such as EUR", "currency code"),
    ),
    FactKind.SURVEYS: (
        column("response_id", ID, "the answer", "id, response", is_required=True),
        ACCOUNT_ID,
        column(
            "answered_on",
            moments.read_day,
            "day of the answer",
            "date, answered, answered at, response date, submitted at",
            is_required=True,
        ),
        column("score", read_score, "0 to 10", "nps, nps score, rating", is_required=True),
        column("respondent", NAME, "who answered", "contact, email, respondent email"),
    ),
    FactKind.INTERACTIONS: (
        column("interaction_id", ID, "the contact", "id, activity id", is_required=True),
        ACCOUNT_ID,
        column(
            "happened_at",
            moments.read_moment,
            "when it took place",
            "date, activity date, occurred at, start, start time",
            is_required=True,
        ),
        column(
            "kind",
            INTERACTION_KIND,
            "call, meeting, email, visit, training or other",
            "type, channel",
        ),
        column("meaningful", BOOL, "no for an automatic reply and the like", "is meaningful"),
        column("stakeholder_email", EMAIL, "who was there", "contact email, email, attendee"),
        column("summary", NOTES, "what was said", "notes, subject, description"),
    ),
    FactKind.SIGNALS: (
        ACCOUNT_ID,
        column(
            "reported_on",
            moments.read_day,
            "day the figures are of; empty: the day of the import",
            "reported, report date, as of, snapshot date, date",
        ),
        column(
            "feature_adoption_rate",
            amounts.read_share,
            "features in use of those it could use: 45 %, 45 or 0.45",
            "feature adoption, adoption, adoption rate, product adoption",
        ),
        column(
            "usage_trend",
            plain(signal_words.read_trend),
            "growing, stable or declining",
            "trend, product usage trend",
        ),
        column(
            "logins_per_week",
            amounts.read_frequency,
            "days a week with a login",
            "login frequency, weekly logins, logins a week, login frequency (per week)",
        ),
        column(
            "last_interaction_on",
            moments.read_day,
            "day of the last meaningful contact",
            "last interaction, last interaction date, last contact, last contacted, last touch, "
            "last touchpoint, last meeting, last activity, last activity date",
        ),
        column(
            "payment_status",
            plain(signal_words.read_payment),
            "current, overdue_30, overdue_60 or overdue_90_plus",
            "payments, billing status, invoice status",
        ),
        column(
            "stakeholder_engagement",
            plain(signal_words.read_engagement),
            "high, medium or low",
            "engagement, engagement level",
        ),
        column("nps", read_score, "likelihood to recommend, 0 to 10", "nps score, latest nps"),
    ),
}
