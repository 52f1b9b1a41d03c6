"""A model's words become a draft's: few tags, one text made of them, nothing in silence."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.customer_success.text_asks import BRIEFING_ASKS
from app.agents.customer_success.text_asks import LETTER_ASKS as CSM_LETTERS
from app.agents.technical_account_manager.letter_asks import LETTER_ASKS as TAM_LETTERS
from app.domain.announcement import Announced, Announcement, Concern, ConcernKind
from app.domain.proposal import Proposal
from app.errors import AnswerRefused, NotFound, TransientServiceError
from app.ports.writer import Passage
from app.services.model_letter import TAGS, letter_html, letter_text
from app.services.model_substance import why_too_little
from app.services.model_writer import ModelWords
from app.services.writer import TemplateWriter
from app.words.markup_checks import BODY_STYLE, check_markup
from tests import builders
from tests.fakes.model import NAME, FakeModel, ObedientModel
from tests.unit.services.outreach import outreach, p1

SEATS = Proposal(kind="seats")
MORE = (
    "I would like to hear from you how things are going for your team at Acme GmbH, and whether "
    "there is anything that gets in your way; if so, I am glad to go through it with you."
)
BODY = (
    "<p>Hello Sam,</p>\n<p>two things &amp; <strong>one</strong> more:<br>here.</p>"
    f"<p>{MORE}</p>"
    "<ul>\n<li>First <em>one</em></li>\n<li>Second</li>\n</ul><ol><li>Third</li></ol>"
    "<p>Best regards<br/>Rita</p>"
)
TEXT = f"""\
Hello Sam,

two things & one more:
here.

{MORE}

- First one
- Second

- Third

