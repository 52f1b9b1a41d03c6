"""Letters a customer may read, and alerts a rep will."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account import TechnicalMaturity
from app.domain.recap import Recap
from app.errors import InvalidInput, NotFound
from app.ports.writer import Letter, OutreachFacts
from app.services.letter_view import letter_view
from app.services.letter_words import internal_words_in
from app.services.writer import ALERT_FACTS, LETTERS, TemplateWriter, html_of_text
from app.words.markup_checks import BODY_STYLE
from tests.builders import NOW, days_ago
from tests.unit.services.outreach import hostile, hostile_facts, outreach, p1, p3s, sam

WRITER = TemplateWriter()
ABOUT_THE_STATE = (
    "churn_outreach",
    "customer_success_review",
    "escalation_outreach",
    "health_checkin",
)
"""Letters about how things stand: what is open, silent or not in use shapes them."""
TAGS = {"html", "body", "h3", "p", "br", "ul", "li"}
PROMISES = re.compile(
    r"discount|refund|guarantee|\bSLA\b|deadline|by (mon|tues|wednes|thurs|fri)day"
)
HEALTH = {
    "account_name": "Acme",
    "change": "raised",
    "band": "Red",
    "previous_band": "Amber",
    "score": "35",
    "reasons": "2 aged P1/P2\n9 open tickets",
    "arr": "EUR 12,000",
    "renewal": "2026-12-31",
    "link": "tend drafts show d-1a2b3c4d5e",
}
ALERTS = {
    "tam_alert": HEALTH,
    "csm_alert": HEALTH,
    "csm_churn_alert": {**HEALTH, "churn_level": "high"},
    "feed_alert": {"account_name": "jira", "reasons": "feed jira is late"},
    "digest": {"lines": "Acme: Red\nBeta: Amber"},
    "baseline_summary": {"day": "2026-03-11", "lines": "Acme: churn risk"},
}


class Tags(HTMLParser):
    """Notes every tag and attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes.extend(attrs)


def escalation(facts: OutreachFacts) -> Letter:
    return WRITER.letter("escalation_outreach", facts)


def churn(facts: OutreachFacts) -> Letter:
    return WRITER.letter("churn_outreach", facts)


def test_an_escalation_letter_names_the_tickets_their_age_and_the_next_step() -> None:
    letter = escalation(outreach(open_tickets=(p1(),)))
    assert letter.subject == "Your open ticket PROD-12"
    assert letter.body_text.startswith("Hello Sam,\n\n")
    assert "- PROD-12: “Export fails”, open for 9 days (P1)" in letter.body_text
    assert "been waiting longer than I would want" in letter.body_text
    assert "go through PROD-12 with our support engineers" in letter.body_text
    assert "30 minutes for a call" in letter.body_text
    assert letter.body_text.endswith("Kind regards,\nRita Lind\n")


def test_a_fresh_urgent_ticket_is_not_called_a_long_wait() -> None:
    text = escalation(outreach(open_tickets=(p1(age_days=1),))).body_text
    assert "waiting longer" not in text
    assert "getting in the way" in text


def test_one_long_wait_among_several_is_told_as_such() -> None:
    tickets = (p1("A"), p1("B", age_days=1), *p3s(2))
    text = escalation(outreach(open_tickets=tickets)).body_text
    assert "some of it has been waiting" in text
    assert "Besides those you have 2 more open" in text


def test_many_open_tickets_are_a_subject_of_their_own() -> None:
    letter = escalation(outreach(open_tickets=p3s(8)))
    assert letter.subject == "Your 8 open tickets, and how to get them moving"
    assert "which of your 8 open tickets hold you up most" in letter.body_text


def test_a_silent_integration_is_asked_about() -> None:
    letter = escalation(outreach(silent_hours=120, last_heartbeat=days_ago(5)))
    assert letter.subject == "Your integration with us has been quiet for 5 days"
    assert "on 6 March at 07:00 UTC" in letter.body_text


def test_falling_usage_and_unused_features_shape_the_letter() -> None:
    letter = churn(outreach(usage_fell=True, features_unused=("Reports", "Alerts")))
    assert letter.subject == "How is your team getting on at Acme GmbH?"
    assert "works" not in letter.subject
    assert "less than some weeks ago" in letter.body_text
    assert "Reports and Alerts" in letter.body_text


@pytest.mark.parametrize("kind", ABOUT_THE_STATE)
def test_letters_differ_with_the_facts(kind: str) -> None:
    letters = [
        WRITER.letter(kind, facts)
        for facts in (
            outreach(),
            outreach(open_tickets=(p1(),)),
            outreach(open_tickets=p3s(8)),
            outreach(silent_hours=90),
            outreach(usage_fell=True),
            outreach(features_unused=("Reports",)),
        )
    ]
    assert len({letter.body_text for letter in letters}) == 6


