"""Whether a release matters to an account, and why: by what its items name, never by their words.

An item matters where it names a feature, an integration or an open ticket's component of the
account's own; of a feature that is not in use only what is new in it. A breaking or security change
that names nothing matters to everyone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from app.agents.technical_account_manager.announcements import (
    Release,
    ReleaseItem,
    newest_release,
    release_of,
)
from app.agents.technical_account_manager.matching import OwnFacts, concerns_of, in_words, own_facts
from app.domain.announcement import Announced, Announcement, ChangeKind, Concern, ConcernKind
from app.domain.book import AccountFacts
from app.domain.document import Document, DocumentKind
from app.errors import InvalidInput

FOR_EVERYONE = frozenset({ChangeKind.BREAKING, ChangeKind.SECURITY})
_ORDER = tuple(ChangeKind)


def release_for(given: Mapping[str, JsonValue], documents: Sequence[Document]) -> Release:
    """The release that a task names, else the newest one known. Raises InvalidInput."""
    if given:
        return release_of(given)
    newest = newest_release([one for one in documents if one.kind is DocumentKind.RELEASE])
    if newest is None:
        raise InvalidInput(
            "release_info: no release is known; give one, or hand it in: tend release FILE.json"
        )
    return newest


def announced_release(release: Release, facts: AccountFacts) -> Announced:
    """The release as it is told to the account; nothing in it: it does not matter here."""
    return Announced(
        version=release.version,
        released_on=release.released_on,
        announcements=relevant_items(release, facts),
    )


def relevant_items(release: Release, facts: AccountFacts) -> tuple[Announcement, ...]:
    """The items that matter to the account, each with why; empty: none does.

    What may break comes first, then by kind, then what meets more of its facts.
    """
    own = own_facts(facts)
    found = [
        _announcement(item, concerns)
        for item in release.items
        if (concerns := _concerns(item, own))
    ]
    return tuple(sorted(found, key=_rank))


def why(announcement: Announcement) -> str:
    """Title and reasons in words, for the rep."""
    return f"{announcement.title}: {', '.join(in_words(one) for one in announcement.concerns)}"


def why_not(release: Release, facts: AccountFacts) -> str:
    """Why there is nothing to write about, in words for the rep."""
    return (
        f"release {release.version} names no integration, feature or open ticket's component of "
        f"{facts.account.name}: no letter is written"
    )


def _concerns(item: ReleaseItem, own: OwnFacts) -> tuple[Concern, ...]:
    names_nothing = not (item.features or item.integrations or item.components)
    if names_nothing and item.kind in FOR_EVERYONE:
        return (Concern(kind=ConcernKind.EVERYONE),)
    found = concerns_of(
        own,
        features=item.features,
        integrations=item.integrations,
        components=item.components,
    )
    if item.kind is ChangeKind.FEATURE:
        return found
    return tuple(one for one in found if one.kind is not ConcernKind.FEATURE_UNUSED)


def _announcement(item: ReleaseItem, concerns: tuple[Concern, ...]) -> Announcement:
    return Announcement(
        title=item.title,
        description=item.description,
        kind=item.kind,
        concerns=concerns,
        components=tuple(item.components),
        link=item.link,
    )


def _rank(announcement: Announcement) -> tuple[int, int]:
    return (_ORDER.index(announcement.kind), -len(announcement.concerns))