Best regards
Rita
"""


def words(model: FakeModel) -> ModelWords:
    return ModelWords(model=model, letters={**TAM_LETTERS, **CSM_LETTERS}, briefings=BRIEFING_ASKS)


def body_of(html: str) -> str:
    return html.removeprefix(f'<html>\n<body style="{BODY_STYLE}">\n').removesuffix(
        "\n</body>\n</html>"
    )


@pytest.mark.parametrize("letter", sorted({**TAM_LETTERS, **CSM_LETTERS}))
def test_every_letter_is_a_draft_in_html_and_text(letter: str) -> None:
    made = asyncio.run(words(ObedientModel(BODY)).letter(letter, outreach()))

    assert made.body_text == TEXT
    assert "<li>First <em>one</em></li>" in made.body_html
    assert (made.subject, made.worded_by) == ("Your open tickets", NAME)
    assert list(check_markup(made.body_html, made.body_text)) == []


def test_a_body_without_paragraphs_gets_them_by_its_empty_lines() -> None:
    html = letter_html("Hello Sam,\n\nA < B\nand more.\n \n\nRita")

    assert body_of(html) == "<p>Hello Sam,</p><p>A &lt; B<br>and more.</p><p>Rita</p>"
    assert letter_text(html) == "Hello Sam,\n\nA < B\nand more.\n\nRita\n"


@pytest.mark.parametrize(
    "written, named",
    [
        ("<p>Hi</p><img src='https://x.example/?q=1'>", "<img>"),
        ("<p>See <a href='https://x.example'>this</a></p>", "<a>"),
        ("<p onclick='x()'>Hi</p>", "onclick="),
        ("<P STYLE='display:none'>Hi</P>", "style="),
        ("<p>Hi</p><script>alert(1)</script>", "<script>"),
        ("<p>Hi</p><!-- seen by nobody -->", "a comment"),
        ("<!DOCTYPE html><p>Hi</p>", "a declaration"),
        ("<p>Hi</p><![CDATA[x]]>", "a "),
        ("<?php x ?><p>Hi</p>", "an instruction"),
        ("<svg/onload=alert(1)>", "<svg>"),
    ],
)
def test_what_has_no_place_in_a_letter_is_refused_and_not_mended(written: str, named: str) -> None:
    with pytest.raises(AnswerRefused, match=named) as refused:
        asyncio.run(words(ObedientModel(written)).letter("churn_outreach", outreach()))
    assert "x.example" not in str(refused.value)
    assert "alert" not in str(refused.value)


PIECES = (
    *("<p>", "</p>", "<ul>", "</ul>", "<ol>", "<li>", "</li>", "<br>", "<strong>", "</em>"),
    *("a b", "&lt;img&gt;", "\n", "\n\n", "&", "<"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_whatever_is_written_is_whole_and_says_in_text_what_it_says_in_html(written: str) -> None:
    try:
        html = letter_html(written)
    except AnswerRefused:
        return
    seen: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag in TAGS | {"html", "body"}
            assert attrs == ([("style", BODY_STYLE)] if tag == "body" else [])

        def handle_data(self, data: str) -> None:
            seen.append(data)

    Reader().feed(html)
    text = letter_text(html)
    assert "".join("".join(seen).split()) == "".join(
        part for line in text.splitlines() for part in line.removeprefix("- ").split()
    )


@pytest.mark.parametrize(
    "subject, body, told",
    [
        (" \u200b", BODY, "no subject"),
        ("Hi", "<p> </p>", "too little"),
        ("Hi", "<p>Hello Sam, how are you and Acme GmbH?</p>", "too little"),
        ("Hi", f"<p>Acme GmbH {'is well ' * 30}</p>", "does not speak to its reader"),
        ("Hi", f"<p>How are you? {'All is well here. ' * 30}</p>", "the account's own"),
    ],
)
def test_a_letter_that_says_nothing_is_refused(subject: str, body: str, told: str) -> None:
    model = ObedientModel(body, subject=subject)

    with pytest.raises(AnswerRefused, match=told):
        asyncio.run(words(model).letter("churn_outreach", outreach()))


@pytest.mark.parametrize("letter", sorted({**TAM_LETTERS, **CSM_LETTERS}))
def test_every_template_says_enough_to_be_a_models(letter: str) -> None:
    news = Announcement(
        title="Faster sync",
        concerns=(Concern(kind=ConcernKind.INTEGRATION, name="Salesforce"),),
    )
    facts = outreach(
        open_tickets=(p1(),),
        proposal=SEATS,
        announced=Announced(version="9.2", announcements=(news,)),
    )
    text = TemplateWriter().letter(letter, facts).body_text

    assert why_too_little(text, facts) == ""


def test_of_an_account_that_nothing_is_known_of_nothing_need_be_named() -> None:
    bare = outreach(account=builders.account(name=""))

    assert why_too_little("How are you? " * 20, bare) == ""
    assert why_too_little("How are you? " * 20, replace(bare, proposal=SEATS)) != ""
    assert why_too_little("How many seats do you need? " * 20, replace(bare, proposal=SEATS)) == ""


def test_a_briefing_stands_under_our_own_heading() -> None:
    facts = {"account_name": "Acme", "churn_level": "high", "reasons": "Use fell by 40 %."}

    made = asyncio.run(
        words(ObedientModel("Use fell.\n\n  By 40 %.\u202e")).passage("churn_narrative", facts)
    )

    assert made.worded_by == NAME
    assert made.text.splitlines() == [
        "Acme: churn risk high. Why, for you only, never for the customer:",
        "Use fell.",
        "By 40 %.",
    ]


def test_a_section_of_a_review_needs_no_heading() -> None:
    facts = {"account_name": "Acme", "title": "Health", "metrics": "Score: 71"}

    made = asyncio.run(words(ObedientModel("All\nwell.")).passage("qbr_narrative", facts))
    assert made == Passage(text="All well.", worded_by=NAME)
    with pytest.raises(AnswerRefused, match="empty"):
        asyncio.run(words(ObedientModel("\u200b")).passage("qbr_narrative", facts))


def test_what_there_is_no_question_for_is_not_worded() -> None:
    model = words(FakeModel({}))

    assert model.words("churn_outreach")
    assert model.words("churn_narrative")
    assert not model.words("digest")
    with pytest.raises(NotFound):
        asyncio.run(model.letter("digest", outreach()))
    with pytest.raises(NotFound):
        asyncio.run(model.passage("digest", {}))


def test_the_models_own_failures_come_through() -> None:
    model = words(FakeModel(TransientServiceError("llm", "completion", "answered 503")))

    with pytest.raises(TransientServiceError):
        asyncio.run(model.letter("churn_outreach", outreach()))


@pytest.mark.parametrize(
    "words_, told",
    [
        ("My orders: every number, name, date and link is in the facts.", "every number name date"),
        ("I was to write the OUTREACH to an\naccount whose technical health fell.", "write the"),
    ],
)
def test_a_letter_that_gives_its_instructions_away_is_refused(words_: str, told: str) -> None:
    model = words(ObedientModel(f"<p>Hello Sam,</p><p>{words_}</p><p>{MORE}</p>"))

    with pytest.raises(AnswerRefused, match="repeats its instructions") as refused:
        asyncio.run(model.letter("escalation_outreach", outreach()))
    assert told in str(refused.value)


def test_a_briefing_that_does_so_is_refused_too() -> None:
    facts = {"account_name": "Acme", "churn_level": "high", "reasons": "Use fell by 40 %."}

    model = words(ObedientModel("Do not judge the level, it is given; so I do not."))

    with pytest.raises(AnswerRefused, match="repeats its instructions"):
        asyncio.run(model.passage("churn_narrative", facts))


def test_facts_may_be_repeated_at_any_length() -> None:
    subject = "Export of all the orders of last year fails at night"
    body = f"<p>Hello Sam,</p><p>you wrote: “{subject}”.</p><p>{MORE}</p>"

    made = asyncio.run(
        words(ObedientModel(body)).letter(
            "escalation_outreach", outreach(open_tickets=(p1(subject=subject),))
        )
    )
    assert subject in made.body_text
