"""The filters in force on the book, in words, each with the query that goes without it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.domain.book_query import NOBODY, BookQuery, IncidentStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterInForce:
    """One filter, as people read it. The band of the chips is not among them."""

    words: str
    """With other people's text as it was asked."""
    without: BookQuery


def filters_in_force(query: BookQuery) -> tuple[FilterInForce, ...]:
    """Every filter that the query has, the search first."""
    first = replace(query, page=1)
    return tuple(FilterInForce(words=words, without=without) for words, without in _in_force(first))


def _in_force(query: BookQuery) -> Iterator[tuple[str, BookQuery]]:
    if query.text:
        yield f"“{query.text}”", replace(query, text="")
    if query.tam is not None:
        yield f"technical {query.tam}", replace(query, tam=None)
    if query.csm is not None:
        yield f"commercial {query.csm}", replace(query, csm=None)
    if query.incident is not None:
        is_live = query.incident is IncidentStanding.LIVE
        yield "incident stands" if is_live else "no incident", replace(query, incident=None)
    if query.owner:
        owner = "nobody" if query.owner == NOBODY else query.owner
        yield f"owner {owner}", replace(query, owner="")
    if query.segment:
        yield f"segment {query.segment}", replace(query, segment="")
    yield from _figures(query)


def _figures(query: BookQuery) -> Iterator[tuple[str, BookQuery]]:
    if query.churn is not None:
        yield f"churn {query.churn}", replace(query, churn=None)
    if query.renews_within is not None:
        words = f"renews within {query.renews_within} d"
        yield words, replace(query, renews_within=None)
    if query.known_below is not None:
        yield f"known below {query.known_below} %", replace(query, known_below=None)
    if query.differs:
        yield "bands differ", replace(query, differs=False)
    if query.is_stale:
        yield "score kept: a feed is silent", replace(query, is_stale=False)
    if query.with_ended:
        yield "with ended contracts", replace(query, with_ended=False)
