"""Which account a row of Accounts is, so that no row ever becomes another one's.

By its External ID, else by the page that it is known by, else by its name, else as a new account.
It asks the store for names and ids, and writes nothing there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from app.domain.notion import NotionPage, NotionPageKind
from app.feeds.notion.account_values import ReadAccount
from app.feeds.refusals import CellRefused, excerpt
from app.ports.store import Unit

_LONGEST_SLUG = 60


@dataclass(slots=True, kw_only=True)
class Ties:
    """Accounts and their pages as they are known, kept up while rows are read."""

    pages: dict[str, NotionPage]
    """By account; those that are only about to be made among them."""
    accounts: dict[str, str] = field(default_factory=dict)
    """By page."""
    _names: dict[str, list[str]] | None = None

    def __post_init__(self) -> None:
        self.accounts.update(
            {page.page_id: key for key, page in self.pages.items() if page.page_id}
        )

    @property
    def known(self) -> Mapping[str, NotionPage]:
        """The accounts whose page is there."""
        return {key: page for key, page in self.pages.items() if page.page_id}

    def account_of(self, unit: Unit, row: ReadAccount) -> str:
        """The account that the row is; an id of a new one where it is none that is known.

        Raises CellRefused: it claims to be what another row is, or could be several.
        """
        told = row.external_id or self.accounts.get(row.page_id, "")
        owner = self.pages.get(told)
        if owner is not None and owner.page_id not in ("", row.page_id):
            raise CellRefused(
                f"another row is {excerpt(told)} already: {owner.url}; "
                "give this one an id of its own, or remove it"
            )
        if not row.name and not (told and unit.facts.known_accounts([told])):
            raise CellRefused("is empty; a new account needs a name", column="Name")
        return told or self._named(unit, row)

    def tie(self, account_id: str, row: ReadAccount) -> tuple[NotionPage | None, str | None]:
        """Remember that the row is this account: the page to save, and the account that it left."""
        before = self.accounts.get(row.page_id)
        page = NotionPage(
            kind=NotionPageKind.ACCOUNT, key=account_id, page_id=row.page_id, url=row.url
        )
        is_new = self.pages.get(account_id) != page
        self.pages[account_id] = page
        self.accounts[row.page_id] = account_id
        if row.name and self._names is not None:
            names = self._names.setdefault(row.name.casefold(), [])
            if account_id not in names:
                names.append(account_id)
        left = before if before is not None and before != account_id else None
        if left is not None:
            del self.pages[left]
        return (page if is_new else None), left

    def refresh(self, unit: Unit) -> None:
        """Learn what another reading has tied meanwhile."""
        for key, page in unit.notion.pages(NotionPageKind.ACCOUNT).items():
            self.pages[key] = page
            if page.page_id:
                self.accounts[page.page_id] = key

    def forget(self, account_ids: Iterable[str]) -> None:
        """Their pages are gone."""
        for account_id in account_ids:
            self.accounts.pop(self.pages.pop(account_id).page_id, None)

    def gone(self, seen: Collection[str]) -> list[str]:
        """The accounts whose page is not among those seen."""
        return sorted(key for key, page in self.known.items() if page.page_id not in seen)

    def _has_page(self, account_id: str) -> bool:
        page = self.pages.get(account_id)
        return page is not None and page.page_id != ""

    def _named(self, unit: Unit, row: ReadAccount) -> str:
        """The one account of this name that no other row is, else a new id."""
        if self._names is None:
            self._names = {name: list(ids) for name, ids in unit.book.ids_by_name().items()}
        same = self._names.get(row.name.casefold(), ())
        free = [account_id for account_id in same if not self._has_page(account_id)]
        if len(free) > 1:
            told = ", ".join(excerpt(account_id) for account_id in free[:3])
            raise CellRefused(f"several accounts are called so: {told}; say which by External ID")
        if free:
            return free[0]
        slug = slug_of(row.name)
        if slug and slug not in self.pages and not unit.facts.known_accounts([slug]):
            return slug
        return f"{slug or 'account'}-{sha256(row.page_id.encode()).hexdigest()[:8]}"


def slug_of(name: str) -> str:
    """The name as an id, such as `acme-corp`; empty where it has no letter or digit."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    parts = "".join(char if char.isalnum() else " " for char in folded).split()
    return "-".join(parts)[:_LONGEST_SLUG].rstrip("-")
