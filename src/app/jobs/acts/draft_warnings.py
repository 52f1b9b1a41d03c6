"""What a rep should look at again in their own words: told, never refused."""

from __future__ import annotations

from app.domain.draft import Draft


def warnings_of_edit(before: Draft, after: Draft) -> tuple[str, ...]:
    """What stands in the new words and not in the facts that we know of; each in words."""
    del before, after
    return ()
