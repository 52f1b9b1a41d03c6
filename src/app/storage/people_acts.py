"""What people do and say, on SQL: the diary and the words that stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import RowMapping, func, select

from app.domain.act import Act, DraftOutcome, MaturityWord, Note
from app.domain.assessment import Agent
from app.domain.override import Before, Override, Words
from app.storage.book_keys import BookKeys
from app.storage.people_tables import acts, draft_outcomes, maturity_words, notes, overrides
from app.storage.record_tables import drafts
from app.storage.repository import Repository, in_lists, own_columns


class SqlDiary(Repository):
    """`Diary` on SQL."""

    def add_act(self, act: Act) -> None:
        """Append a line to the audit log."""
        row = {name: getattr(act, name) for name in Act.__slots__}
        self._add(acts, [{"place": self._next_place(acts), **row}])

    def acts(self, *, account_id: str | None, most: int) -> tuple[Act, ...]:
        """The newest acts, newest first; None asks for all accounts'."""
        where = () if account_id is None else (acts.c.account_id == account_id,)
        statement = (
            select(*own_columns(acts))
            .where(self._mine(acts), *where)
            .order_by(acts.c.place.desc())
            .limit(most)
        )
        return tuple(_act(row) for row in self._connection.execute(statement).mappings())

    def last_acts(self, about: Collection[str]) -> Mapping[str, Act]:
        """The newest act about each of these records; those without any are left out."""
        found: dict[str, Act] = {}
        for some in in_lists(about):
            newest = (
                select(func.max(acts.c.place))
                .where(self._mine(acts), acts.c.about.in_(some))
                .group_by(acts.c.about)
            )
            rows = self._rows(acts, acts.c.place.in_(newest))
            found.update((row["about"], _act(row)) for row in rows)
        return found

    def add_note(self, note: Note) -> None:
        """Append a note."""
        self._add(notes, [{"place": self._next_place(notes), **asdict(note)}])

    def notes(self, account_id: str, *, most: int) -> tuple[Note, ...]:
        """The account's newest notes, newest first."""
        rows = self._rows(notes, notes.c.account_id == account_id, order=(notes.c.place.desc(),))
        return tuple(_note(row) for row in rows[:most])


class SqlRepWords(Repository):
    """`RepWords` on SQL."""

    def overrides(self, account_ids: Collection[str] | None) -> Mapping[str, Words]:
        """The last word on each agent's band, in force or not, by account; None asks for all."""
        if account_ids is None:
            return _by_account(self._rows(overrides))
        if not account_ids:
            return {}
        # A scan's page is a stretch of ids with few words on it: no long list to compile.
        first, last = min(account_ids), max(account_ids)
        ids = overrides.c.account_id
        wanted = frozenset(account_ids)
        rows = self._rows(overrides, ids >= first, ids <= last)
        return _by_account([row for row in rows if row["account_id"] in wanted])

    def keep_override(self, word: Override) -> None:
        """Keep a word in the place of the last on the same account and agent."""
        before = word.before
        row = {name: getattr(word, name) for name in Override.__slots__ if name != "before"}
        said = {
            "since": before.since,
            "tam_before": before.tam,
            "csm_before": before.csm,
            "churn_before": before.churn_level,
        }
        self._put(overrides, [{**row, **said}])
        BookKeys(self._connection, self._tenant_id).weigh([word.account_id])

    def maturities(self, account_id: str) -> Mapping[str, MaturityWord]:
        """The words on the account's people, by e-mail (lower case)."""
        rows = self._rows(maturity_words, maturity_words.c.account_id == account_id)
        return {row["email"]: MaturityWord(**row) for row in rows}

    def keep_maturity(self, word: MaturityWord) -> None:
        """Keep a word in the place of the last on the same person."""
        self._put(maturity_words, [{**asdict(word), "email": word.email.lower()}])

    def outcomes(self, account_id: str) -> Mapping[str, DraftOutcome]:
        """What became of the account's drafts, by draft; drafts without a word are left out."""
        rows = self._rows(draft_outcomes, draft_outcomes.c.account_id == account_id)
        return {row["draft_id"]: DraftOutcome(**row) for row in rows}

    def keep_outcome(self, outcome: DraftOutcome) -> None:
        """Keep a word in the place of the last on the same draft, and give the draft its state."""
        self._put(draft_outcomes, [asdict(outcome)])
        statement = self._update(drafts, drafts.c.draft_id == outcome.draft_id)
        self._connection.execute(statement.values(state=outcome.state))


def _act(row: RowMapping) -> Act:
    columns = dict(row)
    del columns["place"]
    return Act(**columns)


def _note(row: RowMapping) -> Note:
    columns = dict(row)
    del columns["place"]
    return Note(**columns)


def _by_account(rows: Sequence[RowMapping]) -> Mapping[str, Words]:
    found: dict[str, dict[Agent, Override]] = {}
    for row in rows:
        found.setdefault(row["account_id"], {})[row["agent"]] = _override(row)
    return found


def _override(row: RowMapping) -> Override:
    columns = dict(row)
    before = Before(
        since=columns.pop("since"),
        tam=columns.pop("tam_before"),
        csm=columns.pop("csm_before"),
        churn_level=columns.pop("churn_before"),
    )
    return Override(**columns, before=before)
