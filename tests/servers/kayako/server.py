"""The new Kayako: one login, sessions, and cases newest first by limit and offset."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from tests.servers.desk import Asked, HelpDesk, Told

EMAIL, PASSWORD = "sync@support.example", "pa:ss-wörd"
DEFAULT_LIMIT, MOST = 10, 100
START = datetime(2026, 11, 1, 8, tzinfo=UTC)
STATUSES = {1: "NEW", 2: "OPEN", 3: "PENDING", 4: "COMPLETED", 5: "CLOSED", 6: "CUSTOM"}
LEVELS = {1: "Niedrig", 2: "Normal", 3: "Hoch", 4: "Dringend"}
_IDENTITY_BASE = 5_000

Row = dict[str, JsonValue]


class KayakoServer(HelpDesk):
    """One instance with one agent. Every change moves its clock on by a minute."""

    def __init__(self, *, email: str = EMAIL, password: str = PASSWORD) -> None:
        super().__init__()
        self.now = START
        self.asks_for_code = False
        self.logins = 0
        self.refused_status = 401
        """What a session that has ended is answered; some instances say 403."""
        self.ends_after = 0
        """Sessions end once, after so many requests; 0: they do not."""
        self.cases: dict[int, Row] = {}
        self.users: dict[int, Row] = {}
        self._basic = "Basic " + base64.b64encode(f"{email}:{password}".encode()).decode()
        self._sessions: set[str] = set()
        self._tags: list[str] = []

    def add_case(
        self,
        subject: str,
        *,
        status: str = "OPEN",
        level: int | None = None,
        organization: int | None = None,
        email: str = "someone@customer.example",
        tags: tuple[str, ...] = (),
        **more: JsonValue,
    ) -> int:
        """A case of a new requester, as old as the clock says; gives its id."""
        number = self._add_user(organization, email)
        self.cases[number] = {
            "id": number,
            "legacy_id": None,
            "subject": subject,
            "source_channel": "MAIL",
            "requester": _reference("user", number),
            "identity": _reference("identity_email", number + _IDENTITY_BASE),
            "assigned_agent": None,
            "status": _reference("case_status", _id_of(STATUSES, status)),
            "priority": _reference("case_priority", level),
            "type": None,
            "sla_metrics": [],
            "custom_fields": [],
            "_tags": [_reference("tag", self._tag(name)) for name in tags],
            "state": "ACTIVE",
            "is_merged": False,
            "post_count": 1,
            "rating": None,
            "last_completed_at": None,
            "created_at": self.now.isoformat(),
            "resource_type": "case",
            **more,
        }
        self._touch(number)
        return number

    def change(
        self, number: int, *, status: str = "", level: int | None = None, **more: JsonValue
    ) -> None:
        """Something happens to a case."""
        case = self.cases[number]
        if status:
            case["status"] = _reference("case_status", _id_of(STATUSES, status))
            if status in {"COMPLETED", "CLOSED"}:
                case["last_completed_at"] = self.now.isoformat()
        if level is not None:
            case["priority"] = _reference("case_priority", level)
        case.update(more)
        self._touch(number)

    def delete(self, number: int) -> None:
        """A case is gone for good, and nothing tells of it."""
        del self.cases[number]

    def end_sessions(self) -> None:
        """All sessions expire."""
        self._sessions.clear()

    def answer(self, asked: Asked) -> Told:
        """What the API says."""
        if self.ends_after and len(self.log) >= self.ends_after:
            self.ends_after = 0
            self.end_sessions()
        session = asked.headers.get("x-session-id", "")
        if session in self._sessions:
            return self._routed(asked, {})
        if session:
            return _error(self.refused_status, "AUTHENTICATION_FAILED")
        if asked.headers.get("authorization") != self._basic:
            return _error(401, "AUTHENTICATION_FAILED")
        if self.asks_for_code:
            return _error(403, "OTP_EXPECTED", auth_token=secrets.token_hex(8))
        self.logins += 1
        fresh = secrets.token_hex(16)
        self._sessions.add(fresh)
        return self._routed(asked, {"session_id": fresh})

    def limited(self) -> Told:
        """Its own word for too many requests."""
        told = _error(429, "RATE_LIMIT_REACHED")
        return Told(status=429, content=told.content, headers=(("retry-after", "0"),))

    def _touch(self, number: int) -> None:
        self.cases[number]["updated_at"] = self.now.isoformat()
        self.now += timedelta(minutes=1)

    def _add_user(self, organization: int | None, email: str) -> int:
        number = len(self.users) + 101
        self.users[number] = {
            "id": number,
            "full_name": f"Person {number}",
            "organization": _reference("organization", organization),
            "emails": [_reference("identity_email", number + _IDENTITY_BASE)],
            "resource_type": "user",
            "_email": email,
        }
        return number

    def _tag(self, name: str) -> int:
        self._tags.append(name)
        return len(self._tags)

    def _routed(self, asked: Asked, login: Row) -> Told:
        if asked.path != "/api/v1/cases.json":
            return _error(404, "RESOURCE_NOT_FOUND")
        limit = min(int(asked.query.get("limit", DEFAULT_LIMIT)), MOST)
        offset = int(asked.query.get("offset", 0))
        newest = sorted(
            (case for case in self.cases.values() if case["state"] != "TRASH"),
            key=lambda case: (str(case["updated_at"]), case["id"]),
            reverse=True,
        )
        included = frozenset(asked.query.get("include", "").split(","))
        added = asked.query.get("fields", "")
        page = newest[offset : offset + limit]
        body: Row = {
            "status": 200,
            "data": [
                self._expanded(
                    {**case, "tags": case["_tags"]} if added == "+tags" else case, included
                )
                for case in page
            ],
            "resource": "case",
            "offset": offset,
            "limit": limit,
            "total_count": len(newest),
            **_links(asked, offset, limit, len(newest)),
            **login,
        }
        return Told(content=json.dumps(body, ensure_ascii=False).encode())

    def _expanded(self, value: JsonValue, included: frozenset[str]) -> JsonValue:
        """The same with what was asked for in place of references, at any depth."""
        if isinstance(value, list):
            return [self._expanded(one, included) for one in value]
        if not isinstance(value, dict):
            return value
        kind, number = value.get("resource_type"), value.get("id")
        if set(value) == {"id", "resource_type"} and kind in included and isinstance(number, int):
            return self._expanded(self._resource(str(kind), number), included)
        return {
            name: self._expanded(one, included)
            for name, one in value.items()
            if not name.startswith("_")
        }

    def _resource(self, kind: str, number: int) -> Row:
        more: Row = {"id": number, "resource_type": kind, "resource_url": f"{kind}/{number}"}
        if kind == "case_status":
            name = STATUSES[number]
            return {**more, "label": f"Zustand „{name}“", "type": name, "is_deleted": False}
        if kind == "case_priority":
            return {**more, "label": LEVELS[number], "level": number}
        if kind == "organization":
            return {**more, "name": f"Organisation № {number}", "domains": [], "is_shared": False}
        if kind == "tag":
            return {**more, "name": self._tags[number - 1]}
        if kind == "identity_email":
            user = self.users[number - _IDENTITY_BASE]
            return {**more, "email": user["_email"], "is_primary": True}
        return {**self.users[number], "resource_url": f"users/{number}"}


def _reference(kind: str, number: int | None) -> JsonValue:
    return None if number is None else {"id": number, "resource_type": kind}


def _id_of(names: Mapping[int, str], name: str) -> int:
    return next(number for number, one in names.items() if one == name)


def _links(asked: Asked, offset: int, limit: int, total: int) -> Row:
    def link(at: int) -> str:
        return f"https://{asked.headers['host']}{asked.path}?limit={limit}&offset={at}"

    return {
        "first_url": link(0),
        "previous_url": link(max(0, offset - limit)) if offset else None,
        "next_url": link(offset + limit) if offset + limit < total else None,
        "last_url": link(max(0, total - 1) // limit * limit),
    }


def _error(status: int, code: str, **more: JsonValue) -> Told:
    body = {"status": status, "errors": [{"code": code, "message": code}], **more}
    return Told(status=status, content=json.dumps(body).encode())
