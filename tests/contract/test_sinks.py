"""What every embedded sink promises: once by its key, both halves or none, its tenant alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from hashlib import sha256
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.draft import Draft, DraftState, draft_id_of
from app.domain.effect import EffectClass, EffectKind, WorkOwed
from app.errors import PermanentServiceError, TransientServiceError
from app.events.embedded import EmbeddedEventBus
from app.events.escalations import ESCALATIONS, EscalationNews, tam_escalation_event
from app.events.publishing import PublishEvents
from app.ports.effects import Sink
from app.services.account_flag import FlagAccount
from app.services.draft_files import WITHDRAWN
from app.services.draft_sinks import DraftSink, RewordDrafts, WithdrawDrafts
from app.services.eml import eml_of
from app.services.file_box import FileBox
from app.services.inbox import InboxAlerts
from app.storage.sql_store import SqlStore
from tests import builders
from tests.builders import NOW, days_ago

INCIDENT = "tam_escalation:acme:1"
KEY = f"main:{INCIDENT}:1:draft"


def work(kind: EffectKind, key: str = KEY, **payload: JsonValue) -> WorkOwed:
    return WorkOwed(key=key, kind=kind, subject="acme", payload=payload)


def draft_work(*, revision: int = 1, subject: str = "Your open tickets") -> WorkOwed:
    return work(
        EffectKind.DRAFT,
        f"main:{INCIDENT}:{revision}:draft",
        severity=3,
        draft={
            "communication_type": "escalation_outreach",
            "account_id": "acme",
            "account_name": "Acme GmbH",
            "incident_id": INCIDENT,
            "revision": revision,
            "rep_email": "rita@tend.example",
            "to": ["sam@acme.example"],
            "subject": subject,
            "body_text": "Hello Sam",
            "body_html": "<p>Hello Sam</p>",
        },
    )


def alert_work() -> WorkOwed:
    return work(
        EffectKind.EMAIL,
        f"main:{INCIDENT}:1:email",
        rep_email="rita@tend.example",
        account_id="acme",
        incident_id=INCIDENT,
        revision=1,
        text="[TAM ALERT] Acme is Red",
    )


def event_work(tenant_id: str = "main") -> WorkOwed:
    news = EscalationNews(
        event_id=f"{tenant_id}:{INCIDENT}:1:event",
        at=NOW,
        tenant_id=tenant_id,
        account_id="acme",
        health_score=30,
        rag_status=Band.RED,
        previous_rag=Band.AMBER,
        incident_id=INCIDENT,
    )
    event = tam_escalation_event(news).model_dump(mode="json")
    return work(EffectKind.EVENT, news.event_id, stream=ESCALATIONS, event=event)


def flag_work(*, incident_id: str = INCIDENT, flagged: bool = True) -> WorkOwed:
    return work(
        EffectKind.RECORD,
        f"main:{incident_id}:1:record",
        agent="tam",
        account_id="acme",
        incident_id=incident_id,
        flagged=flagged,
    )


def withdraw_work(**payload: JsonValue) -> WorkOwed:
    return work(EffectKind.WITHDRAW, f"main:{INCIDENT}:2:withdraw", incident_id=INCIDENT, **payload)


def create(sink: Sink, owed: WorkOwed, *, repeat: bool = False) -> str:
    return asyncio.run(sink.create(owed, at=NOW, repeat=repeat))


def find(sink: Sink, key: str) -> str | None:
    return asyncio.run(sink.find(key))


def drafts(store: SqlStore, tenant_id: str = "main") -> tuple[Draft, ...]:
    return store.read_now(tenant_id, lambda unit: unit.outbox.drafts())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


def the_outbox(store: SqlStore, folder: Path, tenant_id: str = "main") -> DraftSink:
    return DraftSink(store=store, tenant_id=tenant_id, boxes=[FileBox(folder)])


def withdrawing(store: SqlStore, folder: Path) -> WithdrawDrafts:
    return WithdrawDrafts(store=store, tenant_id="main", boxes=[FileBox(folder)])


def rewording(store: SqlStore, folder: Path) -> RewordDrafts:
    return RewordDrafts(store=store, tenant_id="main", boxes=[FileBox(folder)])


@pytest.fixture
def outbox(store: SqlStore, folder: Path) -> DraftSink:
    return the_outbox(store, folder)


@pytest.fixture
def withdraw(store: SqlStore, folder: Path) -> WithdrawDrafts:
    return withdrawing(store, folder)


def the_file(folder: Path) -> Path:
    (path,) = folder.glob("*.eml")
    return path


def embedded_events(store: SqlStore) -> PublishEvents:
    return PublishEvents(lambda: EmbeddedEventBus(store, "main", clock=lambda: NOW))


SINKS: Mapping[str, Callable[[SqlStore, Path], tuple[Sink, WorkOwed]]] = {
    "draft": lambda store, folder: (the_outbox(store, folder), draft_work()),
    "withdraw": lambda store, folder: (withdrawing(store, folder), withdraw_work()),
    "reword": lambda store, folder: (rewording(store, folder), draft_work()),
    "email": lambda store, _: (InboxAlerts(store, "main", "email"), alert_work()),
    "event": lambda store, _: (embedded_events(store), event_work()),
    "record": lambda store, _: (FlagAccount(store, "main"), flag_work()),
}


@pytest.mark.parametrize("name", SINKS)
def test_every_sink_says_how_it_bears_repeats(store: SqlStore, folder: Path, name: str) -> None:
    sink, _ = SINKS[name](store, folder)
    is_findable = sink.effect_class is EffectClass.FINDABLE
    assert is_findable is (name == "draft")
    assert sink.effect_class is not EffectClass.AT_LEAST_ONCE
    assert 0 < sink.timeout_seconds <= 60


@pytest.mark.parametrize("name", SINKS)
def test_nothing_is_found_before_it_is_made(store: SqlStore, folder: Path, name: str) -> None:
    sink, owed = SINKS[name](store, folder)
    assert find(sink, owed.key) is None


@pytest.mark.parametrize("name", SINKS)
def test_a_payload_that_does_not_fit_is_for_a_person(
    store: SqlStore, folder: Path, name: str
) -> None:
    sink, owed = SINKS[name](store, folder)
    broken = WorkOwed(key=owed.key, kind=owed.kind, subject="acme", payload={"text": 7})
    with pytest.raises(PermanentServiceError, match="payload does not fit"):
        create(sink, broken)


@pytest.mark.parametrize("name", ["draft", "email", "event"])
def test_making_it_again_is_the_same_one(store: SqlStore, folder: Path, name: str) -> None:
    sink, owed = SINKS[name](store, folder)
    assert create(sink, owed) == create(sink, owed, repeat=True)
    kept = store.read_now(
        "main",
        lambda unit: (
            len(unit.outbox.drafts())
            + len(unit.outbox.alerts())
            + len(unit.events.stream(ESCALATIONS))
        ),
    )
    assert kept == 1


def test_a_draft_is_a_row_and_a_file_under_a_short_id(
    store: SqlStore, outbox: DraftSink, folder: Path
) -> None:
    draft_id = create(outbox, draft_work())
    assert draft_id == draft_id_of(KEY)
    assert len(draft_id) == 12
    (draft,) = drafts(store)
    assert (draft.draft_id, draft.key, draft.state) == (draft_id, KEY, DraftState.WAITING)
    assert the_file(folder).name == f"2026-03-11 Acme GmbH {draft_id}.eml"
    message = message_from_bytes(the_file(folder).read_bytes(), policy=default)
    assert message["X-Tend-Key"] == sha256(KEY.encode()).hexdigest()
    assert message["To"] == "sam@acme.example"
    assert find(outbox, KEY) == draft_id


def test_a_draft_made_again_keeps_its_first_words(
    store: SqlStore, outbox: DraftSink, folder: Path
) -> None:
    create(outbox, draft_work())
    before = the_file(folder).read_bytes()
    create(outbox, draft_work(subject="Other words"), repeat=True)
    assert drafts(store)[0].subject == "Your open tickets"
    assert the_file(folder).read_bytes() == before


def test_a_row_without_its_file_is_not_there_and_is_made_whole(
    store: SqlStore, outbox: DraftSink, folder: Path
) -> None:
    draft_id = create(outbox, draft_work())
    before = the_file(folder).read_bytes()
    the_file(folder).unlink()
    store.write_now("main", lambda unit: unit.outbox.place_draft(draft_id, box="", remote_id=""))
    assert find(outbox, KEY) is None
    assert create(outbox, draft_work(subject="Other words"), repeat=True) == draft_id
    assert the_file(folder).read_bytes() == before


def test_a_file_without_its_row_is_not_there_and_is_made_whole(
    store: SqlStore, outbox: DraftSink, folder: Path
) -> None:
    lost = the_outbox(store, folder, "other")
    create(lost, draft_work())
    assert find(outbox, KEY) is None
    create(outbox, draft_work(), repeat=True)
    assert find(outbox, KEY) == draft_id_of(KEY)
    assert the_file(folder).is_file()


def test_an_edited_file_stays_as_the_rep_wrote_it(outbox: DraftSink, folder: Path) -> None:
    create(outbox, draft_work())
    the_file(folder).write_text("edited")
    create(outbox, draft_work(), repeat=True)
    assert the_file(folder).read_text() == "edited"


def test_a_folder_that_cannot_be_written_is_tried_again_later(
    store: SqlStore, tmp_path: Path
) -> None:
    (tmp_path / "outbox").write_text("a file where the folder should be")
    blocked = the_outbox(store, tmp_path / "outbox" / "drafts")
    with pytest.raises(TransientServiceError, match="write draft"):
        create(blocked, draft_work())


def test_two_keys_that_shorten_alike_get_two_drafts(store: SqlStore, outbox: DraftSink) -> None:
    taken = builders.draft(draft_id=draft_id_of(KEY), key="another")
    store.write_now("main", lambda unit: unit.outbox.add_draft(taken))
    draft_id = create(outbox, draft_work())
    assert draft_id == draft_id_of(KEY, 64)
    assert find(outbox, KEY) == draft_id


def test_another_tenants_draft_is_not_found(store: SqlStore, outbox: DraftSink) -> None:
    create(outbox, draft_work())
    assert drafts(store, "other") == ()


def test_two_takers_at_once_leave_one_whole_draft(
    store: SqlStore, outbox: DraftSink, folder: Path
) -> None:
    async def together() -> list[str | BaseException]:
        takers = [outbox.create(draft_work(), at=NOW, repeat=True) for _ in range(6)]
        return await asyncio.gather(*takers, return_exceptions=True)

    for outcome in asyncio.run(together()):
        assert outcome == draft_id_of(KEY) or isinstance(outcome, TransientServiceError)
    (draft,) = drafts(store)
    assert the_file(folder).read_bytes() == eml_of(draft)
    assert list(folder.glob(".*")) == []


def test_waiting_drafts_of_an_incident_are_taken_back(
    store: SqlStore, outbox: DraftSink, withdraw: WithdrawDrafts, folder: Path
) -> None:
    draft_id = create(outbox, draft_work())
    assert create(withdraw, withdraw_work()) == f"withdrawn {draft_id}"
    assert drafts(store)[0].state is DraftState.WITHDRAWN
    assert list(folder.glob("*.eml")) == []
    assert len(list((folder / WITHDRAWN).glob("*.eml"))) == 1
    assert find(outbox, KEY) == draft_id
    assert create(withdraw, withdraw_work(), repeat=True) == "no draft was waiting"


def test_a_withdrawn_draft_does_not_come_back(
    outbox: DraftSink, withdraw: WithdrawDrafts, folder: Path
) -> None:
    create(outbox, draft_work())
    create(withdraw, withdraw_work())
    create(outbox, draft_work(), repeat=True)
    assert list(folder.glob("*.eml")) == []


def test_a_draft_that_somebody_edited_is_left_to_him(
    store: SqlStore, outbox: DraftSink, withdraw: WithdrawDrafts, folder: Path
) -> None:
    draft_id = create(outbox, draft_work())
    the_file(folder).write_text("edited")
    assert create(withdraw, withdraw_work()) == f"kept {draft_id} (edited)"
    assert drafts(store)[0].state is DraftState.WAITING
    assert the_file(folder).read_text() == "edited"


def test_a_late_withdrawal_takes_only_earlier_drafts(
    store: SqlStore, outbox: DraftSink, withdraw: WithdrawDrafts
) -> None:
    first = create(outbox, draft_work())
    second = create(outbox, draft_work(revision=2))
    assert create(withdraw, withdraw_work(revision=2)) == f"withdrawn {first}"
    states = {draft.draft_id: draft.state for draft in drafts(store)}
    assert states == {first: DraftState.WITHDRAWN, second: DraftState.WAITING}


def test_another_incidents_drafts_stay(
    store: SqlStore, outbox: DraftSink, withdraw: WithdrawDrafts
) -> None:
    create(outbox, draft_work())
    other = work(EffectKind.WITHDRAW, incident_id="csm_churn:acme:1")
    assert create(withdraw, other) == "no draft was waiting"
    assert drafts(store)[0].state is DraftState.WAITING


def test_a_withdrawal_cut_short_after_the_file_is_finished_by_the_next(
    store: SqlStore, outbox: DraftSink, withdraw: WithdrawDrafts, folder: Path
) -> None:
    create(outbox, draft_work())
    (folder / WITHDRAWN).mkdir()
    the_file(folder).rename(folder / WITHDRAWN / the_file(folder).name)
    create(withdraw, withdraw_work(), repeat=True)
    assert drafts(store)[0].state is DraftState.WITHDRAWN


def test_a_waiting_draft_is_put_in_the_words_of_today(
    store: SqlStore, outbox: DraftSink, folder: Path
) -> None:
    draft_id = create(outbox, draft_work())
    reword = rewording(store, folder)
    assert create(reword, draft_work(subject="Thank you for writing")) == f"reworded {draft_id}"
    (draft,) = drafts(store)
    assert (draft.subject, draft.is_edited) == ("Thank you for writing", False)
    assert the_file(folder).read_bytes() == eml_of(draft)
    again = draft_work(subject="Thank you for writing")
    assert create(reword, again, repeat=True) == f"reworded {draft_id}"


def test_words_put_into_the_file_and_not_yet_kept_are_kept_by_the_next_try(
    store: SqlStore, outbox: DraftSink, folder: Path
) -> None:
    create(outbox, draft_work())
    (draft,) = drafts(store)
    later = replace(draft, subject="Thank you for writing")
    the_file(folder).write_bytes(eml_of(later))
    create(rewording(store, folder), draft_work(subject="Thank you for writing"), repeat=True)
    assert drafts(store)[0].subject == "Thank you for writing"


def test_a_reps_own_words_are_never_replaced(
    store: SqlStore, outbox: DraftSink, folder: Path
) -> None:
    draft_id = create(outbox, draft_work())
    the_file(folder).write_text("edited")
    reword = rewording(store, folder)
    assert create(reword, draft_work(subject="Other")) == f"kept (edited): {draft_id}"
    assert drafts(store)[0].subject == "Your open tickets"
    assert the_file(folder).read_text() == "edited"
    the_file(folder).unlink()
    assert create(reword, draft_work(subject="Other")) == f"gone: {draft_id}"
    assert create(reword, draft_work(revision=7)) == "no draft was waiting"


def test_a_rep_who_wrote_his_own_words_here_keeps_his_draft(
    store: SqlStore, outbox: DraftSink, withdraw: WithdrawDrafts, folder: Path
) -> None:
    draft_id = create(outbox, draft_work())
    (draft,) = drafts(store)
    own = replace(draft, body_text="Dear Sam, shall we talk?", worded_by="rep")
    assert store.write_now("main", lambda unit: unit.outbox.reword_draft(own))
    the_file(folder).write_bytes(eml_of(own))
    assert create(withdraw, withdraw_work()) == f"kept {draft_id} (edited)"


def test_an_alert_waits_in_the_reps_list(store: SqlStore) -> None:
    create(InboxAlerts(store, "main", "chat"), alert_work())
    (alert,) = store.read_now("main", lambda unit: unit.outbox.alerts())
    assert (alert.channel, alert.rep_email) == ("chat", "rita@tend.example")
    assert (alert.account_id, alert.incident_id, alert.revision) == ("acme", INCIDENT, 1)
    assert alert.text == "[TAM ALERT] Acme is Red"
    assert alert.created_at == NOW


def test_a_digest_is_of_no_one_account(store: SqlStore) -> None:
    digest = work(EffectKind.EMAIL, rep_email="rita@tend.example", text="[DIGEST] 2 more")
    create(InboxAlerts(store, "main", "email"), digest)
    (alert,) = store.read_now("main", lambda unit: unit.outbox.alerts())
    assert (alert.account_id, alert.incident_id, alert.revision) == ("", "", 0)


def test_an_event_is_kept_in_its_stream(store: SqlStore) -> None:
    event_id = create(embedded_events(store), event_work())
    (event,) = store.read_now("main", lambda unit: unit.events.stream(ESCALATIONS))
    assert (event.event_id, event.published_at) == (event_id, NOW)
    assert event.body["source_agent_id"] == "technical_account_manager"
    assert store.read_now("other", lambda unit: unit.events.stream(ESCALATIONS)) == ()


def test_an_event_of_another_tenant_is_refused(store: SqlStore) -> None:
    with pytest.raises(ValueError, match="of tenant other, not main"):
        create(embedded_events(store), event_work("other"))


def flag_of(store: SqlStore) -> str:
    records = store.read_now("main", lambda unit: unit.health.records(Agent.TAM, ["acme"]))
    return records["acme"].incident_id


@pytest.fixture
def assessed(store: SqlStore) -> SqlStore:
    """A store in which the account has a record."""
    scan = builders.scan(now=days_ago(1))
    store.write_now("main", lambda unit: unit.scans.begin(scan))
    store.write_now("main", lambda unit: unit.health.record(scan, [builders.new_health()]))
    return store


def test_an_account_is_flagged_and_its_flag_taken_off(assessed: SqlStore) -> None:
    sink = FlagAccount(assessed, "main")
    assert create(sink, flag_work()) == create(sink, flag_work()) == "tam:acme"
    assert flag_of(assessed) == INCIDENT
    create(sink, flag_work(flagged=False))
    create(sink, flag_work(flagged=False))
    assert flag_of(assessed) == ""


def test_another_incidents_flag_stays(assessed: SqlStore) -> None:
    sink = FlagAccount(assessed, "main")
    create(sink, flag_work())
    create(sink, flag_work(incident_id="tam_escalation:acme:2", flagged=False))
    assert flag_of(assessed) == INCIDENT


def test_taking_a_flag_off_an_account_without_a_record_is_no_trouble(store: SqlStore) -> None:
    assert create(FlagAccount(store, "main"), flag_work(flagged=False)) == "tam:acme"
