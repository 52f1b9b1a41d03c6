"""Pages as HTML: whole, drawn to scale, and inert whatever other people wrote into them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.page import Cell, CoursePoint, Figure, Page, Section, Table, Tone
from app.services.document_pages import MOST_PER_TEXT, render_page
from tests.builders import TODAY

FULL = Section(
    title="Health",
    text="It stands well.",
    figures=(
        Figure(label="Now", value="78 of 100", note="Green", tone=Tone.GOOD, share=0.78),
        Figure(label="Tickets", value="6 open"),
    ),
    course=(
        CoursePoint(on=TODAY - timedelta(days=90), score=97, tone=Tone.GOOD),
        CoursePoint(on=TODAY - timedelta(days=40), score=60, tone=Tone.WATCH),
        CoursePoint(on=TODAY, score=20, tone=Tone.BAD),
    ),
    tables=(
        Table(
            title="Features",
            columns=("Feature", "Use"),
            rows=((Cell(text="Alerts"), Cell(text="5 of 9", share=5 / 9)),),
        ),
        Table(title="", columns=(), rows=((Cell(text="Contract"), Cell(text="C-1")),)),
    ),
    points_title="Next",
    points=("Meet.", "Agree."),
)
PAGE = Page(kind="Review", title="Acme", facts=("2026-Q1",), sections=(FULL,))


class Read(HTMLParser):
    """What a browser would find: tags, attributes, and text outside of the style."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self._in_style = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self._in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._in_style:
            self.texts.append(data.strip())


def with_text(text: str) -> Page:
    """A page with the text in every place that a text can be in."""
    section = Section(
        title=text,
        text=text,
        figures=(Figure(label=text, value=text, note=text),),
        tables=(Table(title=text, columns=(text,), rows=((Cell(text=text),),)),),
        points_title=text,
        points=(text,),
    )
    return Page(
        kind=text,
        title=text,
        facts=(text,),
        internal=text,
        sections=(section,),
        internal_section=section,
    )


def test_all_of_a_page_is_there_in_its_order() -> None:
    texts = Read(render_page(PAGE)).texts
    told = [one for one in texts if one in {"Review", "Acme", "2026-Q1", "Health", "78 of 100"}]

    assert told == ["Review", "Acme", "2026-Q1", "Health", "78 of 100"]
    assert "Acme: Review" in texts
    assert {"It stands well.", "6 open", "Features", "5 of 9", "Contract", "Next"} <= set(texts)


def test_bars_are_as_long_as_their_share() -> None:
    styles = [value for name, value in Read(render_page(PAGE)).attributes if name == "style"]

    assert styles == ["width: 78.0%", "width: 55.6%"]


def test_a_course_is_drawn_in_steps_over_its_days_with_its_turns_labelled() -> None:
    found = Read(render_page(PAGE))
    [line] = [value for name, value in found.attributes if name == "d"]

    assert line == "M34.0 23.4H378.4V64.8H654.0V109.6"
    day = TODAY - timedelta(days=40)
    assert f"60, {day}" in found.texts
    assert ("aria-label", f"From 97 on {TODAY - timedelta(days=90)} to 20 on {TODAY}") in (
        found.attributes
    )


def test_labels_that_would_run_together_are_left_out() -> None:
    near = CoursePoint(on=TODAY - timedelta(days=5), score=60, tone=Tone.WATCH)
    course = (FULL.course[0], near, FULL.course[-1])
    found = Read(render_page(replace(PAGE, sections=(replace(FULL, course=course),))))

    assert not any(one.startswith("60, ") for one in found.texts)


@pytest.mark.parametrize("last, is_below", [(60, True), (10, False), (99, False)])
def test_the_last_label_keeps_out_of_the_way_of_its_line(last: int, is_below: bool) -> None:
    end = CoursePoint(on=TODAY, score=last, tone=Tone.GOOD)
    section = replace(FULL, course=(FULL.course[0], end))
    html = render_page(replace(PAGE, sections=(section,)))
    point = re.findall(r'cy="([\d.]+)"', html)[-1]
    label = re.findall(r'<text class="end" x="[\d.]+" y="([\d.]+)">', html)[-1]

    assert (float(label) > float(point)) is is_below


def test_a_course_of_one_day_is_drawn_all_the_same() -> None:
    both = (FULL.course[-1], FULL.course[-1])
    html = render_page(replace(PAGE, sections=(replace(FULL, course=both),)))

    assert "<path" in html


def test_what_is_internal_is_marked_and_stands_at_the_end() -> None:
    notes = Section(title="Internal", points=("They may leave.",))
    page = replace(PAGE, internal="Not for the customer", internal_section=notes)
    texts = Read(render_page(page)).texts

    assert texts[-2:] == ["Internal", "They may leave."]
    assert texts.index("Not for the customer") < texts.index("Acme")
    assert "They may leave." not in render_page(PAGE)


def test_nothing_empty_is_left_standing() -> None:
    tags = Read(render_page(replace(PAGE, sections=(Section(title="Empty"),)))).tags

    assert {"table", "svg", "ul", "h3", "div"}.isdisjoint(tags)


HARMFUL = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<a href='javascript:alert(1)'>click</a>",
    "</style><script>1</script>",
    "{{ 7 * 7 }}{% raw %}",
    "</title><svg onload=alert(1)>",
)


@pytest.mark.parametrize("text", HARMFUL)
def test_what_a_browser_would_run_comes_out_as_text(text: str) -> None:
    found = Read(render_page(with_text(text)))

    assert text in found.texts
    assert {"script", "img", "a", "link", "iframe", "object", "form"}.isdisjoint(found.tags)
    named = {name for name, _ in found.attributes}
    assert not {"href", "src", "srcset", "action"} & named
    assert not any(name.startswith("on") for name in named)
    assert not any("javascript:" in value for _, value in found.attributes)


def test_characters_that_nobody_sees_are_gone_and_lines_are_one() -> None:
    html = render_page(with_text("Ac\u200bme\u202e gro\u2066up\ufeff\x1b[31m\r\nnext\U000e0041"))

    assert "Acme group[31m next" in html
    assert {char for char in html if unicodedata.category(char) in {"Cc", "Cf"}} == {"\n"}


def test_no_text_is_endless() -> None:
    [longest] = {
        len(one) for one in Read(render_page(with_text("a" * 9_000))).texts if len(one) > 999
    }

    assert longest == MOST_PER_TEXT


def tags_with(text: str) -> list[str]:
    return Read(render_page(with_text(text))).tags


@given(st.text(max_size=60))
def test_no_text_adds_an_element(text: str) -> None:
    assert tags_with(f"x{text}x") == tags_with("x")


def test_a_page_loads_and_runs_nothing() -> None:
    html = render_page(PAGE)

    assert "default-src 'none'" in html
    assert not re.search(r"https?:|url\(|@import|<script|<link", html)
