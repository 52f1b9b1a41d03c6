"""A row of an accounts file holds an account, its current contract and its names elsewhere.

It parts them, and finds the owner: an address, or the one rep of that name.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.account import Account, Rep
from app.domain.fact_rows import FactRow, FactValue
from app.feeds.cells import read_email
from app.feeds.refusals import CellRefused, excerpt
from app.ports.rows import ExternalId

CONTRACT_COLUMNS: Mapping[str, str] = {
    "arr": "arr_amount",
    "currency": "arr_currency",
    "contract_start": "starts_on",
    "renewal_date": "ends_on",
    "seats_purchased": "seats_purchased",
    "seats_used": "seats_used",
}
"""Columns of an accounts file that belong to the contract `{account_id}:main`."""

_SYSTEM = re.compile(r"[a-z][a-z0-9-]{0,40}")
_ACCOUNT_FIELDS = frozenset(field.name for field in dataclasses.fields(Account))


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountParts:
    """What a row of an accounts file is made of."""

    account: FactRow
    contract: FactRow | None
    """None where every contract cell is empty: the stored contract stays as it is."""
    external_ids: tuple[ExternalId, ...]
    unknown_owner: str = ""
    """A name that is no address and no rep's name; the stored owner stays."""


class OwnerNames:
    """Reps by name, for CRM exports that name an owner without an address."""

    def __init__(self, reps: Iterable[Rep]) -> None:
        self._emails: dict[str, set[str]] = {}
        for rep in reps:
            self._emails.setdefault(" ".join(rep.name.split()).casefold(), set()).add(rep.email)

    def email_of(self, text: str) -> str | None:
        """The address; None for a name that no rep, or more than one, has. Raises CellRefused."""
        if "@" in text:
            return read_email(text)
        emails = self._emails.get(" ".join(text.split()).casefold(), set())
        return next(iter(emails)) if len(emails) == 1 else None


def part(row: Mapping[str, FactValue], owners: OwnerNames) -> AccountParts:
    """Part the row. Raises CellRefused naming our column."""
    account = {name: value for name, value in row.items() if name in _ACCOUNT_FIELDS}
    unknown_owner = ""
    owner = account.get("owner_email")
    if isinstance(owner, str) and owner:
        try:
            found = owners.email_of(owner)
        except CellRefused as exc:
            raise CellRefused(exc.reason, column="owner_email") from exc
        if found is None:
            del account["owner_email"]
            unknown_owner = owner
        else:
            account["owner_email"] = found
    account_id = str(row["account_id"])
    return AccountParts(
        account=account,
        contract=_contract(row, account_id),
        external_ids=_external_ids(row.get("external_ids"), account_id),
        unknown_owner=unknown_owner,
    )


def _contract(row: Mapping[str, FactValue], account_id: str) -> FactRow | None:
    given = {ours: row[name] for name, ours in CONTRACT_COLUMNS.items() if name in row}
    if all(value is None for value in given.values()):
        return None
    return {"contract_id": f"{account_id}:main", "account_id": account_id, **given}


def _external_ids(value: FactValue, account_id: str) -> tuple[ExternalId, ...]:
    found: list[ExternalId] = []
    for entry in value if isinstance(value, tuple) else ():
        system, colon, name = entry.partition(":")
        system, name = system.strip().lower(), name.strip()
        if not colon or not name or not _SYSTEM.fullmatch(system):
            raise CellRefused(
                f"{excerpt(entry)} is not a system and a name, such as jira-component:iOS",
                column="external_ids",
            )
        found.append(ExternalId(system=system, external_id=name, account_id=account_id))
    return tuple(found)
