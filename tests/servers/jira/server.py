"""A made-up Jira over issues that somebody gives it, Cloud or Data Center."""

from __future__ import annotations

import copy
import gzip
import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from app.feeds.formats import Formats
from app.feeds.moments import read_moment
from tests.servers.desk import Asked, HelpDesk, Told

Issue: TypeAlias = dict[str, JsonValue]
EMAIL, TOKEN = "sync@tend.example", "jira-token"
ORGANIZATIONS = "customfield_10727"
_CONDITION = re.compile(
    r'(?:project in \((?P<projects>[^)]*)\)|created >= "(?P<created>[^"]*)")'
    r'(?: AND updated >= "(?P<since>[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2})")?'
    r" ORDER BY (?P<order>created|updated) ASC, key ASC"
)
_V3_BODY = frozenset(
    {"jql", "nextPageToken", "maxResults", "fields", "expand", "properties", "fieldsByKeys"}
    | {"reconcileIssues"}
)
_V2_BODY = frozenset({"jql", "startAt", "maxResults", "fields", "expand", "validateQuery"})


def real_issues(folder: Path) -> list[Issue]:
    """The issues of recorded pages, each once."""
    found: dict[str, Issue] = {}
    for page in sorted(folder.glob("*.json.gz")):
        for issue in json.loads(gzip.decompress(page.read_bytes()))["issues"]:
            found[issue["id"]] = issue
    return list(found.values())


def moment_of(issue: Issue, name: str) -> datetime:
    """A moment among an issue's fields."""
    fields = issue["fields"]
    assert isinstance(fields, dict)
    return read_moment(str(fields[name]), Formats())


def _nothing(page: int) -> None:
    del page


