"""What a rep does about a draft from its page: edited, sent, dropped, and nothing typed is lost."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import pytest

from app.domain.act import ActKind
from app.domain.draft import DraftState
from app.domain.viewer import Role, Sight, Viewer
from app.services.eml import eml_of
from tests.integration.pages.draft_book import (
    KIM,
    TEXT,
    a_draft,
    edit_in_mail_program,
    file_of,
    kept,
    opened,
    put,
)
from tests.servers.dashboard import Dashboard, text_of

OWN = Viewer(by=KIM, role=Role.REP, sight=Sight.OWN)
READER = Viewer(by="lee@example.com", role=Role.READER)
MINE = "Dear Sam,\n\nI called your team today about T-1.\n\nKind regards,\nRita Lind\n"


@pytest.fixture
def dashboard(tmp_path: Path) -> Dashboard:
    return opened(tmp_path)


def form_of(dashboard: Dashboard, path: str = "/drafts/d-1?edit=1") -> dict[str, str]:
    """The fields of the form to edit by, as a browser would send them back."""
    page = dashboard.get(path).text
    form = page.partition('action="/drafts/edit"')[2].partition("</form>")[0]
    fields = {
        name: html.unescape(value)
        for name, value in re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', form)
        if name != "csrf"
    }
    text = form.partition("<textarea")[2].partition(">\n")[2].partition("</textarea>")[0]
    return {**fields, "text": html.unescape(text)}


def test_a_draft_in_the_reps_own_words_stands_here_and_in_its_file(dashboard: Dashboard) -> None:
    form = form_of(dashboard)
    assert (form["subject"], form["text"]) == ("Your open ticket T-1", TEXT)
    form |= {"subject": "Today's call", "text": MINE.replace("\n", "\r\n")}
    answer = dashboard.post("/drafts/edit", form)
    assert (answer.status_code, answer.headers["location"]) == (
        HTTPStatus.SEE_OTHER,
        "/drafts/d-1?done=draft-edited",
    )
    draft = kept(dashboard)
    assert (draft.subject, draft.body_text, draft.worded_by) == ("Today's call", MINE, "rep")
    assert file_of(dashboard).read_bytes() == eml_of(draft)
    assert dashboard.get("/drafts/d-1.eml").content == eml_of(draft)
    acts = dashboard.store.read_now("main", lambda unit: unit.diary.acts(account_id="acme", most=9))
    assert [(act.kind, act.by) for act in acts] == [(ActKind.EDITED, "os:rita")]
    said = text_of(dashboard.get("/drafts/d-1?done=draft-edited"))
    assert "Your words stand now" in said
    assert "by its rep" in said
    assert "Edited by rita" in said


def test_words_of_his_that_nothing_bears_out_are_told_and_kept(dashboard: Dashboard) -> None:
    form = form_of(dashboard) | {"text": "Dear Sam,\n\nyour churn risk fell by 42 %.\n"}
    dashboard.post("/drafts/edit", form)
    said = text_of(dashboard.get("/drafts/d-1"))
    assert "Internal words does not hold" in said
    assert "Numbers does not hold" in said
    assert "a rep's own words: you are told, never refused" in said


def test_the_same_words_again_change_nothing(dashboard: Dashboard) -> None:
    answer = dashboard.post("/drafts/edit", form_of(dashboard))
    assert answer.headers["location"] == "/drafts/d-1?done=draft-same"
    assert kept(dashboard).worded_by == "template"


def test_words_that_cannot_be_kept_come_back_with_the_reason(dashboard: Dashboard) -> None:
    form = form_of(dashboard) | {"subject": "Z" * 300, "text": MINE}
    answer = dashboard.post("/drafts/edit", form)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "the subject has 300 characters; 200 is the most" in text_of(answer)
    assert "I called your team today" in answer.text
    assert kept(dashboard).worded_by == "template"


def test_what_was_changed_in_the_file_meanwhile_is_not_written_over_unasked(
    dashboard: Dashboard,
) -> None:
    form = form_of(dashboard) | {"text": MINE}
    edit_in_mail_program(dashboard, "Dear Sam,\n\nhers.\n")
    answer = dashboard.post("/drafts/edit", form)
    assert answer.status_code == HTTPStatus.CONFLICT
    said = text_of(answer)
    assert "Somebody changed it in the outbox itself, and nothing was written over." in said
    assert "I called your team today" in said
    assert "hers." in said, "what stands there is shown"
    assert "Write over what stands there" in said
    assert b"hers." in file_of(dashboard).read_bytes()
    dashboard.post("/drafts/edit", form | {"over": "1"})
    assert kept(dashboard).body_text == MINE
    assert b"hers." not in file_of(dashboard).read_bytes()


def test_one_may_go_on_from_the_words_in_the_file(dashboard: Dashboard) -> None:
    edit_in_mail_program(dashboard, "Dear Sam,\n\nhers.\n")
    form = form_of(dashboard)
    assert form["text"].split() == ["Dear", "Sam,", "hers."]
    assert form["over"] == "1"
    dashboard.post("/drafts/edit", form | {"text": "Dear Sam,\n\nhers, and mine.\n"})
    assert kept(dashboard).body_text == "Dear Sam,\n\nhers, and mine.\n"


def test_two_who_edit_at_once_do_not_lose_each_others_words(dashboard: Dashboard) -> None:
    first, second = form_of(dashboard), form_of(dashboard)
    dashboard.post("/drafts/edit", first | {"text": MINE})
    answer = dashboard.post("/drafts/edit", second | {"text": "Dear Sam,\n\nlater.\n"})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "put in other words here meanwhile" in text_of(answer)
    assert "later." in answer.text
    assert kept(dashboard).body_text == MINE


def test_a_draft_whose_file_is_gone_is_not_edited(dashboard: Dashboard) -> None:
    form = form_of(dashboard) | {"text": MINE}
    file_of(dashboard).unlink()
    assert "not among the drafts of the outbox any more" in text_of(dashboard.get("/drafts/d-1"))
    answer = dashboard.post("/drafts/edit", form)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "mark it as sent, or drop it" in text_of(answer)
    assert "I called your team" in answer.text


def test_what_he_sent_unchanged_is_sent_and_the_next_one_opens(dashboard: Dashboard) -> None:
    answer = dashboard.post("/drafts/sent", {"draft_id": "d-1", "order": "newest"})
    assert answer.headers["location"] == "/drafts/d-2?order=newest&done=draft-sent"
    assert kept(dashboard).state is DraftState.SENT
    assert dashboard.site.drafts_of("main").files.find("d-1") is None, "no draft any more"
    last = dashboard.post("/drafts/sent", {"draft_id": "d-2", "order": "worth"})
    assert last.headers["location"] == "/drafts?order=worth&done=draft-sent-last"
    again = dashboard.post("/drafts/sent", {"draft_id": "d-1"})
    assert again.status_code == HTTPStatus.CONFLICT


def test_what_he_edited_here_before_is_sent_edited(dashboard: Dashboard) -> None:
    dashboard.post("/drafts/edit", form_of(dashboard) | {"text": MINE})
    dashboard.post("/drafts/sent", {"draft_id": "d-1"})
    assert kept(dashboard).state is DraftState.EDITED
    said = text_of(dashboard.get("/drafts/d-1"))
    assert "Sent, edited." in said
    assert "edited here" in said


def test_what_he_edited_in_his_mail_program_is_sent_edited(dashboard: Dashboard) -> None:
    edit_in_mail_program(dashboard, "Dear Sam,\n\nmine.\n")
    dashboard.post("/drafts/sent", {"draft_id": "d-1"})
    assert kept(dashboard).state is DraftState.EDITED
    assert "edited in outbox;" in text_of(dashboard.get("/drafts/d-1"))


def test_one_that_is_dropped_leaves_the_folder_with_its_reason(dashboard: Dashboard) -> None:
    form = {"draft_id": "d-1", "note": "I called instead"}
    answer = dashboard.post("/drafts/drop", form)
    assert answer.headers["location"] == "/drafts/d-2?done=draft-dropped"
    assert kept(dashboard).state is DraftState.DROPPED
    assert dashboard.site.drafts_of("main").files.find("d-1") is None
    assert "I called instead" in text_of(dashboard.get("/drafts/d-1"))


def test_a_reason_is_asked_for(dashboard: Dashboard) -> None:
    answer = dashboard.post("/drafts/drop", {"draft_id": "d-1", "note": " "})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Say in a few words why" in text_of(answer)
    assert kept(dashboard).state is DraftState.WAITING


def test_one_that_somebody_edited_is_dropped_only_when_that_is_said(dashboard: Dashboard) -> None:
    edit_in_mail_program(dashboard, "Dear Sam,\n\nhers.\n")
    form = {"draft_id": "d-1", "note": "settled"}
    answer = dashboard.post("/drafts/drop", form)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "It was edited in the outbox itself, so somebody cares." in text_of(answer)
    assert 'value="settled"' in answer.text
    assert kept(dashboard).state is DraftState.WAITING
    dashboard.post("/drafts/drop", form | {"even_edited": "1"})
    assert kept(dashboard).state is DraftState.DROPPED


def test_one_that_waits_no_more_is_not_dropped(dashboard: Dashboard) -> None:
    put(dashboard, replace(a_draft("d-3"), state=DraftState.SENT))
    answer = dashboard.post("/drafts/drop", {"draft_id": "d-3", "note": "x"})
    assert answer.status_code == HTTPStatus.CONFLICT


@pytest.mark.parametrize("path", ["/drafts/edit", "/drafts/sent", "/drafts/drop"])
def test_nobody_changes_what_he_does_not_see_or_may_not_change(
    dashboard: Dashboard, path: str
) -> None:
    form = {"draft_id": "d-1", "note": "x", "subject": "x", "text": "x", "words": "x"}
    before = kept(dashboard)
    dashboard.sign_in(OWN)
    assert dashboard.post(path, form).status_code == HTTPStatus.NOT_FOUND
    dashboard.sign_in(READER)
    assert dashboard.post(path, form).status_code == HTTPStatus.FORBIDDEN
    dashboard.sign_in(tenant="other")
    assert dashboard.post(path, form).status_code == HTTPStatus.NOT_FOUND
    dashboard.sign_in()
    assert dashboard.post(path, form, csrf="other").status_code == HTTPStatus.FORBIDDEN
    assert kept(dashboard) == before
