"""Pages of any ticket system, as its spec says: asked for, told apart, followed to their end.

It knows how pages follow each other, and nothing of what stands on them.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from pydantic import JsonValue

from app.errors import AccessExpired, PermanentServiceError, TransientServiceError
from app.feeds.source_spec import (
    Change,
    Method,
    Paging,
    Place,
    SourcePage,
    SourceSpec,
)
from app.feeds.sync_paths import filled, filled_text, since_in, text_of, values_at
from app.ports.source_auth import Auth
from app.services.http import FIRST_WAIT_SECONDS, ApiClient, tries
from app.services.http_reply import Reply

OPERATION = "list tickets"
_TRIES = 4
"""Of a page that comes as something else than a list."""
_NEXT_LINK = re.compile(r'<([^<>]+)>\s*;[^,]*\brel="?next"?', re.IGNORECASE)
_ADDRESSES = frozenset({Paging.LINK, Paging.NEXT_URL})
_TOKENS = frozenset({Paging.TOKEN_BODY, Paging.CURSOR})


class NoList(TransientServiceError):
    """An answer that went well, and is no list of tickets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpPages:
    """`PageSource` over HTTP."""

    api: ApiClient
    spec: SourceSpec
    auth: Auth
    wait_seconds: float = 2.0
    """The longest wait before a page that was no list is asked for again."""

    async def pages(self, place: Place) -> AsyncIterator[SourcePage]:
        """All pages from there on.

        Raises ServiceError; of a position that was there before TransientServiceError, of more
        pages than a source can have PermanentServiceError.
        """
        paginator = self.spec.paginator
        position = self._begin(place)
        counted = self._before(position)
        passed: set[str | int] = set()
        before: tuple[JsonValue, ...] = ()
        for _ in range(paginator.most_pages):
            passed.add(position)
            reply, content = await self._page(place, position)
            items = self._items(content)
            if items and items == before:
                told = "the next page is the same as the one before; reading stops"
                raise PermanentServiceError(self.spec.system, OPERATION, told)
            before = items
            counted += len(items)
            onward = self._onward(reply, content, position, counted)
            yield SourcePage(
                items=items,
                cursor=self._kept(content) or place.cursor,
                is_whole=bool(items) or onward == "",
                total=self._total(content),
                onward=str(onward),
            )
            if not items or onward == "":
                return
            if onward in passed:
                told = "the next page is one that was there before; reading stops"
                raise TransientServiceError(self.spec.system, OPERATION, told)
            position = onward
        told = f"there are more than {paginator.most_pages:,} pages; reading stops"
        raise PermanentServiceError(self.spec.system, OPERATION, told)

    def _begin(self, place: Place) -> str | int:
        """Where the first page begins: numbers are numbers, whatever they were kept as.

        One page of a list that moves by offsets is read again: of what is gone meanwhile all behind
        it has moved up.
        """
        if not place.position:
            return place.cursor or self._first()
        paginator = self.spec.paginator
        if paginator.kind is Paging.OFFSET:
            return max(paginator.first, int(place.position) - paginator.size)
        return int(place.position) if paginator.kind is Paging.PAGE else place.position

    def _before(self, position: str | int) -> int:
        """How many items stand on the pages before, where pages are counted."""
        paginator = self.spec.paginator
        if paginator.kind is not Paging.PAGE:
            return 0
        return (int(position) - paginator.first) * paginator.size

    def _first(self) -> str | int:
        paginator = self.spec.paginator
        return paginator.first if paginator.kind in {Paging.OFFSET, Paging.PAGE} else ""

    async def _page(self, place: Place, position: str | int) -> tuple[Reply, JsonValue]:
        """A page, decoded; a gateway's page or half an answer in its place passes, mostly."""

        async def asked() -> tuple[Reply, JsonValue]:
            reply = await self._asked(place, position)
            content = self._decoded(reply)
            self._items(content)
            return reply, content

        return await tries(
            asked,
            may_go_on=lambda error: isinstance(error, NoList),
            attempts=_TRIES,
            first_wait=FIRST_WAIT_SECONDS,
            longest_wait=self.wait_seconds,
        )

    async def _asked(self, place: Place, position: str | int) -> Reply:
        try:
            return await self._ask(place, position)
        except AccessExpired:
            if not await self.auth.refused():
                raise
            return await self._ask(place, position)

    async def _ask(self, place: Place, position: str | int) -> Reply:
        spec, shown = self.spec, await self.auth.credentials()
        if spec.paginator.kind in _ADDRESSES and position:
            return await self.api.request(
                "GET",
                str(position),
                operation=OPERATION,
                headers=shown.headers,
                params=shown.query or None,
            )
        values: dict[str, str | int] = {**spec.variables, "size": spec.paginator.size}
        if position != "":
            values["position"] = position
        if place.since is not None:
            values["since"] = since_in(place.since, spec.incremental)
        call = spec.call
        changed = {} if place.since is None else call.since
        is_post = call.method is Method.POST
        query = filled(call.query if is_post else {**call.query, **changed}, values)
        body: JsonValue = filled({**call.body, **changed}, values) if is_post else None
        return await self.api.request(
            call.method.value,
            filled_text(call.path, values),
            operation=OPERATION,
            params={**{name: text_of(value) for name, value in query.items()}, **shown.query},
            json=body,
            headers=shown.headers,
            is_safe_to_repeat=True,
        )

    def _decoded(self, reply: Reply) -> JsonValue:
        try:
            return self.spec.decode(reply.content)
        except (ValueError, RecursionError) as exc:
            told = f"answered {reply.status} with something that is no list of tickets"
            raise NoList(self.spec.system, OPERATION, told) from exc

    def _items(self, content: JsonValue) -> tuple[JsonValue, ...]:
        found = content
        for step in self.spec.items_path.split(".") if self.spec.items_path else ():
            found = found.get(step) if isinstance(found, dict) else None
        if isinstance(found, list):
            return tuple(found)
        told = "answered with something that is no list of tickets"
        raise NoList(self.spec.system, OPERATION, told)

    def _onward(
        self, reply: Reply, content: JsonValue, position: str | int, counted: int
    ) -> str | int:
        """The next position; empty: there is none."""
        paginator = self.spec.paginator
        if paginator.end_path and next(values_at(content, paginator.end_path), None) is True:
            return ""
        if paginator.kind is Paging.LINK:
            found = _NEXT_LINK.search(reply.headers.get("link", ""))
            return "" if found is None else found[1]
        if paginator.kind in _TOKENS | _ADDRESSES:
            return text_of(next(values_at(content, paginator.position_path), None))
        if paginator.kind is Paging.PAGE:
            return "" if self._is_all(content, counted) else int(position) + 1
        many = len(self._items(content))
        reached = int(position) + many
        if self._is_all(content, reached - paginator.first) or many <= paginator.overlap:
            return ""
        return reached - paginator.overlap

    def _is_all(self, content: JsonValue, many: int) -> bool:
        """Whether a page says that there are no more items than these."""
        total = self._total(content)
        return total is not None and many >= total

    def _total(self, content: JsonValue) -> int | None:
        path = self.spec.paginator.total_path
        total = next(values_at(content, path), None) if path else None
        return total if isinstance(total, int) else None

    def _kept(self, content: JsonValue) -> str:
        if self.spec.incremental.kind is not Change.CURSOR:
            return ""
        return text_of(next(values_at(content, self.spec.paginator.position_path), None))
