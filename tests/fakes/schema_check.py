"""Checks a value against a JSON Schema, as far as the shared Notion schemas use it."""

from __future__ import annotations

from typing import Any

Json = Any  # free-form JSON and free-form schemas


class SchemaCheck:
    """Schemas of one document, by reference."""

    def __init__(self, document: Json) -> None:
        self._document = document

    def faults(self, value: Json, schema: Json, at: str = "$") -> list[str]:
        """Everything about the value that the schema refuses; empty: it conforms."""
        if "$ref" in schema:
            return self.faults(value, self._resolved(schema["$ref"]), at)
        found: list[str] = []
        for part in schema.get("allOf", ()):
            found += self.faults(value, part, at)
        for key in ("anyOf", "oneOf"):
            if key in schema and all(self.faults(value, part, at) for part in schema[key]):
                found.append(f"{at}: none of {len(schema[key])} alternatives fits {value!r:.80}")
        if "const" in schema and value != schema["const"]:
            found.append(f"{at}: {value!r:.40} is not {schema['const']!r}")
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{at}: {value!r:.40} is not one of {schema['enum']!r:.80}")
        if "type" in schema and not _is_of(value, schema["type"]):
            return [*found, f"{at}: {value!r:.40} is not of type {schema['type']}"]
        return found + self._inside(value, schema, at)

    def _inside(self, value: Json, schema: Json, at: str) -> list[str]:
        found: list[str] = []
        if isinstance(value, str) and len(value) > schema.get("maxLength", len(value)):
            found.append(f"{at}: longer than {schema['maxLength']}")
        if isinstance(value, list):
            if len(value) > schema.get("maxItems", len(value)):
                found.append(f"{at}: more than {schema['maxItems']} entries")
            for index, entry in enumerate(value):
                found += self.faults(entry, schema.get("items", {}), f"{at}[{index}]")
        if isinstance(value, dict):
            known = schema.get("properties", {})
            found += [f"{at}: {n} is missing" for n in schema.get("required", ()) if n not in value]
            rest = schema.get("additionalProperties", True)
            for name, entry in value.items():
                if name in known:
                    found += self.faults(entry, known[name], f"{at}.{name}")
                elif rest is False:
                    found.append(f"{at}: {name} is not known")
                elif isinstance(rest, dict):
                    found += self.faults(entry, rest, f"{at}.{name}")
        return found

    def _resolved(self, reference: str) -> Json:
        schema = self._document
        for step in reference.removeprefix("#/").split("/"):
            schema = schema[step]
        return schema


def _is_of(value: Json, kinds: Json) -> bool:
    names = [kinds] if isinstance(kinds, str) else kinds
    return any(_IS[name](value) for name in names)


_IS = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
}
