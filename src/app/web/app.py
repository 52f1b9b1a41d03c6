"""The HTTP application: its routes, and nothing that they do themselves."""

from __future__ import annotations

from fastapi import FastAPI

from app.web.routes.health import Troubles, health_routes


def web_app(*, troubles: Troubles) -> FastAPI:
    """All routes; `troubles` says why the service is not ready."""
    web = FastAPI(title="Tend", docs_url=None, redoc_url=None, openapi_url=None)
    web.include_router(health_routes(troubles))
    return web
