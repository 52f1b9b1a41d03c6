"""An answer's schema as a prompt shows it: its fields and bounds, without our own words on them.

A weak model copies what it reads, and a title or a description reads like a sentence of a letter.
"""

from __future__ import annotations

import json

from pydantic import BaseModel, JsonValue

_OURS = frozenset(("title", "description"))


def schema_text(answer: type[BaseModel]) -> str:
    """The schema as JSON."""
    return json.dumps(_bare(answer.model_json_schema()), indent=1)


def _bare(schema: JsonValue) -> JsonValue:
    """Without titles and descriptions; a field may be called so all the same."""
    if isinstance(schema, list):
        return [_bare(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _bare(part) for name, part in value.items()}
        if key in ("properties", "$defs") and isinstance(value, dict)
        else _bare(value)
        for key, value in schema.items()
        if key not in _OURS
    }
