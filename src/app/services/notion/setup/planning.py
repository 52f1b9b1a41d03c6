"""What would be done to connect: each database found, or to be made, and its columns matched.

It reads Notion and writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.domain.notion import NotionDatabase, NotionRole
from app.errors import Conflict, InvalidInput, NotFound
from app.services.notion.client import NotionApi
from app.services.notion.columns import TITLES
from app.services.notion.setup.fitness import looks_like
from app.services.notion.setup.matching import Asked, Becomes, Match, matched
from app.services.notion.setup.sampling import sample_of
from app.services.notion.setup.schema import Sample, Source
from app.services.notion.setup.wishes import ROLES, Wishes
from app.services.notion.setup.workspace import (
    Bot,
    Child,
    SeveralSources,
    databases_on,
    source_in,
    title_of_page,
)
from app.services.plain_text import one_line

MOST_LOOKED_AT = 25
"""Databases on the parent page that are looked into for their columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One database."""

    role: NotionRole
    source: Source | None
    """None: it is made."""
    matches: tuple[Match, ...] = ()
    is_written: bool = True
    sample: Sample | None = None
    """Some of its rows, where it is new to us."""
    earlier: NotionDatabase | None = None
    """As it is connected already."""
    asked: Asked | None = None
    """What the matching was made from."""

    @property
    def added(self) -> tuple[Match, ...]:
        """Columns that are to be added."""
        return tuple(match for match in self.matches if match.becomes is Becomes.ADDED)

    @property
    def blocking(self) -> tuple[Match, ...]:
        """Columns without which it cannot be connected."""
        return tuple(match for match in self.matches if match.is_blocking)

    @property
    def overwritten(self) -> tuple[tuple[str, int], ...]:
        """Columns new to us that have values which Tend would replace, and in how many rows."""
        is_theirs = self.role is NotionRole.ACCOUNTS
        filled = self.sample.filled if self.sample is not None and is_theirs else {}
        return tuple(
            (match.name, filled[match.theirs.property_id])
            for match in self.matches
            if match.theirs is not None
            and match.becomes is Becomes.WRITTEN
            and match.theirs.property_id in filled
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Everything that was seen, and what is to be done."""

    bot: Bot
    plans: tuple[Plan, ...]
    parent_title: str = ""
    children: tuple[Child, ...] = ()
    """Databases that lie on the parent page."""

    @property
    def makes(self) -> tuple[Plan, ...]:
        """Databases that are to be made."""
        return tuple(plan for plan in self.plans if plan.source is None)

    @property
    def writes(self) -> bool:
        """Whether anything in Notion is to be changed."""
        return any(plan.source is None or plan.added for plan in self.plans)


@dataclass(slots=True)
class _Looking:
    """One look around."""

    api: NotionApi
    bot: Bot
    wishes: Wishes
    stored: Mapping[NotionRole, NotionDatabase]
    parent_title: str = ""
    children: tuple[Child, ...] | None = None
    used: set[str] = field(default_factory=set)
    """Databases that have a role."""
    seen: dict[str, Source | None] = field(default_factory=dict)
    """What was looked into."""


async def survey_of(
    api: NotionApi, bot: Bot, wishes: Wishes, stored: Mapping[NotionRole, NotionDatabase]
) -> Survey:
    """Look for each database: as named, as connected before, then on the parent page.

    Raises NotFound, Conflict and InvalidInput in words that say what to do, and ServiceError.
    """
    look = _Looking(api=api, bot=bot, wishes=wishes, stored=stored)
    plans: list[Plan] = []
    accounts_source = ""
    for role in ROLES:
        if role in wishes.left_out:
            if role in stored:
                raise Conflict(f"{TITLES[role]} is connected already, and cannot be left out")
            continue
        if role in wishes.made and role in stored:
            raise Conflict(f"{TITLES[role]} is connected already, and is not made anew")
        source = await _source(look, role)
        if source is not None:
            look.used.add(source.database_id)
        if role is NotionRole.ACCOUNTS:
            accounts_source = "" if source is None else source.data_source_id
        plans.append(await _planned(look, role, source, accounts_source))
    return Survey(
        bot=bot,
        plans=tuple(plans),
        parent_title=look.parent_title,
        children=look.children or (),
    )


