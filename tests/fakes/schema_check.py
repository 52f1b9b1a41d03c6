"""Checks a value against a JSON Schema, as far as the shared Notion schemas use it."""

from __future__ import annotations

from typing import Any

Json = Any  # free-form JSON and free-form schemas


class SchemaCheck:
    """Schemas of one document, by reference."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._known: dict[str, Json] = {}

    def faults(self, value: Json, schema: Json, at: str = "$") -> list[str]:
        """Everything about the value that the schema refuses; empty: it conforms."""
        schema = self._meant(schema)
        if self.fits(value, schema):
            return []
        for key in ("anyOf", "oneOf"):
            if key in schema and not any(self.fits(value, part) for part in schema[key]):
                return [self._nearest(value, schema[key], at)]
        found = [
            fault for part in schema.get("allOf", ()) for fault in self.faults(value, part, at)
        ]
        if not _is_shaped(value, schema):
            found.append(f"{at}: {value!r:.60} is not of {_own(schema)!s:.80}")
        if isinstance(value, list):
            for index, entry in enumerate(value):
                found += self.faults(entry, schema.get("items", {}), f"{at}[{index}]")
        if isinstance(value, dict):
            known = schema.get("properties", {})
            for name, entry in value.items():
                found += self.faults(entry, known.get(name, _rest(schema)), f"{at}.{name}")
        return found

    def fits(self, value: Json, schema: Json) -> bool:
        """Whether the value conforms; quick to say no."""
        schema = self._meant(schema)
        if not _is_shaped(value, schema):
            return False
        if not all(self.fits(value, part) for part in schema.get("allOf", ())):
            return False
        for key in ("anyOf", "oneOf"):
            if key in schema and not any(self.fits(value, part) for part in schema[key]):
                return False
        if "not" in schema and self.fits(value, schema["not"]):
            return False
        if isinstance(value, list) and "items" in schema:
            return all(self.fits(entry, schema["items"]) for entry in value)
        if isinstance(value, dict):
            known, rest = schema.get("properties", {}), _rest(schema)
            return all(self.fits(entry, known.get(name, rest)) for name, entry in value.items())
        return True

    def _nearest(self, value: Json, parts: list[Json], at: str) -> str:
        """What keeps the value from the alternative that it comes closest to."""
        shaped = [part for part in parts if _is_shaped(value, self._meant(part))]
        if len(shaped) == 1:
            return "; ".join(self.faults(value, shaped[0], at))
        return f"{at}: none of {len(parts)} alternatives fits {value!r:.80}"

    def _meant(self, schema: Json) -> Json:
        while "$ref" in schema:
            schema = self._resolved(schema["$ref"])
        return schema

    def _resolved(self, reference: str) -> Json:
        if reference not in self._known:
            schema = self._document
            for step in reference.removeprefix("#/").split("/"):
                schema = schema[step]
            self._known[reference] = schema
        return self._known[reference]


def _rest(schema: Json) -> Json:
    rest = schema.get("additionalProperties", True)
    return rest if isinstance(rest, dict) else {}


def _own(schema: Json) -> Json:
    return {key: schema[key] for key in schema if key not in {"properties", "items", "anyOf"}}


def _is_shaped(value: Json, schema: Json) -> bool:
    """What the schema says of the value itself, not of what is inside."""
    if "type" in schema and not _is_of(value, schema["type"]):
        return False
    if "const" in schema and value != schema["const"]:
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, dict):
        return _is_shaped_object(value, schema)
    if isinstance(value, list):
        return bool(len(value) <= schema.get("maxItems", len(value)))
    if isinstance(value, str):
        return bool(len(value) <= schema.get("maxLength", len(value)))
    if isinstance(value, int | float):
        return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    return True


def _is_shaped_object(value: Json, schema: Json) -> bool:
    if not all(name in value for name in schema.get("required", ())):
        return False
    if schema.get("additionalProperties", True) is not False:
        return True
    known = schema.get("properties", {})
    return all(name in known for name in value)


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
