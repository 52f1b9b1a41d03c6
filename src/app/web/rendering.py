"""Pages put together from templates: what every one of them has, and nothing of what they say."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.web.assets import asset
from app.web.wording import FILTERS

ValueT = TypeVar("ValueT")


def render(
    template: str, view: Mapping[str, ValueT], status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """The answer that a template makes of its view."""
    return HTMLResponse(_TEMPLATES.get_template(template).render(**view), status_code=status)


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["asset"] = asset
    made.filters.update({one.__name__: one for one in FILTERS})
    return made


_TEMPLATES = _environment()
