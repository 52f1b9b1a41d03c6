"""Columns of reps, accounts, contracts and stakeholders."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from app.domain.feed import FactKind
from app.feeds import amounts, moments
from app.feeds.column import (
    ACCOUNT_ID,
    ARR_WORDS,
    BOOL,
    CLOCK,
    CURRENCY,
    DOMAINS,
    EMAIL,
    ID,
    LIST,
    MATURITY,
    NAME,
    NOTES,
    SEATS,
    ZONE,
    Column,
    column,
    read_interval,
)

ACCOUNT_COLUMNS: Mapping[FactKind, tuple[Column, ...]] = {
    FactKind.REPS: (
        column("email", EMAIL, "the rep's address", "e-mail, mail, rep email", is_required=True),
        column("name", NAME, "the rep's name", "full name, rep, rep name", is_required=True),
        column("chat_address", NAME, "where alerts in chat go", "chat, slack, chat handle"),
        column("zone", ZONE, "time zone, such as Europe/Berlin", "time zone, timezone, tz"),
        column("quiet_from", CLOCK, "quiet hours begin, local time"),
        column("quiet_until", CLOCK, "quiet hours end, local time"),
    ),
    FactKind.ACCOUNTS: (
        dataclasses.replace(
            ACCOUNT_ID,
            says="your own id of the account, stable",
            aliases=(*ACCOUNT_ID.aliases[1:], "id", "record id", "account key", "customer number"),
        ),
        column(
            "name",
            NAME,
            "the company's name",
            "account name, company, company name, customer, customer name, client, client name, "
            "organization, organisation, organization name, organisation name",
            is_required=True,
        ),
        column(
            "owner_email",
            NAME,
            "the rep who answers for it: address, or the name of a rep already imported",
            "owner, account owner, company owner, csm, tam, account manager, customer success "
            "manager, csm email, rep, rep email, account owner email, owner e-mail",
        ),
        column("segment", NAME, "group to compare with", "tier, plan, market segment, size"),
        column(
            "domains",
            DOMAINS,
            "e-mail domains, separated by ;",
            "domain, email domain, email domains, website, website url, company domain name, "
            "company domain, web site",
        ),
        column("features", LIST, "features it may use, separated by ;", "entitlements, modules"),
        column("integrations", LIST, "integrations, separated by ;", "integration, connectors"),
        column(
            "environment",
            LIST,
            "other applications there, separated by ;",
            "applications, tech stack, technologies, web technologies",
        ),
        column(
            "customer_since",
            moments.read_day,
            "first day as a customer",
            "customer since date, became a customer date, start of relationship, onboarded on",
        ),
        column("deal_stage", NAME, "stage in the CRM", "stage, lifecycle stage"),
        column("notes", NOTES, "notes from the CRM", "note, comments, description, about"),
        column(
            "checkin_interval_days", read_interval, "days between check-ins", "check-in interval"
        ),
        column(
            "heartbeat_silence_hours",
            amounts.read_hours,
            "hours of silence before its integration counts as silent",
        ),
        column("arr", amounts.read_revenue, "yearly revenue; empty is unknown, not 0", ARR_WORDS),
        column("currency", CURRENCY, "currency of arr, such as EUR", "arr currency, currency code"),
        column(
            "contract_start",
            moments.read_day,
            "first day of the current contract",
            "contract start date, subscription start, subscription start date, term start",
        ),
        column(
            "renewal_date",
            moments.read_day,
            "last day of the current contract: it renews the day after",
            "renewal, renews on, contract end, contract end date, subscription end, term end, "
            "subscription end date, end date, next renewal, next renewal date, expiry date",
        ),
        *SEATS,
        column(
            "external_ids",
            LIST,
            "its names elsewhere, such as jira-component:iOS; jira-project:AC",
            "external id, external ids",
        ),
    ),
    FactKind.CONTRACTS: (
        column("contract_id", ID, "the contract", "contract, contract number", is_required=True),
        ACCOUNT_ID,
        column("starts_on", moments.read_day, "first day", "start, start date, contract start"),
        column(
            "ends_on",
            moments.read_day,
            "last day; empty: no end",
            "end, end date, contract end, contract end date, renewal date, renewal, expiry date",
        ),
        column(
            "arr_amount",
            amounts.read_revenue,
            "yearly revenue; empty is unknown, not 0",
            f"arr, amount, {ARR_WORDS}",
        ),
        column("arr_currency", CURRENCY, "its currency, such as EUR", "currency, currency code"),
        *SEATS,
    ),
    FactKind.STAKEHOLDERS: (
        ACCOUNT_ID,
        column("email", EMAIL, "the person's address", "e-mail, email address", is_required=True),
        column("name", NAME, "the person's name", "full name, contact name", is_required=True),
        column("role", NAME, "what the person does there", "job title, title, position"),
        column(
            "technical_maturity",
            MATURITY,
            "how technical a text may be: low, medium, high",
            "maturity",
        ),
        column("is_primary", BOOL, "yes for the main contact", "primary, primary contact"),
    ),
}
