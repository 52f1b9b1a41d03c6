"""`/log`: the audit log, newest first, fifty lines a page."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.domain.audit import Position, position_of
from app.jobs.pages.log import LogWords, read_log
from app.web.answers import page
from app.web.log_words import LogSpeech
from app.web.site import SiteNow

LOG = "/log"


def log_pages(site: SiteNow) -> APIRouter:
    """Words in the address: `account`, `by`, `kind`, and `behind`, the last line that was read."""
    routes = APIRouter()

    @routes.get(LOG)
    async def log(request: Request) -> Response:
        """A stretch of the log."""
        given = request.query_params
        words = LogWords(
            account=given.get("account", "").strip(),
            by=given.get("by", "").strip(),
            kind=given.get("kind", ""),
            behind=position_of(given.get("behind", "")),
        )
        visitor, shown = await site().show(
            request, lambda unit, viewer: read_log(unit, viewer, words)
        )
        return page(
            request,
            visitor,
            "log.html",
            title="Audit log",
            here="log",
            shown=shown,
            words=words,
            speech=LogSpeech(),
            newest=_path(words, None),
            older=_path(words, shown.next),
        )

    return routes


def _path(words: LogWords, behind: Position | None) -> str:
    given = {
        "account": words.account,
        "by": words.by,
        "kind": words.kind,
        "behind": "" if behind is None else behind.text,
    }
    query = urlencode({name: word for name, word in given.items() if word})
    return f"{LOG}?{query}" if query else LOG
