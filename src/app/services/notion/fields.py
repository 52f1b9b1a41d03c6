"""What stands in a row's columns by our own account, and which of it is worth a request.

It decides alone: it reads no store and calls nobody. What people own is never among it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from app.blocks.rich_text import NotionObject
from app.domain.account import Account
from app.domain.activity import Heartbeat
from app.domain.assessment import Agent
from app.domain.health_record import HealthRecord
from app.domain.notion import NotionColumn, NotionFields, NotionPageKind, NotionRole
from app.domain.override import NO_WORDS, Look, Words, word_in_force
from app.services.notion.columns import RIDING, Owner, spec_of
from app.services.notion.property_values import property_of, unfit

GONE = "gone"
"""Under this name stands which page a person took away, empty where it is forgotten: no column."""
HEARTBEAT, CALLS = "Last Heartbeat", "API Call Count"

Fields = Mapping[str, JsonValue]
"""Our values by our names of the columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that is shown of one account."""

    account: Account
    records: Mapping[Agent, HealthRecord]
    words: Words = field(default_factory=lambda: NO_WORDS)
    scanned_at: datetime | None = None
    """When it was last looked at, also where nothing had changed; None: never."""
    profile_url: str = ""
    """Empty: it has no profile page yet."""
    heartbeat: Heartbeat | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWrite:
    """What one request writes; nothing where `properties` are empty."""

    fields: Fields = field(default_factory=dict)
    properties: NotionObject = field(default_factory=dict)
    """By the id of the property."""
    findings: tuple[str, ...] = ()
    """What cannot be written, for a person."""


def gone(kind: NotionPageKind, key: str, page_id: str, *, now: datetime) -> NotionFields:
    """What is remembered of a row that a person took away."""
    return NotionFields(kind=kind, key=key, written={GONE: page_id}, written_at=now)


def is_left_alone(
    known: NotionFields | None, page_id: str, *, now: datetime, stamp: timedelta
) -> bool:
    """Whether a person took the row away: it is not made again, and tried once in a `stamp`.

    A row that was found since is another one.
    """
    if known is None or GONE not in known.written:
        return False
    is_young = now - known.written_at < stamp
    return not page_id or (known.written[GONE] == page_id and is_young)


def account_fields(standing: Standing, look: Look) -> Fields:
    """The fields of an account that are ours. What was never assessed is left out.

    Where a rep's word is in force it is the status that is shown; the score stays as computed.
    """
    fields: dict[str, JsonValue] = {}
    for agent, prefix in ((Agent.TAM, ""), (Agent.CSM, "CSM ")):
        record = standing.records.get(agent)
        if record is None:
            continue
        word = word_in_force(standing.words, agent, look)
        fields[f"{prefix}Health Score"] = record.score
        fields[f"{prefix}Health Status"] = (record.band if word is None else word.band).value
        if agent is Agent.CSM:
            fields["Churn Risk"] = record.churn_level or None
    if standing.scanned_at is not None:
        fields["Last Health Scan"] = _moment(standing.scanned_at)
    if standing.profile_url:
        fields["TAM Profile"] = standing.profile_url
    if standing.heartbeat is not None:
        fields[HEARTBEAT] = _moment(standing.heartbeat.seen_at)
        if standing.heartbeat.api_calls is not None:
            fields[CALLS] = standing.heartbeat.api_calls
    return fields


def patch_of(
    role: NotionRole,
    columns: Mapping[str, NotionColumn],
    fields: Fields,
    known: NotionFields | None,
    *,
    now: datetime,
    stamp: timedelta,
) -> RowWrite:
    """The smallest write that brings a row from what is `known` of it to `fields`.

    Columns that change with every scan ride along with others; alone they are written once what
    was last written is as old as `stamp`.
    """
    written: Fields = {} if known is None else known.written
    is_young = known is not None and now - known.written_at < stamp
    fitting, findings = _fitting(role, columns, _newest(fields, written))
    changed = {
        name: fields[name]
        for name in fitting
        if name not in written or written[name] != fields[name]
    }
    if is_young and set(changed) <= RIDING:
        changed = {}
    properties: NotionObject = {columns[name].property_id: fitting[name] for name in changed}
    return RowWrite(fields=changed, properties=properties, findings=findings)


def whole_write(
    role: NotionRole,
    columns: Mapping[str, NotionColumn],
    fields: Fields,
    known: NotionFields | None,
) -> RowWrite:
    """All of the fields, whatever is known to stand there: a person may have changed it."""
    written: Fields = {} if known is None else known.written
    fields = _newest(fields, written)
    fitting, findings = _fitting(role, columns, fields)
    return RowWrite(
        fields={name: fields[name] for name in fitting},
        properties={columns[name].property_id: value for name, value in fitting.items()},
        findings=findings,
    )


def first_write(
    role: NotionRole, columns: Mapping[str, NotionColumn], fields: Fields, title: Fields
) -> RowWrite:
    """A new row: its title, which is people's from then on, and what there is of the fields.

    What is empty is so in a new row; it is remembered and not sent.
    """
    fitting, findings = _fitting(role, columns, fields)
    named = {
        columns[name].property_id: property_of(spec_of(role, name), columns[name], value)
        for name, value in title.items()
        if name in columns
    }
    properties: NotionObject = {key: value for key, value in named.items() if value is not None}
    properties.update(
        {
            columns[name].property_id: value
            for name, value in fitting.items()
            if fields[name] is not None
        }
    )
    return RowWrite(
        fields={name: fields[name] for name in fitting}, properties=properties, findings=findings
    )


def after(known: Fields, patch: RowWrite) -> Fields:
    """What is known of a row once the patch was written."""
    kept = {name: value for name, value in known.items() if name != GONE}
    return {**kept, **patch.fields}


def read_there(
    known: NotionFields | None, key: str, *, seen_at: datetime, calls: JsonValue, now: datetime
) -> NotionFields:
    """What is known of an account's row once this sign of life was read on it.

    It stands there already: it is not written back.
    """
    kind = NotionPageKind.ACCOUNT
    before = known or NotionFields(kind=kind, key=key, written_at=now)
    return replace(before, written={**before.written, HEARTBEAT: _moment(seen_at), CALLS: calls})


def _newest(fields: Fields, written: Fields) -> Fields:
    """Without a sign of life that is no later than the one that stands there.

    The count of calls belongs to it.
    """
    ours, theirs = fields.get(HEARTBEAT), written.get(HEARTBEAT)
    if isinstance(ours, str) and isinstance(theirs, str) and _is_later(ours, theirs):
        return fields
    if theirs is None:
        return fields
    return {name: value for name, value in fields.items() if name not in {HEARTBEAT, CALLS}}


def _fitting(
    role: NotionRole, columns: Mapping[str, NotionColumn], fields: Fields
) -> tuple[dict[str, NotionObject], tuple[str, ...]]:
    """The fields as their columns take them; those that are people's or not there are left out."""
    fitting: dict[str, NotionObject] = {}
    findings: list[str] = []
    for name, value in fields.items():
        column = columns.get(name)
        spec = spec_of(role, name)
        if column is None or spec.owner is Owner.PEOPLE:
            continue
        sent = property_of(spec, column, value)
        if sent is not None:
            fitting[name] = sent
        elif value is not None and unfit(spec, column):
            findings.append(unfit(spec, column))
    return fitting, tuple(findings)


def _moment(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat()


def _is_later(ours: str, theirs: str) -> bool:
    return _read(ours) > _read(theirs)


def _read(moment: str) -> datetime:
    """A day alone is its beginning."""
    read = datetime.fromisoformat(moment)
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)
