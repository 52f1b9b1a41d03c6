"""A letter that waits while its customer has been heard of is put in the words of today."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.draft import Draft
from app.domain.effect import EffectKind, EffectState
from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind
from app.domain.ticket import TicketStatus
from app.services.eml import eml_of
from tests import builders
from tests.integration.small_book import MONDAY, TENANT, SmallBook

DAY = timedelta(days=1)
TUESDAY = MONDAY + DAY


def raised(book: SmallBook) -> Draft:
    """A technical escalation with its letter, made on Tuesday."""
    book.live_book("acme", "beta")
    book.open_p1s("acme", 4, since=TUESDAY - 6 * DAY)
    book.day(TUESDAY)
    return letter(book)


def letter(book: SmallBook) -> Draft:
    (draft,) = [one for one in book.drafts() if one.communication_type == "escalation_outreach"]
    return draft


def reworded(book: SmallBook) -> int:
    """How often new words were asked for."""
    every = book.store.read_now(
        TENANT, lambda unit: unit.work.open(states=[EffectState.DONE], most=1000)
    )
    return sum(row.work.kind is EffectKind.REWORD for row in every)


def calls(book: SmallBook, at: datetime) -> None:
    call = builders.interaction(
        interaction_id=f"call-{at:%d}", account_id="acme", happened_at=at, summary="They wait."
    )
    book.bring(FactKind.INTERACTIONS, builders.rows_of(call))


def test_what_came_after_the_letter_is_in_its_words_the_next_morning(book: SmallBook) -> None:
    first = raised(book)
    assert "acme-0304-0" in first.body_text
    calls(book, TUESDAY + timedelta(hours=3))
    solved: FactRow = {
        "ticket_id": "acme-0304-0",
        "account_id": "acme",
        "created_at": TUESDAY - 6 * DAY,
        "status": TicketStatus.RESOLVED,
        "resolved_at": TUESDAY + timedelta(hours=5),
    }
    book.bring(FactKind.TICKETS, [solved])
    book.day(TUESDAY + DAY)

    second = letter(book)
    assert second.draft_id == first.draft_id
    assert "acme-0304-0" not in second.body_text
    (file,) = book.settings.outbox.glob(f"*{first.draft_id}.eml")
    assert file.read_bytes() == eml_of(second)


def test_the_same_news_asks_for_new_words_once(book: SmallBook) -> None:
    raised(book)
    calls(book, TUESDAY + timedelta(hours=3))
    for days in (1, 2):
        book.day(TUESDAY + days * DAY)
    assert reworded(book) == 1
    calls(book, TUESDAY + 2 * DAY + timedelta(hours=3))
    book.day(TUESDAY + 3 * DAY)
    assert reworded(book) == 2


def test_what_a_rep_edited_stays_as_he_wrote_it(book: SmallBook) -> None:
    draft = raised(book)
    (file,) = book.settings.outbox.glob(f"*{draft.draft_id}.eml")
    file.write_bytes(file.read_bytes() + b"PS: Rita\r\n")
    before = file.read_bytes()
    calls(book, TUESDAY + timedelta(hours=3))
    book.day(TUESDAY + DAY)
    assert reworded(book) == 1
    assert file.read_bytes() == before
    assert letter(book).body_text == draft.body_text


def test_a_letter_that_nothing_overtook_keeps_its_words(book: SmallBook) -> None:
    draft = raised(book)
    calls(book, TUESDAY - timedelta(hours=3))
    book.day(TUESDAY + DAY)
    assert reworded(book) == 0
    assert letter(book) == draft
