"""What customers write tickets about, by priority. Words only: nothing is ever scored by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from app.domain.ticket import Priority


class Subject(NamedTuple):
    """A ticket's subject and the component it belongs to.

    `{source}` and `{target}` become systems that this customer really has connected.
    """

    text: str
    component: str


_URGENT = (
    Subject("Production load into {target} stopped, no rows since midnight", "pipelines"),
    Subject("All pipelines fail with 'connection reset' after our firewall change", "pipelines"),
    Subject("Users cannot sign in, identity provider returns to the login page", "sign-on"),
    Subject("Records duplicated in {target} after a retried run", "pipelines"),
    Subject("API calls from production answered with 503", "api"),
    Subject("Nightly {source} load ended without the finance tables", "connectors"),
)
_HIGH = (
    Subject("{source} connector drops records with attachments over 1 MB", "connectors"),
    Subject("Incremental sync from {source} misses late updates", "connectors"),
    Subject("Webhook deliveries delayed by more than 20 minutes", "webhooks"),
    Subject("Schedules of our second region run one hour late", "scheduler"),
    Subject("{source} token refresh fails every few hours", "connectors"),
    Subject("Time zone lost on date-time fields when loading {target}", "mapping"),
    Subject("Export ends with a partial file and no error", "exports"),
    Subject("Rate limit errors from {source} during month-end load", "connectors"),
    Subject("Run history shows 'succeeded' although rows were rejected", "pipelines"),
    Subject("Deleted records in {source} are not removed in {target}", "connectors"),
    Subject("New user group from our directory gets no access", "provisioning"),
    Subject("Schema change in {source} stops the pipeline without an alert", "pipelines"),
)
_NORMAL = (
    Subject("Decimal places cut off in currency columns from {source}", "mapping"),
    Subject("How to backfill one table without reloading the others", "pipelines"),
    Subject("Alert e-mails arrive in duplicate", "alerting"),
    Subject("Custom fields of {source} not offered in the mapping", "mapping"),
    Subject("Run takes twice as long since the second region was added", "pipelines"),
    Subject("Wrong row count in the run summary", "run-history"),
    Subject("Audit log export lacks the user's e-mail address", "audit-log"),
    Subject("Service account for {target} needs fewer permissions than documented", "security"),
    Subject("Schedule skipped on the last day of the month", "scheduler"),
    Subject("Column order in {target} changes after each schema refresh", "mapping"),
    Subject("Please raise the request limit for our staging key", "api"),
    Subject("Pagination token expires on long {source} reads", "connectors"),
    Subject("Umlauts and accents shown as question marks in CSV export", "exports"),
    Subject("Two pipelines with the same name cannot be told apart in alerts", "alerting"),
    Subject("Retry setting is not kept when a pipeline is copied", "scheduler"),
    Subject("Role 'viewer' can still open connection settings", "security"),
    Subject("Null values become empty text in {target}", "mapping"),
    Subject("Static outbound addresses for our allow list", "security"),
    Subject("Staging data appears in the production run history", "run-history"),
    Subject("Question on usage figures in the last invoice", "billing"),
)
_LOW = (
    Subject("Rename a workspace without losing its history", "workspaces"),
    Subject("Documentation link on the {source} page leads nowhere", "documentation"),
    Subject("Add our new colleague as billing contact", "billing"),
    Subject("Sort order of the pipeline list is not remembered", "interface"),
    Subject("Is there a date for {source} custom objects in bulk mode?", "connectors"),
    Subject("Please extend our sandbox by two weeks", "workspaces"),
    Subject("Tooltips cut off in the mapping editor", "interface"),
    Subject("Download of last year's run statistics", "run-history"),
    Subject("Wish: tags for pipelines", "interface"),
    Subject("Certificate for our vendor assessment", "security"),
    Subject("Time shown in UTC although profile says local time", "interface"),
    Subject("Training recording for new analysts", "documentation"),
)

SUBJECTS: Mapping[Priority, tuple[Subject, ...]] = {
    Priority.P1: _URGENT,
    Priority.P2: _HIGH,
    Priority.P3: _NORMAL,
    Priority.P4: _LOW,
}
