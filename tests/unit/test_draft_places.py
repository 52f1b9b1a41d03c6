"""Where drafts wait is said as it is, mailbox by mailbox."""

from __future__ import annotations

import pytest

from app.cli.draft_places import places_of
from app.domain.draft import Draft
from tests import builders

RITA, KIM = "rita@tend.example", "kim@tend.example"


def drafts(*placed: tuple[str, str]) -> list[Draft]:
    return [builders.draft(box=box, rep_email=rep) for box, rep in placed]


@pytest.mark.parametrize(
    "placed, told",
    [
        ([], "/data/outbox"),
        ([("outbox", RITA), ("", KIM)], "/data/outbox"),
        ([("gmail", RITA)] * 2, f"2 in Gmail (Drafts) of {RITA}"),
        (
            [("gmail", RITA), ("gmail", KIM), ("imap", KIM), ("outbox", KIM)],
            (
                f"1 in Gmail (Drafts) of {KIM}, 1 in Gmail (Drafts) of {RITA}, "
                f"1 in IMAP (Drafts) of {KIM}, 1 in /data/outbox"
            ),
        ),
    ],
)
def test_the_places_are_named_with_how_many_wait(placed: list[tuple[str, str]], told: str) -> None:
    assert places_of(drafts(*placed), "/data/outbox") == told


def test_an_address_cannot_draw_on_the_terminal() -> None:
    assert "\x1b" not in places_of(drafts(("imap", "a\x1b[2J@b.example")), "x")
