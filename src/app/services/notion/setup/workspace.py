"""What a connection sees: whose it is, the page it may work under, the databases there.

It reads only. Refusals come back in words that say what to do in Notion.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.blocks.rich_text import NotionObject
from app.errors import AccessExpired, InvalidInput, NotFound
from app.services.notion.client import NotionApi
from app.services.notion.errors import NotionRefused
from app.services.notion.paging import children_of, results_of
from app.services.notion.setup.schema import (
    UNTITLED,
    Container,
    Source,
    container_of,
    source_of,
    text_of,
    words_of,
)
from app.services.plain_text import one_line

MOST_TITLE = 60
NOT_FOUND, BAD_REQUEST = 404, 400
SHARE = "open it in Notion, ••• → Connections → add the connection"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """Whom the token stands for."""

    bot_id: str
    name: str
    workspace: str
    most_file_bytes: int | None
    """Of one file; None: it is not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A database that lies on a page."""

    database_id: str
    title: str
    made_by: str
    """Id of a user or bot."""


class SeveralSources(InvalidInput):
    """A database has several data sources, and it was not said which is meant."""

    def __init__(self, container: Container) -> None:
        names = ", ".join(repr(one_line(name, MOST_TITLE)) for _, name in container.sources)
        title = one_line(container.title, MOST_TITLE)
        super().__init__(f"{title} holds several tables ({names}): say which")
        self.container = container


async def bot_of(api: NotionApi) -> Bot:
    """Whose token it is. Raises ServiceError; AccessExpired where it is refused."""
    me = await api.users.me()
    bot = me.get("bot")
    said = bot if isinstance(bot, dict) else {}
    limits = said.get("workspace_limits")
    most = limits.get("max_file_upload_size_in_bytes") if isinstance(limits, dict) else None
    return Bot(
        bot_id=text_of(me.get("id")),
        name=one_line(text_of(me.get("name")), MOST_TITLE) or "a connection without a name",
        workspace=one_line(text_of(said.get("workspace_name")), MOST_TITLE) or "its workspace",
        most_file_bytes=most if isinstance(most, int) else None,
    )


async def sees_addresses(api: NotionApi) -> bool:
    """Whether it may know members by e-mail, which people columns need. Raises ServiceError."""
    try:
        operation = "users.list"
        answer = await api.call("GET", "users", operation=operation, query={"page_size": 100})
    except AccessExpired:  # 403: the token is good, this one right is not given
        return False
    members = [one for one in results_of(answer, operation) if one.get("type") == "person"]
    people = (one.get("person") for one in members)
    seen = any(isinstance(person, dict) and person.get("email") for person in people)
    return seen or not members


async def title_of_page(api: NotionApi, page_id: str) -> str:
    """The title of the page under which databases are made.

    Raises NotFound where it is not there or not shared, and ServiceError.
    """
    try:
        page = await api.pages.retrieve(page_id)
    except NotionRefused as exc:
        if exc.status not in {NOT_FOUND, BAD_REQUEST}:
            raise
        msg = f"the parent page is not there, or not shared with the connection: {SHARE}"
        raise NotFound(msg) from exc
    if page.get("in_trash") is True:
        raise NotFound("the parent page lies in the trash: restore it, or name another (--parent)")
    return _title(page)


async def databases_on(api: NotionApi, page_id: str) -> tuple[Child, ...]:
    """The databases on a page, not those within other blocks of it. Raises ServiceError."""
    found = []
    for block in await children_of(api, page_id):
        about, maker = block.get("child_database"), block.get("created_by")
        if isinstance(about, dict) and block.get("in_trash") is not True:
            found.append(
                Child(
                    database_id=text_of(block.get("id")),
                    title=text_of(about.get("title")),
                    made_by=text_of(maker.get("id")) if isinstance(maker, dict) else "",
                )
            )
    return tuple(found)


async def source_in(api: NotionApi, database_id: str, which: str = "") -> Source:
    """A database's data source with its columns; `which` is its id or name, where there are more.

    Raises NotFound, SeveralSources and ServiceError.
    """
    try:
        container = container_of(await api.databases.retrieve(database_id))
        if container.in_trash:
            title = one_line(container.title, MOST_TITLE)
            raise NotFound(f"{title} lies in the trash: restore it in Notion")
        source_id = _which(container, which)
        return source_of(container, await api.data_sources.retrieve(source_id))
    except NotionRefused as exc:
        if exc.status not in {NOT_FOUND, BAD_REQUEST}:
            raise
        msg = f"the database is not there, or not shared with the connection: {SHARE}"
        raise NotFound(msg) from exc


def _which(container: Container, which: str) -> str:
    sources = container.sources
    if which:
        wanted = which.strip().casefold()
        sources = tuple(
            (source_id, name)
            for source_id, name in sources
            if wanted in {name.strip().casefold(), source_id, source_id.replace("-", "")}
        )
        if not sources:
            title = one_line(container.title, MOST_TITLE)
            raise NotFound(f"{title} holds no table called {one_line(which, MOST_TITLE)!r}")
    if not sources:
        raise NotFound(f"{one_line(container.title, MOST_TITLE)} holds no table that is shared")
    if len(sources) > 1:
        raise SeveralSources(container)
    return sources[0][0]


def _title(page: NotionObject) -> str:
    properties = page.get("properties")
    for value in (properties if isinstance(properties, dict) else {}).values():
        if isinstance(value, dict) and value.get("type") == "title":
            return one_line(words_of(value.get("title")), MOST_TITLE) or UNTITLED
    return UNTITLED
