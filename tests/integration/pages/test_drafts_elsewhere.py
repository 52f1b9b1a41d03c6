"""Drafts that wait in a mailbox elsewhere: it is asked when that is wanted, and may be silent."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import pytest

from app.domain.draft import Draft, DraftState
from app.errors import AccessExpired, TransientServiceError
from app.jobs.acts.draft_desk import DraftDesk
from app.jobs.acts.draft_sent import placed_soon
from app.ports.mail import RemoteDraft
from app.services.draft_files import DraftFiles
from tests.fakes.mail import MemoryBox
from tests.integration.pages.draft_book import TEXT, kept, opened
from tests.integration.pages.test_draft_changes import MINE, form_of
from tests.servers.dashboard import Dashboard, text_of


class SilentBox(MemoryBox):
    """A mailbox that never answers."""

    async def read(self, draft: Draft, remote_id: str) -> RemoteDraft | None:
        await asyncio.sleep(3_600)
        return await super().read(draft, remote_id)


@pytest.fixture
def box() -> MemoryBox:
    return MemoryBox(name="gmail")


@pytest.fixture
def dashboard(tmp_path: Path, box: MemoryBox) -> Dashboard:
    """As the others, with `d-1` in a mailbox elsewhere instead of the folder."""
    dashboard = opened(tmp_path)
    remote_id = asyncio.run(box.create(kept(dashboard)))
    dashboard.store.write_now(
        "main", lambda unit: unit.outbox.place_draft("d-1", box="gmail", remote_id=remote_id)
    )
    files = DraftFiles(folder=tmp_path / "outbox")
    desk = DraftDesk(store=dashboard.store, tenant_id="main", boxes=[box], files=files)
    dashboard.site = replace(dashboard.site, drafts_of=lambda _tenant: desk)
    return dashboard


def trouble() -> TransientServiceError:
    return TransientServiceError("gmail", "read draft", "503 Backend Error")


def test_a_page_does_not_wait_for_a_mailbox_that_nobody_asked(
    dashboard: Dashboard, box: MemoryBox
) -> None:
    box.failures = [trouble()]
    said = text_of(dashboard.get("/drafts/d-1"))
    assert "Gmail of rita@tend.example" in said
    assert "ask how it stands there" in said
    assert len(box.failures) == 1, "it was not asked"


def test_how_it_stands_there_is_told_when_asked(dashboard: Dashboard, box: MemoryBox) -> None:
    box.edit("m1", "Dear Sam,\n\nhers.\n")
    assert "hers." not in dashboard.get("/drafts/d-1/letter").text
    said = text_of(dashboard.get("/drafts/d-1?look=1"))
    assert "Somebody changed it in Gmail itself" in said
    assert "hers." in dashboard.get("/drafts/d-1/letter?look=1").text
    assert b"hers." in dashboard.get("/drafts/d-1.eml").content


def test_a_mailbox_that_cannot_be_asked_is_said_and_the_draft_shown(
    dashboard: Dashboard, box: MemoryBox
) -> None:
    box.failures = [AccessExpired("gmail", "read draft", "sign in again")]
    answer = dashboard.get("/drafts/d-1?look=1")
    assert answer.status_code == HTTPStatus.OK
    said = text_of(answer)
    assert "How it stands in Gmail could not be asked" in said
    assert "sign in again" in said
    assert "T-1 has been open" in said


def test_words_typed_are_kept_while_the_mailbox_does_not_answer(
    dashboard: Dashboard, box: MemoryBox
) -> None:
    form = form_of(dashboard)
    assert form["text"] == TEXT
    box.failures = [trouble(), trouble()]
    answer = dashboard.post("/drafts/edit", form | {"text": MINE})
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "I called your team today" in answer.text
    assert "503 Backend Error" in text_of(answer)
    dashboard.post("/drafts/edit", form | {"text": MINE})
    assert kept(dashboard).body_text == box.drafts["m1"].body_text == MINE


def test_a_mail_file_is_not_guessed_at(dashboard: Dashboard, box: MemoryBox) -> None:
    box.failures = [trouble()]
    assert dashboard.get("/drafts/d-1.eml").status_code == HTTPStatus.SERVICE_UNAVAILABLE


def test_what_was_edited_there_is_sent_edited(dashboard: Dashboard, box: MemoryBox) -> None:
    box.edit("m1", "Dear Sam,\n\nhers.\n")
    dashboard.post("/drafts/sent", {"draft_id": "d-1"})
    assert kept(dashboard).state is DraftState.EDITED


def test_it_is_marked_as_sent_though_the_mailbox_is_silent(
    dashboard: Dashboard, box: MemoryBox
) -> None:
    box.failures = [trouble()]
    dashboard.post("/drafts/sent", {"draft_id": "d-1"})
    assert kept(dashboard).state is DraftState.SENT


def test_what_is_dropped_and_stays_in_the_mailbox_can_be_taken_out_later(
    dashboard: Dashboard, box: MemoryBox
) -> None:
    class Stuck(MemoryBox):
        async def delete(self, draft: Draft, remote_id: str) -> None:
            del draft, remote_id
            raise trouble()

    stuck = Stuck(name="gmail", drafts=box.drafts)
    files = DraftFiles(folder=dashboard.home / "outbox")
    desk = DraftDesk(store=dashboard.store, tenant_id="main", boxes=[stuck], files=files)
    working, dashboard.site = (
        dashboard.site,
        replace(dashboard.site, drafts_of=lambda _tenant: desk),
    )
    answer = dashboard.post("/drafts/drop", {"draft_id": "d-1", "note": "called"})
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert kept(dashboard).state is DraftState.DROPPED
    assert "It may still be in Gmail." in text_of(answer)
    dashboard.site = working
    form = {"draft_id": "d-1", "note": "called", "even_edited": "1"}
    assert dashboard.post("/drafts/drop", form).status_code == HTTPStatus.SEE_OTHER
    assert box.drafts == {}
    assert "may still be" not in text_of(dashboard.get("/drafts/d-1"))


def test_a_silent_mailbox_is_waited_for_a_short_while_only(dashboard: Dashboard) -> None:
    silent = SilentBox(name="gmail")
    files = DraftFiles(folder=dashboard.home / "outbox")
    desk = DraftDesk(store=dashboard.store, tenant_id="main", boxes=[silent], files=files)
    place, why = asyncio.run(placed_soon(desk, kept(dashboard), 0.05))
    assert place is None
    assert why == "no answer within 0.05 seconds"
