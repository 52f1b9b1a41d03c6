"""How deep a technical text to a person may go: the rep's word, which wins over every import."""

from __future__ import annotations

from datetime import datetime

from app.domain.account import Account, TechnicalMaturity
from app.domain.act import Act, ActKind, MaturityWord
from app.errors import Conflict, NotFound
from app.jobs.acts.contacts import people_named, unknown_person
from app.ports.store import Unit


def set_maturity(
    unit: Unit,
    account: Account,
    person: str,
    maturity: TechnicalMaturity,
    *,
    by: str,
    at: datetime,
) -> MaturityWord:
    """Say how technical one of the account's people is; the same word again changes nothing.

    `person`: an e-mail, a name, or how the name begins. Raises NotFound, naming who is known, and
    Conflict when several are meant.
    """
    found = people_named(unit.people.stakeholders(account.account_id), person)
    if len(found) > 1:
        names = ", ".join(f"{one.name} <{one.email}>" for one in found)
        raise Conflict(f"{person!r} may be {names}: write the address")
    if not found:
        raise NotFound(unknown_person(unit, account, person))
    email = found[0].email.lower()
    last = unit.words.maturities(account.account_id).get(email)
    if last is not None and last.maturity is maturity:
        return last
    word = MaturityWord(account_id=account.account_id, email=email, maturity=maturity, by=by, at=at)
    unit.words.keep_maturity(word)
    was = found[0].technical_maturity
    unit.diary.add_act(
        Act(
            at=at,
            by=by,
            kind=ActKind.MATURITY_SET,
            account_id=account.account_id,
            about=email,
            before={} if was is None else {"maturity": was.value},
            after={"maturity": maturity.value},
        )
    )
    return word
