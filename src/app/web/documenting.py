"""The description of the door (OpenAPI 3.1): every body, every answer, and how to come in.

Bodies are read by our own code, so their shapes are named here; what they mean is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TypeAlias, TypedDict

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, JsonValue
from pydantic.json_schema import models_json_schema

from app import __version__
from app.web.problems import MEDIA_TYPE, Problem
from app.web.shapes import (
    AccountHealth,
    AccountPage,
    FeatureEvents,
    Heard,
    HeardRelease,
    Heartbeat,
    Heartbeats,
    KeptRelease,
    TakenRows,
    Usage,
    UsageDays,
)

SHAPES: tuple[type[BaseModel], ...] = (
    *(Heartbeat, Heartbeats, Usage, UsageDays, FeatureEvents, TakenRows, KeptRelease, Heard),
    *(HeardRelease, AccountPage, AccountHealth, Problem),
)
Described: TypeAlias = dict[str, JsonValue]
KEYED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
WRITING = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
_ANYWHERE = (HTTPStatus.SERVICE_UNAVAILABLE,)


class RouteWords(TypedDict):
    """What a route is given of its description."""

    responses: dict[int | str, Described]
    openapi_extra: Described


def answers(
    status: HTTPStatus,
    shape: type[BaseModel],
    problems: Sequence[HTTPStatus],
    *,
    bodies: Sequence[str] = (),
    headers: Sequence[str] = (),
    is_keyed: bool = True,
) -> RouteWords:
    """A route's description: its good answer, its problems, and the bodies it takes, by name."""
    told: dict[int | str, Described] = {int(status): _content("application/json", shape.__name__)}
    for one in (*problems, *_ANYWHERE):
        told[int(one)] = _content(MEDIA_TYPE, "Problem", one.phrase)
    extra: Described = {"security": [{"key": []}] if is_keyed else []}
    if bodies:
        refs: list[JsonValue] = [_ref(name) for name in bodies]
        schema: JsonValue = refs[0] if len(refs) == 1 else {"anyOf": refs}
        extra["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    if headers:
        extra["parameters"] = [_header(name) for name in headers]
    return RouteWords(responses=told, openapi_extra=extra)


def describe(web: FastAPI, extra: Mapping[str, Described]) -> Described:
    """The whole description; `extra`: schemas of bodies that are not the door's own."""
    described: Described = get_openapi(
        title="Tend",
        version=__version__,
        openapi_version="3.1.0",
        summary="What a product tells of its customers, and what is known of them.",
        routes=web.routes,
    )
    _, defined = models_json_schema(
        [(shape, "validation") for shape in SHAPES], ref_template="#/components/schemas/{model}"
    )
    components = described.setdefault("components", {})
    if isinstance(components, dict):
        schemas = components.setdefault("schemas", {})
        if isinstance(schemas, dict):
            schemas.update(defined.get("$defs", {}))
            schemas.update(extra)
        components["securitySchemes"] = {
            "key": {"type": "http", "scheme": "bearer", "description": "tend keys add NAME"}
        }
    return described


def _content(media_type: str, name: str, description: str = "Done") -> Described:
    return {"description": description, "content": {media_type: {"schema": _ref(name)}}}


def _ref(name: str) -> Described:
    return {"$ref": f"#/components/schemas/{name}"}


def _header(name: str) -> Described:
    is_needed = name.startswith("!")
    return {
        "name": name.removeprefix("!"),
        "in": "header",
        "required": is_needed,
        "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    }
