"""The HTTP application: its routes, and nothing that they do themselves."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from pydantic import TypeAdapter

from app.agents.technical_account_manager.announcements import Release
from app.jobs.github_release import GitHubEvent
from app.web.api import ApiNow
from app.web.documenting import Described, describe
from app.web.envelope import Envelope
from app.web.problems import tell_problems
from app.web.routes.accounts import account_routes
from app.web.routes.facts import fact_routes
from app.web.routes.health import Troubles, health_routes
from app.web.routes.releases import release_routes
from app.web.routes.webhooks import webhook_routes


def web_app(*, troubles: Troubles, api: ApiNow) -> FastAPI:
    """All routes; `troubles` says why the service is not ready, `api` what there is to work with.

    `api` is asked with each request: the door is open before the store is, and after.
    """
    web = FastAPI(title="Tend", docs_url=None, redoc_url=None, openapi_url=None)
    tell_problems(web)
    web.add_middleware(Envelope)
    web.include_router(health_routes(troubles))
    for routes in (fact_routes, release_routes, account_routes, webhook_routes):
        web.include_router(routes(api))
    described = description_of(web)

    @web.get("/openapi.json", include_in_schema=False)
    async def openapi() -> Response:
        return JSONResponse(described)

    return web


def description_of(web: FastAPI) -> Described:
    """What the application answers, as OpenAPI 3.1."""
    extra: dict[str, Described] = {"AnyEvent": {"type": "object"}}
    for shape in (Release, GitHubEvent):
        schema: Described = TypeAdapter(shape).json_schema(
            ref_template="#/components/schemas/{model}"
        )
        inner = schema.pop("$defs", {})
        for name, defined in (inner if isinstance(inner, dict) else {}).items():
            extra[name] = defined if isinstance(defined, dict) else {}
        extra[shape.__name__] = schema
    return describe(web, extra)
