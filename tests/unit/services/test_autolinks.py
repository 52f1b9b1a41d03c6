"""What a mail program would make a link of is told from what only looks a little like it."""

from __future__ import annotations

import pytest

from app.services.autolinks import is_name_with_link, makes_link
from app.services.letter_people import shown_name
from app.services.letter_phrases import fit_name, quoted, ticket_id

LINKS = (
    "see https://evil.example/x",
    "HTTP:/evil.example",
    "https://10.0.0.1/login",
    "mailto:eve",
    "tel:+49123",
    "write to eve@evil.example please",
    "go to www.evil.org",
    "log in at evil.com",
    "evil.de now",
    "evil.internal/path",
    "evil.internal:8443",
    "xn--80ak6aa92e.xn--p1ai",
    "ev\u200bil.co\u200bm",
    "evil\u3002com",
    "\uff45vil\uff0ecom",
    "bücher.example",
    "our logo: data:image/png;base64,iVBORw0KGgo=",
    "data:,hello",
)
NO_LINKS = (
    "Export of orders.csv stops at 3.5 GB",
    "parser.py and node.js fail on Windows 8.1",
    "Lost data: rows, columns; and metadata:none",
    "i.e. the U.S. report, e.g. in v2.3.1",
    "ratio 3:1 at 10:30",
    "Nightly run ends... then nothing.Then again",
    "field a.b is empty",
    "#and @handle",
)


@pytest.mark.parametrize("text", LINKS)
def test_a_link_is_seen_in_whatever_dress(text: str) -> None:
    assert makes_link(text)
    assert quoted(text, 90) == ""
    assert shown_name(text) == ""


@pytest.mark.parametrize("text", NO_LINKS)
def test_files_abbreviations_and_figures_are_no_links(text: str) -> None:
    assert not makes_link(text)
    assert quoted(text, 90) == text


def test_a_company_may_be_named_like_its_host_and_no_more_than_that() -> None:
    for name in ("Booking.com", "Monday.com Ltd", "Booking.com B.V."):
        assert not is_name_with_link(name)
        assert fit_name(name, 40) == name
    for name in (
        *("evil.com/login", "Log in at evil.com now", "eve@evil.com", "https://evil.com"),
        *("evil.com and evil.org", "<b>evil.com</b>", "evil.com: log in"),
    ):
        assert fit_name(name, 40) == ""


def test_a_link_made_by_cutting_a_text_is_seen_as_well() -> None:
    assert quoted("Our forum.community does not load", 14) == ""
    assert quoted("Our forum.community does not load", 90) != ""


def test_a_ticket_is_not_named_by_an_address() -> None:
    assert ticket_id("SUP-12") == "SUP-12"
    assert ticket_id("evil.com/x") == ticket_id("https://evil.com") == ""
