"""Google's own description of an API, as it comes with its client, to hold requests and answers to.

It says what is asked for and whether it fits; it answers nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias
from urllib.parse import parse_qs, unquote

import googleapiclient.discovery_cache  # type: ignore[import-untyped]  # ships none
from pydantic import JsonValue

Doc: TypeAlias = dict[str, "JsonValue"]
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """One request, as the description names it."""

    method_id: str
    """Such as `gmail.users.drafts.create`."""
    path: Mapping[str, str]
    query: Mapping[str, list[str]]
    body: JsonValue


@dataclass(frozen=True, slots=True)
class Description:
    """One API's methods and schemas."""

    document: Doc

    def called(self, verb: str, target: str, body: JsonValue) -> Called | None:
        """Which method a request calls; None: there is none like it."""
        path, _, query = target.partition("?")
        for method in self._methods(self.document):
            found = re.fullmatch(_pattern(method), path.lstrip("/"))
            if found and method["httpMethod"] == verb:
                return Called(
                    method_id=str(method["id"]),
                    path={name: unquote(value) for name, value in found.groupdict().items()},
                    query=parse_qs(query, keep_blank_values=True),
                    body=body,
                )
        return None

    def request_faults(self, called: Called) -> list[str]:
        """What in a request does not fit its method."""
        method = self._method(called.method_id)
        known = {**_doc(method, "parameters"), **_doc(self.document, "parameters")}
        faults = [f"{name}: no such parameter" for name in called.query if name not in known]
        for name, values in called.query.items():
            rule = _doc(known, name)
            if len(values) > 1 and not rule.get("repeated"):
                faults.append(f"{name}: given more than once")
            faults += [fault for v in values for fault in _parameter_faults(name, v, rule)]
        shape = _doc(method, "request").get("$ref")
        if shape is None:
            return faults + (["a body where there is none"] if called.body is not None else [])
        return faults + list(self._faults(str(shape), called.body, str(shape)))

    def answer_faults(self, method_id: str, answer: JsonValue) -> list[str]:
        """What in an answer does not fit its method."""
        shape = _doc(self._method(method_id), "response").get("$ref")
        return [] if shape is None else list(self._faults(str(shape), answer, str(shape)))

    def _method(self, method_id: str) -> Doc:
        return next(m for m in self._methods(self.document) if m["id"] == method_id)

    def _methods(self, within: Doc) -> Iterator[Doc]:
        for method in _doc(within, "methods").values():
            assert isinstance(method, dict)
            yield method
        for resource in _doc(within, "resources").values():
            assert isinstance(resource, dict)
            yield from self._methods(resource)

    def _faults(self, schema: str, value: JsonValue, at: str) -> Iterator[str]:
        yield from self._shape_faults(_doc(_doc(self.document, "schemas"), schema), value, at)

    def _shape_faults(self, shape: Doc, value: JsonValue, at: str) -> Iterator[str]:
        if "$ref" in shape:
            yield from self._faults(str(shape["$ref"]), value, at)
            return
        kind = str(shape.get("type", "any"))
        wanted = _TYPES.get(kind, (object,))
        if not isinstance(value, wanted) or (kind == "integer" and isinstance(value, bool)):
            yield f"{at}: not {kind}"
        elif isinstance(value, dict):
            known = _doc(shape, "properties")
            for name, inner in value.items():
                if name in known:
                    yield from self._shape_faults(_doc(known, name), inner, f"{at}.{name}")
                elif "additionalProperties" not in shape:
                    yield f"{at}.{name}: no such property"
        elif isinstance(value, list):
            for inner in value:
                yield from self._shape_faults(_doc(shape, "items"), inner, f"{at}[]")
        elif isinstance(value, str):
            yield from _text_faults(shape, value, at)


def _text_faults(shape: Doc, value: str, at: str) -> Iterator[str]:
    options = shape.get("enum")
    if isinstance(options, list) and value not in options:
        yield f"{at}: {value!r} is none of its values"
    form = shape.get("format")
    if form == "byte" and not re.fullmatch(r"[A-Za-z0-9_-]*={0,2}", value):
        yield f"{at}: not base64url"
    if form in {"int64", "uint64"} and not re.fullmatch(r"-?\d+", value):
        yield f"{at}: no number"


def _parameter_faults(name: str, value: str, rule: Doc) -> Iterator[str]:
    options, pattern = rule.get("enum"), rule.get("pattern")
    if isinstance(options, list) and value not in options:
        yield f"{name}: {value!r} is none of its values"
    if isinstance(pattern, str) and not re.fullmatch(pattern, value):
        yield f"{name}: {value!r} does not fit {pattern}"
    if rule.get("type") == "integer" and not value.isdigit():
        yield f"{name}: no number"
    if rule.get("type") == "boolean" and value not in {"true", "false"}:
        yield f"{name}: neither true nor false"
    most = rule.get("maximum")
    if isinstance(most, str) and int(value) > int(most):
        yield f"{name}: more than {most}"


def _pattern(method: Doc) -> str:
    """The path as a regular expression; `{+name}` may hold slashes."""
    rules = _doc(method, "parameters")

    def of(piece: str) -> str:
        name = piece.strip("{+}")
        if not piece.startswith("{"):
            return re.escape(piece)
        rule = str(_doc(rules, name).get("pattern", "")).strip("^$")
        return f"(?P<{name}>{rule or '[^/]+'})"

    return "".join(of(piece) for piece in re.split(r"(\{\+?\w+\})", str(method["path"])))


def _doc(within: Doc, name: str) -> Doc:
    found = within.get(name, {})
    assert isinstance(found, dict)
    return found


@cache
def described(api: str) -> Description:
    """The description of an API such as `gmail.v1` that this version of the client brings."""
    folder = Path(googleapiclient.discovery_cache.__file__).parent / "documents"
    document: Doc = json.loads((folder / f"{api}.json").read_bytes())
    return Description(document)