@pytest.mark.parametrize("kind", ABOUT_THE_STATE)
def test_depth_follows_technical_maturity(kind: str) -> None:
    texts = {
        maturity: WRITER.letter(
            kind,
            outreach(
                stakeholders=(sam(technical_maturity=maturity),),
                open_tickets=(p1(),),
                silent_hours=90,
                last_heartbeat=days_ago(4),
                features_unused=("Reports",),
            ),
        ).body_text
        for maturity in TechnicalMaturity
    }
    assert len(set(texts.values())) == 3
    assert "(P1, Exports)" in texts[TechnicalMaturity.HIGH]
    assert "credentials" in texts[TechnicalMaturity.HIGH]
    assert "P1" not in texts[TechnicalMaturity.LOW]
    assert "UTC" not in texts[TechnicalMaturity.LOW]


@pytest.mark.parametrize("kind", sorted(LETTERS))
def test_a_letter_about_nothing_in_particular_is_a_letter_still(kind: str) -> None:
    letter = WRITER.letter(kind, outreach(stakeholders=(), account=outreach().account))
    assert letter.body_text.startswith("Hello,\n\n")
    assert letter.subject


def test_hostile_subjects_are_words_and_nothing_else() -> None:
    subject = "<b>x</b> {{7*7}}\r\nBcc: everyone"
    letter = escalation(outreach(open_tickets=(p1(subject=subject),)))
    assert "“<b>x</b> {{7*7}} Bcc: everyone”" in letter.body_text
    assert "&lt;b&gt;x&lt;/b&gt; {{7*7}}" in letter.body_html


def test_a_subject_that_would_be_a_link_is_named_by_its_id_alone() -> None:
    for subject in ("Log in at https://acme.evil.example", "ask eve@evil.example"):
        letter = escalation(outreach(open_tickets=(p1(subject=subject),)))
        assert "evil" not in letter.body_text + letter.body_html
        assert "- PROD-12, open for 9 days" in letter.body_text


def test_our_reasons_and_the_band_change_nothing() -> None:
    assert escalation(outreach(reasons=("churn",))) == escalation(outreach(reasons=()))


def test_there_is_no_letter_of_an_unknown_type() -> None:
    with pytest.raises(NotFound, match="there are: churn_outreach, customer_success_review, "):
        WRITER.letter("love_letter", outreach())


@pytest.mark.parametrize("kind", sorted(LETTERS))
@given(facts=hostile_facts)
def test_no_letter_has_surprises(kind: str, facts: OutreachFacts) -> None:
    letter = WRITER.letter(kind, facts)
    assert internal_words_in(letter, names=letter_view(facts).names) == ()
    assert letter.subject
    assert len(letter.subject.splitlines()) == 1
    assert len(letter.subject) <= 120
    assert "points" not in letter.body_text
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069\x00-\x08]", letter.body_text)
    tags = Tags()
    tags.feed(letter.body_html)
    assert tags.seen <= TAGS
    assert tags.attributes == [("style", BODY_STYLE)]
    letter.body_text.encode()


@pytest.mark.parametrize("kind", sorted(LETTERS))
@given(facts=hostile_facts)
def test_both_bodies_say_the_same(kind: str, facts: OutreachFacts) -> None:
    letter = WRITER.letter(kind, facts)
    shown = unescape(re.sub(r"<[^>]*>", " ", letter.body_html))
    words, said = shown.split(), letter.body_text.split()
    assert [word for word in words if word != "-"] == [word for word in said if word != "-"]


@pytest.mark.parametrize("kind", sorted(LETTERS))
@pytest.mark.parametrize("maturity", TechnicalMaturity)
def test_no_letter_promises_anything(kind: str, maturity: TechnicalMaturity) -> None:
    facts = outreach(
        stakeholders=(sam(technical_maturity=maturity),),
        open_tickets=(p1(), *p3s(9)),
        silent_hours=99,
        usage_fell=True,
        features_unused=("Reports",),
    )
    assert not PROMISES.search(WRITER.letter(kind, facts).body_text)


def test_a_technical_alert_says_what_why_and_where_the_draft_waits() -> None:
    assert WRITER.alert("tam_alert", HEALTH).splitlines() == [
        "[TAM ALERT] Acme is Red (was Amber), health 35/100 (100 = healthy)",
        "- 2 aged P1/P2",
        "- 9 open tickets",
        "ARR EUR 12,000, renews 2026-12-31",
        "A draft to the customer is waiting for you: tend drafts show d-1a2b3c4d5e",
    ]


def test_a_worse_turn_and_a_snooze_that_ran_out_say_so() -> None:
    worse = WRITER.alert("csm_alert", {**HEALTH, "change": "worsened"})
    assert worse.startswith("[CSM ALERT] Worse: Acme is Red")
    woke = WRITER.alert("csm_alert", {**HEALTH, "change": "woke"})
    assert woke.startswith("[CSM ALERT] Still so after the snooze: Acme is Red")