class JiraDesk(HelpDesk):
    """`issues` are as they stand now; what is set on it is how it misbehaves."""

    def __init__(
        self, issues: Sequence[Issue], *, is_cloud: bool = True, zone: str = "America/Denver"
    ) -> None:
        super().__init__()
        self.issues = {str(issue["id"]): copy.deepcopy(issue) for issue in issues}
        self.is_cloud = is_cloud
        self.zone = zone
        self.largest_page = 100
        self.repeats_token_on: int | None = None
        """The number of a page (from 1) whose token leads to itself, once."""
        self.is_empty_on: int | None = None
        """The number of a page that comes without issues, once, though there are more."""
        self.is_expired = False
        """Whether our key has expired."""
        self.between: Callable[[int], None] = _nothing
        """Called before each page with its number: things change while they are read."""
        self._lists: dict[str, list[str]] = {}
        self._pages = 0

    def limited(self) -> Told:
        """One request too many."""
        told = _json({"errorMessages": ["Rate limit exceeded"]}, status=429)
        headers = (("retry-after", "0"), ("ratelimit-reason", "jira-burst-based"))
        return Told(status=429, content=told.content, headers=headers)

    def forget_tokens(self) -> None:
        """All lists that were begun are at their end, as they are after seven days."""
        self._lists.clear()

    def change(self, issue_id: str, at: datetime, **fields: JsonValue) -> None:
        """Change fields of an issue; it is updated at this moment."""
        held = self.issues[issue_id]["fields"]
        assert isinstance(held, dict)
        held.update(fields)
        held["updated"] = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000+0000"

    def move(self, issue_id: str, key: str, at: datetime) -> None:
        """Move an issue to another project."""
        self.issues[issue_id]["key"] = key
        self.change(issue_id, at, project={"key": key.partition("-")[0]})

    def answer(self, asked: Asked) -> Told:
        """As Jira does."""
        if asked.path == "/rest/api/2/serverInfo":
            kind = "Cloud" if self.is_cloud else "Server"
            return _json({"deploymentType": kind, "version": "1001.0.0"})
        if not self._is_ours(asked):
            return _refused(401, "Client must be authenticated to access this resource.")
        api = "/rest/api/3" if self.is_cloud else "/rest/api/2"
        answers: Mapping[tuple[str, str], Callable[[Asked], Told]] = {
            ("GET", f"{api}/myself"): self._myself,
            ("GET", f"{api}/field"): self._fields,
            ("GET", f"{api}/project"): self._projects,
            ("GET", f"{api}/project/search"): self._projects,
            ("POST", "/rest/api/3/search/jql"): self._by_token,
            ("POST", "/rest/api/3/search/approximate-count"): self._count,
            ("POST", "/rest/api/3/search"): self._removed,
            ("POST", "/rest/api/2/search"): self._removed if self.is_cloud else self._by_offset,
        }
        found = answers.get((asked.method, asked.path))
        return _refused(404, "null") if found is None else found(asked)

    def _is_ours(self, asked: Asked) -> bool:
        pair = b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()
        expected = f"Basic {pair}" if self.is_cloud else f"Bearer {TOKEN}"
        return not self.is_expired and asked.headers.get("authorization") == expected

    def _myself(self, asked: Asked) -> Told:
        del asked
        return _json({"displayName": "Tend", "timeZone": self.zone})

    def _fields(self, asked: Asked) -> Told:
        del asked
        custom = "com.atlassian.servicedesk:sd-customer-organizations"
        return _json(
            [
                {"id": "summary", "name": "Summary", "schema": {"type": "string"}},
                {"id": "thumbnail", "name": "Images"},
                {"id": ORGANIZATIONS, "name": "Organisationen", "schema": {"custom": custom}},
            ]
        )

    def _projects(self, asked: Asked) -> Told:
        keys = sorted({str(issue["key"]).rpartition("-")[0] for issue in self.issues.values()})
        found: list[JsonValue] = [{"key": key, "name": key} for key in keys]
        return _json({"values": found} if asked.path.endswith("search") else found)

    def _count(self, asked: Asked) -> Told:
        found = self._found(str(json.loads(asked.body)["jql"]) + " ORDER BY created ASC, key ASC")
        return _refused(400, "Unbounded") if found is None else _json({"count": len(found)})

    def _removed(self, asked: Asked) -> Told:
        del asked
        return _refused(
            410,
            "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.",
        )

    def _by_token(self, asked: Asked) -> Told:
        body = json.loads(asked.body)
        if not body.keys() <= _V3_BODY:
            return _refused(400, "Invalid request payload.")
        self._pages += 1
        self.between(self._pages)
        token = body.get("nextPageToken")
        if token is None:
            listed = self._found(body["jql"])
            if listed is None:
                return _refused(400, "Unbounded JQL queries are not allowed here.")
            name, start = f"list-{len(self._lists)}", 0
            self._lists[name] = [str(issue["id"]) for issue in listed]
        else:
            name, _, place = token.partition("#")
            if name not in self._lists:
                return _refused(400, "The provided next page token is invalid or expired.")
            start = int(place)
        if self.is_empty_on == self._pages:
            self.is_empty_on = None
            return _json({"issues": [], "nextPageToken": f"{name}#{start + 1}", "isLast": False})
        ids = self._lists[name]
        end = start + min(body.get("maxResults", 50), self.largest_page)
        issues = [self.issues[issue_id] for issue_id in ids[start:end] if issue_id in self.issues]
        is_last = end >= len(ids)
        page: dict[str, JsonValue] = {"issues": _shown(issues, body), "isLast": is_last}
        if not is_last:
            page["nextPageToken"] = f"{name}#{end}"
        if self.repeats_token_on == self._pages and token is not None:
            self.repeats_token_on = None
            page.update(nextPageToken=token, isLast=False)
        return _json(page)

    def _by_offset(self, asked: Asked) -> Told:
        body = json.loads(asked.body)
        if not body.keys() <= _V2_BODY:
            return _refused(400, "Invalid request payload.")
        self._pages += 1
        self.between(self._pages)
        listed = self._found(body["jql"])
        if listed is None:
            return _refused(400, "Error in the JQL Query")
        start, size = int(body.get("startAt", 0)), min(body["maxResults"], self.largest_page)
        shown = _shown(listed[start : start + size], body)
        page = {"startAt": start, "maxResults": size, "total": len(listed), "issues": shown}
        return _json(page)

    def _found(self, jql: str) -> list[Issue] | None:
        """What a condition means, in its order; None: it is not one that we send."""
        asked = _CONDITION.fullmatch(jql)
        if asked is None:
            return None
        found = list(self.issues.values())
        if asked["projects"]:
            keys = set(re.findall(r'"([^"]+)"', asked["projects"]))
            found = [issue for issue in found if str(issue["key"]).rpartition("-")[0] in keys]
        if asked["since"]:
            zone = ZoneInfo(self.zone)
            since = datetime.strptime(asked["since"], "%Y-%m-%d %H:%M").replace(tzinfo=zone)
            found = [issue for issue in found if moment_of(issue, "updated") >= since]
        return sorted(
            found, key=lambda issue: (moment_of(issue, asked["order"]), str(issue["key"]))
        )


def _shown(issues: Sequence[Issue], body: Mapping[str, JsonValue]) -> list[JsonValue]:
    wanted = body.get("fields")
    names = {str(name) for name in wanted} if isinstance(wanted, list) else set()
    shown: list[JsonValue] = []
    for issue in issues:
        fields = issue["fields"]
        assert isinstance(fields, dict)
        some: JsonValue = {name: value for name, value in fields.items() if name in names}
        shown.append({"id": issue["id"], "key": issue["key"], "fields": some})
    return shown


def _json(content: JsonValue, *, status: int = 200) -> Told:
    return Told(status=status, content=json.dumps(content, ensure_ascii=False).encode())


def _refused(status: int, message: str) -> Told:
    return _json({"errorMessages": [message], "errors": {}}, status=status)
