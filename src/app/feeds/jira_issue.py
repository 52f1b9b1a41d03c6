"""One Jira issue as a ticket without an account, and the hints that may find it.

Only the summary is kept of its text: description and comments (wiki text or ADF) are never read.
The state is the status category's key, never the status's name, which every site chooses itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from app.domain.fact_rows import FactRow, FactValue
from app.domain.ticket import TicketStatus
from app.domain.ticket_words import priority_of
from app.feeds.account_resolver import Hints
from app.feeds.cells import clean_line, is_empty, read_id, read_subject
from app.feeds.formats import Formats
from app.feeds.jira_page import JiraFields
from app.feeds.moments import read_moment
from app.feeds.refusals import CellRefused
from app.feeds.row_rules import CLOCK_SLACK

NEEDED_FIELDS = (
    "summary,status,priority,created,updated,resolutiondate,components,labels,project,reporter"
)
_HINT_LIMIT = 200


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Named(_Wire):
    name: str | None = None
    key: str | None = None


class _Status(_Wire):
    name: str = ""
    statusCategory: _Named | None = None  # noqa: N815 -- Jira's own name


class _Reporter(_Wire):
    emailAddress: str | None = None  # noqa: N815 -- Jira's own name


class _Fields(_Wire):
    summary: str | None = None
    status: _Status | None = None
    priority: _Named | str | None = None
    created: str | None = None
    updated: str | None = None
    resolutiondate: str | None = None
    components: list[_Named] | None = None
    labels: list[str] | None = None
    project: _Named | None = None
    reporter: _Reporter | None = None


class _Change(_Wire):
    field: str | None = None
    toString: str | None = None  # noqa: N815 -- Jira's own name


class _History(_Wire):
    items: list[_Change] = []


class _Changelog(_Wire):
    histories: list[_History] = []


class _Issue(_Wire):
    key: str | None = None
    fields: _Fields | None = None
    changelog: _Changelog | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JiraTicket:
    """A ticket that waits for its account."""

    ticket: FactRow
    """All columns of a ticket but `account_id` and `mapped_by`."""
    hints: Hints
    unknown_priority: str = ""
    """The priority's own name where it is not known; the ticket has none then."""


def read_issue(raw: JsonValue, fields: JiraFields, now: datetime) -> JiraTicket:
    """Read one issue. Raises CellRefused naming the field."""
    if not isinstance(raw, dict):
        raise CellRefused("is not an issue")
    try:
        issue = _Issue.model_validate(raw)
    except ValidationError as exc:
        first = exc.errors()[0]
        column = ".".join(str(part) for part in first["loc"] if not str(part)[0].isupper())
        raise CellRefused(f"is not what Jira sends: {first['msg']}", column=column) from exc
    if issue.key is None or is_empty(issue.key):
        raise CellRefused("an issue without a key cannot be told from others", column="key")
    if issue.fields is None:
        raise CellRefused(
            f"the export has no fields; ask for fields={NEEDED_FIELDS}", column="fields"
        )
    return _ticket(issue.key, issue, issue.fields, _hints(raw, issue.fields, fields), now)


def _ticket(key: str, issue: _Issue, fields: _Fields, hints: Hints, now: datetime) -> JiraTicket:
    created = _moment(fields.created, "fields.created")
    if created is None:
        raise CellRefused(
            "an issue without its date of creation has no age", column="fields.created"
        )
    if created > now + CLOCK_SLACK:
        raise CellRefused(f"{created:%Y-%m-%d} is in the future", column="fields.created")
    updated = _moment(fields.updated, "fields.updated")
    resolved = _moment(fields.resolutiondate, "fields.resolutiondate")
    is_done = _is_done(fields.status, resolved)
    name = fields.priority if isinstance(fields.priority, str) else _name(fields.priority)
    priority = None if is_empty(name) else priority_of(name)
    ticket: dict[str, FactValue] = {
        "ticket_id": _key(key),
        "status": TicketStatus.RESOLVED if is_done else TicketStatus.OPEN,
        "created_at": created,
        "priority": priority,
        "resolved_at": (resolved or updated or created) if is_done else None,
        "updated_at": updated,
        "subject": read_subject(fields.summary or ""),
        "component": hints.components[0] if hints.components else "",
        "reopened": _was_reopened(fields.status, issue.changelog),
    }
    is_unknown = priority is None and not is_empty(name)
    return JiraTicket(ticket=ticket, hints=hints, unknown_priority=name if is_unknown else "")


def _key(text: str) -> str:
    try:
        return read_id(text)
    except CellRefused as exc:
        raise CellRefused(exc.reason, column="key") from exc


def _moment(text: str | None, column: str) -> datetime | None:
    if text is None or is_empty(text):
        return None
    try:
        return read_moment(text, Formats())
    except CellRefused as exc:
        raise CellRefused(exc.reason, column=column) from exc


def _name(named: _Named | None) -> str:
    return (named.name or "") if named is not None else ""


def _is_done(status: _Status | None, resolved: datetime | None) -> bool:
    category = status.statusCategory if status is not None else None
    if category is None or category.key not in {"new", "indeterminate", "done"}:
        # Old Data Center sites have statuses without a category: the resolution tells.
        return resolved is not None
    return category.key == "done"


def _was_reopened(status: _Status | None, changelog: _Changelog | None) -> bool:
    if status is not None and status.name.casefold() == "reopened":
        return True
    changes = (c for h in (changelog.histories if changelog else ()) for c in h.items)
    return any(c.field == "status" and (c.toString or "").casefold() == "reopened" for c in changes)


def _hints(raw: Mapping[str, JsonValue], fields: _Fields, told: JiraFields) -> Hints:
    values = raw.get("fields")
    custom = values if isinstance(values, dict) else {}
    address = (fields.reporter.emailAddress or "") if fields.reporter is not None else ""
    _, _, domain = address.strip().lower().rpartition("@")
    return Hints(
        organizations=_texts(custom, told.organizations),
        field_values=_texts(custom, told.account),
        labels=_cleaned(fields.labels or ()),
        components=_cleaned(_name(component) for component in fields.components or ()),
        project=clean_line((fields.project.key or "") if fields.project else "", _HINT_LIMIT),
        domain=clean_line(domain, 253),
    )


def _cleaned(texts: Iterable[str]) -> tuple[str, ...]:
    lines = (clean_line(text, _HINT_LIMIT) for text in texts)
    return tuple(dict.fromkeys(line for line in lines if line))[:_HINT_LIMIT]


def _texts(custom: Mapping[str, JsonValue], names: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for name in names:
        value = custom.get(name)
        for entry in value if isinstance(value, list) else [value]:
            # A select is {id, value}, an organisation {id, name}; nothing is nested deeper.
            parts = entry.values() if isinstance(entry, dict) else [entry]
            keys = entry if isinstance(entry, dict) else ("name",)
            found += [
                str(part)
                for key, part in zip(keys, parts, strict=True)
                if key in {"id", "value", "name"} and isinstance(part, str | int)
            ]
    return _cleaned(found)