def test_a_churn_alert_says_why_for_the_rep_alone() -> None:
    text = WRITER.alert("csm_churn_alert", ALERTS["csm_churn_alert"])
    assert text.startswith("[CSM ALERT] churn risk high: Acme is Red")
    assert "for you only" in text


def test_what_is_not_known_is_left_out() -> None:
    sparse = {**dict.fromkeys(HEALTH, ""), "account_name": "Acme", "band": "Unknown"}
    assert WRITER.alert("tam_alert", sparse) == "[TAM ALERT] Acme is Unknown"


def test_a_feed_alert_speaks_of_no_draft() -> None:
    text = WRITER.alert("feed_alert", {**ALERTS["feed_alert"], "link": "tend drafts show d-1"})
    assert text.startswith("[FEED ALERT] jira is not delivering\n- feed jira is late\n")
    assert "d-1" not in text


def test_a_digest_counts_its_lines() -> None:
    assert WRITER.alert("digest", ALERTS["digest"]).startswith(
        "[DIGEST] 2 more to look at today\n- Acme: Red\n- Beta: Amber\n"
    )


def test_a_first_look_at_a_book_without_trouble_says_so() -> None:
    text = WRITER.alert("baseline_summary", {"day": "", "lines": ""})
    assert "nothing is wrong that we know of" in text


def test_missing_facts_are_named() -> None:
    with pytest.raises(InvalidInput, match="facts missing: churn_level"):
        WRITER.alert("csm_churn_alert", HEALTH)


def test_there_is_no_alert_of_an_unknown_name() -> None:
    with pytest.raises(NotFound, match="no alert 'gossip'"):
        WRITER.alert("gossip", {})


@pytest.mark.parametrize("name", sorted(ALERT_FACTS))
@given(texts=st.lists(hostile, min_size=10, max_size=10))
def test_no_alert_is_moved_by_hostile_facts(name: str, texts: list[str]) -> None:
    facts = dict(zip(sorted(ALERT_FACTS[name]), texts, strict=False))
    text = WRITER.alert(name, facts)
    told = r"TAM ALERT|CSM ALERT|FEED ALERT|DIGEST|FIRST LOOK|QBR READY|SALES NOTE"
    assert re.match(rf"\[({told})\] ", text)
    assert "49" not in text or any("49" in one for one in texts)
    assert not re.search(r"[\u202a-\u202e\x00-\x08\r]", text)


@pytest.mark.parametrize("communication_type", sorted(LETTERS))
def test_the_html_of_a_letters_text_says_what_the_letters_own_does(communication_type: str) -> None:
    letter = WRITER.letter(communication_type, outreach())
    assert said_in(html_of_text(letter.body_text)) == said_in(letter.body_html)


def said_in(html: str) -> list[str]:
    return unescape(re.sub(r"<[^>]*>", " ", html)).split()


def test_markup_in_a_reps_text_is_text() -> None:
    assert "<p>a &lt;b&gt; &amp;<br>\nc</p>" in html_of_text("a <b> &\nc\n")


@pytest.mark.parametrize("kind", ["churn_outreach", "escalation_outreach", "health_checkin"])
def test_while_trouble_waits_nothing_is_shown_off(kind: str) -> None:
    facts = outreach(open_tickets=(p1("PROD-12"),), features_unused=("Reports",))
    letter = WRITER.letter(kind, facts)
    assert "PROD-12" in letter.body_text
    assert "Reports" not in letter.body_text
    quiet = WRITER.letter(kind, replace(facts, open_tickets=()))
    assert "Reports" in quiet.body_text


def test_a_checkin_tells_of_urgent_tickets_before_anything_else() -> None:
    solved = Recap(since=(NOW - timedelta(days=20)).date(), solved=(p1("PROD-3"),))
    facts = outreach(open_tickets=(p1("PROD-12"),), recap=solved)
    body = WRITER.letter("health_checkin", facts).body_text
    assert body.index("PROD-12") < body.index("PROD-3)")


def test_less_use_is_called_a_second_thing_only_where_there_is_a_first() -> None:
    alone = escalation(outreach(usage_fell=True)).body_text
    second = escalation(outreach(usage_fell=True, open_tickets=(p1(),))).body_text
    assert "Your team seems to work" in alone
    assert "Your team also seems to work" in second


def test_of_two_tickets_one_is_asked_for_and_of_more_those_that_matter_most() -> None:
    two, three = (escalation(outreach(open_tickets=(p1("A"), *p3s(n)))).body_text for n in (1, 2))
    assert "which of your open tickets is the more pressing for you" in two
    assert "which of your 3 open tickets hold you up most" in three
