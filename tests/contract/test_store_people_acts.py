"""The diary and the words that stand, as every store keeps them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain.account import TechnicalMaturity
from app.domain.act import Act, ActKind, DraftOutcome, MaturityWord, Note
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.draft import DraftState
from app.domain.feed import FactKind
from app.domain.override import Before, Override
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests.builders import NOW, TODAY, days_ago, draft, rows_of, stakeholder

ACT = Act(
    at=NOW,
    by="kim@tend.example",
    kind=ActKind.SNOOZED,
    account_id="acme",
    about="tam_escalation:acme:1",
    before={"state": "open"},
    after={"state": "snoozed", "severity": 3, "nested": {"a": [1, None]}},
)
WORD = Override(
    account_id="acme",
    agent=Agent.TAM,
    band=Band.GREEN,
    reason="planned migration",
    until=TODAY,
    by="kim@tend.example",
    at=NOW,
    told=Band.RED,
    before=Before(since=days_ago(3), tam=Band.RED, csm=None, churn_level="high"),
)


def test_acts_are_kept_in_order_and_found_by_account_and_record(store: SqlStore) -> None:
    later = replace(ACT, at=days_ago(9), kind=ActKind.ACKNOWLEDGED, after={})
    other = replace(ACT, account_id="", about="feed:x:1")

    def write(unit: Unit) -> None:
        for act in (ACT, later, other):
            unit.diary.add_act(act)

    store.write_now("main", write)
    of_one = store.read_now("main", lambda unit: unit.diary.acts(account_id="acme", most=9))
    assert of_one == (later, ACT), "the newest written first, whatever its date says"
    everything = store.read_now("main", lambda unit: unit.diary.acts(account_id=None, most=2))
    assert everything == (other, later)
    about = [ACT.about, other.about, "nothing"]
    last = store.read_now("main", lambda unit: unit.diary.last_acts(about))
    assert last == {ACT.about: later, other.about: other}


def test_notes_come_newest_first(store: SqlStore) -> None:
    notes = [Note(account_id="acme", at=NOW, by="kim", text=text) for text in ("one", "two")]

    def write(unit: Unit) -> None:
        for note in notes:
            unit.diary.add_note(note)

    store.write_now("main", write)
    found = store.read_now("main", lambda unit: unit.diary.notes("acme", most=9))
    assert found == (notes[1], notes[0])
    assert store.read_now("main", lambda unit: unit.diary.notes("acme", most=1)) == (notes[1],)


def test_the_last_word_on_a_band_is_kept_per_account_and_agent(store: SqlStore) -> None:
    commercial = replace(WORD, agent=Agent.CSM, told=None)
    cleared = replace(WORD, band=Band.AMBER, cleared_at=NOW + timedelta(hours=1))
    other = replace(WORD, account_id="other")

    def write(unit: Unit) -> None:
        for word in (WORD, commercial, other, cleared):
            unit.words.keep_override(word)

    store.write_now("main", write)
    found = store.read_now("main", lambda unit: unit.words.overrides(["acme", "nobody"]))
    assert found == {"acme": {Agent.TAM: cleared, Agent.CSM: commercial}}
    every = store.read_now("main", lambda unit: unit.words.overrides(None))
    assert every.keys() == {"acme", "other"}
    assert store.read_now("main", lambda unit: unit.words.overrides([])) == {}


def test_a_word_on_maturity_wins_over_every_import(store: SqlStore) -> None:
    low = stakeholder(email="Sam@Acme.example", technical_maturity=TechnicalMaturity.LOW)
    unsaid = stakeholder(email="zoe@acme.example", name="Zoe")
    said = MaturityWord(
        account_id="acme",
        email="SAM@acme.example",
        maturity=TechnicalMaturity.HIGH,
        by="kim@tend.example",
        at=NOW,
    )
    people = rows_of(low, unsaid)
    store.write_now("main", lambda unit: unit.facts.upsert(FactKind.STAKEHOLDERS, people))
    store.write_now("main", lambda unit: unit.words.keep_maturity(said))
    store.write_now("main", lambda unit: unit.facts.upsert(FactKind.STAKEHOLDERS, people))
    found = store.read_now("main", lambda unit: unit.people.stakeholders("acme"))
    assert found == (replace(low, technical_maturity=TechnicalMaturity.HIGH), unsaid)
    words = store.read_now("main", lambda unit: unit.words.maturities("acme"))
    assert words == {"sam@acme.example": replace(said, email="sam@acme.example")}


def test_an_outcome_gives_the_draft_its_state_whatever_it_was(store: SqlStore) -> None:
    store.write_now("main", lambda unit: unit.outbox.add_draft(draft()))
    sent = DraftOutcome(
        draft_id="draft-1",
        account_id="acme",
        state=DraftState.SENT,
        note="she called back",
        by="kim@tend.example",
        at=NOW,
    )
    store.write_now("main", lambda unit: unit.words.keep_outcome(sent))
    withdrawn = store.write_now(
        "main", lambda unit: unit.outbox.set_draft_state(["draft-1"], DraftState.WITHDRAWN)
    )
    assert withdrawn == 0
    edited = replace(sent, state=DraftState.EDITED)
    store.write_now("main", lambda unit: unit.words.keep_outcome(edited))
    assert store.read_now("main", lambda unit: unit.words.outcomes("acme")) == {"draft-1": edited}
    kept = store.read_now("main", lambda unit: unit.outbox.draft("draft-1"))
    assert kept.state is DraftState.EDITED
