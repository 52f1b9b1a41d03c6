"""Whether a request is one that Notion's own schemas know, told by the schemas shared beside us.

They are of version 2026-03-11, and not here in every checkout: then nothing is looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.fakes.schema_check import SchemaCheck
from tests.servers.notion.calls import Call
from tests.servers.notion.shapes import NEWEST, Json

SCHEMAS = Path(__file__).resolve().parents[4] / "shared" / "notion" / "notion-api-schemas.json"


@dataclass(slots=True)
class Tally:
    """Of all requests to servers that check, in this process."""

    checked: int = 0
    violations: list[str] = field(default_factory=list)


TALLY = Tally()


class Conformity:
    """The requests that the schemas know."""

    def __init__(self, document: Json) -> None:
        self._check = SchemaCheck(document)
        self._paths = [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", path.removeprefix("/v1/"))), operations)
            for path, operations in document["paths"].items()
        ]

    def faults(self, call: Call) -> list[str]:
        """Everything about a request that they refuse."""
        operation = self._operation(call)
        if operation is None:
            return ["there is no such endpoint"]
        content = operation.get("requestBody", {}).get("content", {})
        body = content.get("application/json", {}).get("schema")
        found = [] if body is None else self._check.faults(call.body, body, "body")
        asked = {
            one["name"]: one["schema"] for one in operation["parameters"] if one["in"] == "query"
        }
        for name, values in call.query.items():
            known = asked.get(name.removesuffix("[]"))
            if known is None:
                found.append(f"query: {name} is not known")
            else:
                found += self._check.faults(_read(values, known), known, f"query.{name}")
        return found

    def _operation(self, call: Call) -> Json | None:
        plain = [one for pattern, one in self._paths if pattern.pattern == call.path]
        like = [one for pattern, one in self._paths if pattern.fullmatch(call.path)]
        return next((one[call.method.lower()] for one in plain + like if _has(one, call)), None)


def note(call: Call) -> None:
    """Hold one request against the schemas; what is wrong with it is told to its test."""
    known = _schemas()
    if known is None or call.version != NEWEST:
        return
    TALLY.checked += 1
    found = known.faults(call)
    if found:
        TALLY.violations.append(f"{call.method} {call.path}: {'; '.join(found)[:600]}")


@cache
def _schemas() -> Conformity | None:
    return Conformity(json.loads(SCHEMAS.read_text())) if SCHEMAS.is_file() else None


def _has(operations: Mapping[str, Json], call: Call) -> bool:
    return call.method.lower() in operations


def _read(values: list[str], schema: Json) -> Json:
    """A parameter as what it stands for."""
    if schema.get("type") == "array":
        return values
    if schema.get("type") in ("number", "integer"):
        return int(values[0]) if values[0].isdigit() else values[0]
    return values[0]
