"""A rep's word on a band: said, taken back, and listed while it holds."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import JsonValue

from app.domain.account import Account
from app.domain.act import Act, ActKind
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.override import (
    NO_WORDS,
    Before,
    Look,
    Override,
    Words,
    clear,
    speak,
    word_in_force,
)
from app.errors import NotFound
from app.jobs.acts.said import one_line_said
from app.ports.store import Unit


def override_band(
    unit: Unit,
    account: Account,
    agent: Agent,
    band: Band,
    *,
    until: date,
    reason: str,
    by: str,
    at: datetime,
) -> Override:
    """Say another band until a local day; alerts follow from the next scan on.

    Raises InvalidInput for Unknown, for a day that is not to come, and without a reason.
    """
    look, words = _look(unit, at), _words(unit, account)
    asked = Override(
        account_id=account.account_id,
        agent=agent,
        band=band,
        reason=one_line_said(reason, "the reason", optional=True),
        until=until,
        by=by,
        at=at,
        told=None,
        before=Before(since=at),
    )
    records = {
        one: found
        for one in Agent
        for found in unit.health.records(one, [account.account_id]).values()
    }
    word = speak(asked, words, records, look)
    last = word_in_force(words, agent, look)
    if last is not None and _json(last) == _json(word):
        return last
    computed = records[agent].band if agent in records else None
    unit.words.keep_override(word)
    _log(unit, word, ActKind.OVERRIDDEN, by, at, before=last, computed=computed)
    return word


def clear_override(
    unit: Unit, account: Account, agent: Agent, *, by: str, at: datetime
) -> Override:
    """Take the word back; the computed band stands again. Raises NotFound when none holds."""
    look = _look(unit, at)
    word = word_in_force(_words(unit, account), agent, look)
    if word is None:
        raise NotFound(f"no override of {account.name} ({agent}) holds: nothing to clear")
    cleared = clear(word, look)
    unit.words.keep_override(cleared)
    _log(unit, cleared, ActKind.OVERRIDE_CLEARED, by, at, before=word, computed=None)
    return cleared


def overrides_in_force(unit: Unit, at: datetime) -> tuple[Override, ...]:
    """Every word that holds at `at`, the first to end first."""
    look = _look(unit, at)
    every = [
        word
        for words in unit.words.overrides(None).values()
        for agent in words
        if (word := word_in_force(words, agent, look)) is not None
    ]
    return tuple(sorted(every, key=lambda word: (word.until, word.account_id, word.agent)))


def _look(unit: Unit, at: datetime) -> Look:
    return Look.at(at, unit.tenant.settings().settings.zone)


def _words(unit: Unit, account: Account) -> Words:
    return unit.words.overrides([account.account_id]).get(account.account_id, NO_WORDS)


def _log(
    unit: Unit,
    word: Override,
    kind: ActKind,
    by: str,
    at: datetime,
    *,
    before: Override | None,
    computed: Band | None,
) -> None:
    was: dict[str, JsonValue] = {} if before is None else _json(before)
    if computed is not None:
        was["computed"] = computed.value
    unit.diary.add_act(
        Act(
            at=at,
            by=by,
            kind=kind,
            account_id=word.account_id,
            about=word.agent.value,
            before=was,
            after={} if kind is ActKind.OVERRIDE_CLEARED else _json(word),
        )
    )


def _json(word: Override) -> dict[str, JsonValue]:
    return {"band": word.band.value, "until": word.until.isoformat(), "reason": word.reason}
