"""Recorded interactions with the real API, as the cassettes have them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import yaml  # type: ignore[import-untyped]

from tests.servers.notion.shapes import Json

UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A request and the answer that the real API gave."""

    place: str
    """Such as `test_page/test_parent.yaml#3`."""
    method: str
    path: str
    """Behind `/v1/`, as it was sent."""
    query: str
    version: str
    content_type: str
    raw: bytes
    body: Json
    status: int
    answer: Json

    @property
    def ids_in_path(self) -> list[str]:
        """Dashed."""
        return [dashed(found) for found in UUID.findall(self.path)]

    @property
    def block_asked(self) -> str:
        """`block_id` of the query."""
        return dashed(parse_qs(self.query).get("block_id", [""])[0])


def dashed(text: str) -> str:
    """An id in the form that objects carry; what is no id stays."""
    if not UUID.fullmatch(text):
        return text
    plain = text.replace("-", "")
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))


def cassettes(folder: Path) -> Iterator[list[Recorded]]:
    """Every cassette below the folder, in the order of the names."""
    for path in sorted(folder.rglob("*.yaml")):
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        named = str(path.relative_to(folder))
        recorded = [
            one
            for index, taken in enumerate(loaded["interactions"])
            if (one := _recorded(f"{named}#{index}", taken)) is not None
        ]
        if recorded:
            yield recorded


def _recorded(place: str, taken: Json) -> Recorded | None:
    """None: it was not sent to the API."""
    asked, said = taken["request"], taken["response"]
    address = urlsplit(asked["uri"])
    if address.netloc != "api.notion.com":
        return None
    headers = {name.lower(): _first(value) for name, value in asked["headers"].items()}
    body, answer = asked["body"], said["body"]["string"] if "body" in said else said["content"]
    raw = body if isinstance(body, bytes) else (body or "").encode()
    content_type = headers.get("content-type", "")
    return Recorded(
        place=place,
        method=asked["method"],
        path=address.path.removeprefix("/v1/"),
        query=address.query,
        version=headers.get("notion-version", ""),
        content_type=content_type,
        raw=raw,
        body=json.loads(raw) if raw and "json" in content_type else {},
        status=said["status"]["code"] if "status" in said else said["status_code"],
        answer=json.loads(answer),
    )


def _first(value: Json) -> str:
    return str(value[0] if isinstance(value, list) else value)
