"""A page of Jira issues as the API gives it, plain or gzip. It knows the page, not the issue.

Shapes: `/rest/api/2/search` (Data Center, and Cloud's past), `/rest/api/3/search/jql`, or a bare
list of issues.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from app.feeds.file_bytes import OpenedFile
from app.feeds.map_file import JiraMap
from app.feeds.refusals import FileRefused, excerpt

PAGE_LIMIT = 64 * 1_048_576
"""Bytes of one page, unpacked: some thousand issues with all their fields."""

ORGANIZATIONS_TYPE = "com.atlassian.servicedesk:sd-customer-organizations"
_EXPECTED = "a page of /rest/api/2/search or /rest/api/3/search/jql is expected"


@dataclass(frozen=True, slots=True, kw_only=True)
class JiraFields:
    """The site's custom fields that matter; their ids differ from site to site."""

    organizations: tuple[str, ...] = ()
    account: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JiraPage:
    """The issues of one file, unread, and what the page tells of its fields."""

    issues: tuple[JsonValue, ...]
    fields: JiraFields


def read_page(opened: OpenedFile, told: JiraMap) -> JiraPage:
    """Read a page. Raises FileRefused for broken JSON (with line and column) and other shapes."""
    content = _parsed(opened.everything(PAGE_LIMIT))
    schema: JsonValue = None
    issues: JsonValue = content
    if isinstance(content, dict):
        schema = content.get("schema")
        issues = _issues_of(content)
    if not isinstance(issues, list):
        raise FileRefused(f"is JSON, but no list of issues: {_EXPECTED}")
    return JiraPage(issues=tuple(issues), fields=_fields(schema, told))


def _parsed(content: bytes) -> JsonValue:
    try:
        text = content.decode(json.detect_encoding(content))
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        raise FileRefused(f"line {line}: is not valid UTF-8 at byte {exc.start}") from exc
    if not text.strip():
        raise FileRefused("is empty")
    try:
        parsed: JsonValue = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as exc:
        if text.lstrip().startswith("<"):
            raise FileRefused("is a web page, not JSON: was the login missing?") from exc
        place = f"line {exc.lineno}, column {exc.colno}"
        raise FileRefused(f"{place}: is not valid JSON: {exc.msg}") from exc
    except RecursionError as exc:
        raise FileRefused("is JSON nested too deeply to be issues") from exc
    except ValueError as exc:
        raise FileRefused(f"is not valid JSON: {exc}") from exc
    return parsed


def _refuse_constant(word: str) -> JsonValue:
    raise ValueError(f"{word} is no JSON number")


def _issues_of(content: Mapping[str, JsonValue]) -> JsonValue:
    errors = content.get("errorMessages")
    if isinstance(errors, list) and errors:
        raise FileRefused(f"is Jira's answer to a failed request: {excerpt(str(errors[0]), 200)}")
    if "issues" not in content:
        have = ", ".join(excerpt(key) for key in list(content)[:8]) or "nothing"
        raise FileRefused(f'is JSON without "issues" (it has {have}): {_EXPECTED}')
    return content["issues"]


def _fields(schema: JsonValue, told: JiraMap) -> JiraFields:
    found: list[str] = []
    for name, kind in schema.items() if isinstance(schema, dict) else ():
        if isinstance(kind, dict) and kind.get("custom") == ORGANIZATIONS_TYPE:
            found.append(name)
    if told.organization_field is not None:
        found.append(told.organization_field)
    account = () if told.account_field is None else (told.account_field,)
    return JiraFields(organizations=tuple(dict.fromkeys(found)), account=account)