async def _source(look: _Looking, role: NotionRole) -> Source | None:
    named, stored = look.wishes.named.get(role), look.stored.get(role)
    try:
        if named is not None:
            return await source_in(look.api, named.database_id, named.which)
        if stored is not None:
            return await source_in(look.api, stored.database_id, stored.data_source_id)
    except SeveralSources as exc:
        raise _say_which(role, exc) from exc
    except NotFound as exc:
        if named is not None:
            raise NotFound(f"{TITLES[role]}: {exc}") from exc
        if not look.wishes.is_anew:
            msg = f"{TITLES[role]}: {exc}; or have another found or made for it: --anew"
            raise NotFound(msg) from exc
    return await _on_the_page(look, role)


async def _on_the_page(look: _Looking, role: NotionRole) -> Source | None:
    """One of the parent's databases, by its title, else by its columns; None: there is none."""
    children = await _children(look)
    if role in look.wishes.made:
        return None
    free = [child for child in children if child.database_id not in look.used]
    titled = [one for one in free if one.title.strip().casefold() == TITLES[role].casefold()]
    found = [source for child in titled if (source := await _seen(look, role, child)) is not None]
    if not found:
        seen = [await _seen(look, role, child) for child in free[:MOST_LOOKED_AT]]
        found = [one for one in seen if one is not None and looks_like(role, one.columns)]
    if len(found) > 1:
        there = ", ".join(f"{one_line(one.title, 40)} ({one.database_id})" for one in found)
        msg = f"{TITLES[role]}: several databases may be meant: {there}; say which: --{role.value}"
        raise Conflict(msg)
    return found[0] if found else None


async def _children(look: _Looking) -> tuple[Child, ...]:
    if look.children is None:
        parent = look.wishes.parent_id
        if not parent:
            raise InvalidInput(
                "no page is known under which databases lie or are made: --parent PAGE, or "
                "parent_page of TEND_NOTION"
            )
        look.parent_title = await title_of_page(look.api, parent)
        look.children = await databases_on(look.api, parent)
    return look.children


async def _seen(look: _Looking, role: NotionRole, child: Child) -> Source | None:
    """A child's columns; None: a view of a database elsewhere, or not shared."""
    if child.database_id in look.seen:
        return look.seen[child.database_id]
    try:
        found = await source_in(look.api, child.database_id)
    except NotFound:
        found = None
    except SeveralSources as exc:
        if child.title.strip().casefold() != TITLES[role].casefold():
            return None
        raise _say_which(role, exc) from exc
    look.seen[child.database_id] = found
    return found


def _say_which(role: NotionRole, several: SeveralSources) -> InvalidInput:
    option = f"--{role.value} {several.container.database_id}#NAME"
    return InvalidInput(f"{TITLES[role]}: {several}: {option}")


async def _planned(
    look: _Looking, role: NotionRole, source: Source | None, accounts_source: str
) -> Plan:
    chosen = look.wishes.chosen.get(role, {})
    if source is None:
        if chosen:
            msg = f"--map: {TITLES[role]} is not there yet: it is made with our names for columns"
            raise InvalidInput(msg)
        return Plan(role=role, source=None)
    stored = look.stored.get(role)
    if stored is not None and stored.data_source_id != source.data_source_id:
        stored = None
    sample = None
    if stored is None:
        sample = await sample_of(look.api, source.data_source_id, look.bot.bot_id)
    is_written = _is_written(look.wishes, role, stored, sample)
    asked = Asked(
        role=role,
        source=source,
        earlier={} if stored is None else stored.columns,
        chosen=chosen,
        accounts_source=accounts_source,
        is_written=is_written,
        adds_all=look.wishes.adds_all,
    )
    plan = Plan(
        role=role,
        source=source,
        is_written=is_written,
        sample=sample,
        earlier=stored,
        asked=asked,
    )
    return replace(plan, matches=matched(asked))


def _is_written(
    wishes: Wishes, role: NotionRole, stored: NotionDatabase | None, sample: Sample | None
) -> bool:
    """Tickets that somebody else made are only read, unless it is said otherwise."""
    if role is not NotionRole.TICKETS:
        return True
    if wishes.writes_tickets is not None:
        return wishes.writes_tickets
    if stored is not None:
        return stored.is_written
    return sample is None or sample.by_others == 0
