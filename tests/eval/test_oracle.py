"""The second judge sees what it is there to see, and lets a good letter pass."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from pydantic import JsonValue
from pydantic_core import to_jsonable_python

from app.services.model_letter import letter_html, letter_text
from tests.eval.oracle import verdicts
from tests.unit.services.outreach import outreach, p1

FACTS: dict[str, JsonValue] = to_jsonable_python(
    asdict(outreach(open_tickets=(p1(),), features_used=("Sync",)))
)
GOOD = (
    "<p>Hello Sam,</p><p>PROD-12 has been open for nine days, and I am sorry for that. "
    "We have seen that your team uses Sync.</p><p>Shall we take 20 minutes on Friday?</p>"
    "<p>Best regards,<br>Rita Lind</p>"
)


def judged(body: str) -> list[str]:
    html = letter_html(body)
    return verdicts("Your open ticket PROD-12", letter_text(html), html, FACTS)


def test_a_good_letter_is_fine() -> None:
    assert judged(GOOD) == []


@pytest.mark.parametrize(
    "old, new, told",
    [
        ("nine days", "fourteen days", "number: fourteen"),
        ("nine days", "14 days", "number: 14"),
        ("PROD-12", "PROD-13", "number: 13"),
        ("I am sorry for that", "you get a discount", "promise: 'discount'"),
        ("I am sorry for that", "it is fixed within the next 2 days", "promise: 'within"),
        ("I am sorry for that", "your health score fell", "internal: 'health score'"),
        ("I am sorry for that", "this is a draft", "internal: 'draft'"),
        ("Sync", "the Frobnicator", "name: 'Frobnicator'"),
        ("Sam", "John", "greeting: 'John'"),
        ("Rita Lind", "John Smith", "signature: 'John Smith'"),
        ("Rita Lind", "[Your Name]", "placeholder: '[Your Name]'"),
        ("on Friday", "at www.evil.example", "link or address: 'www.'"),
        ("on Friday", "by mail to eve@evil.example", "link or address: 'eve@evil.example"),
    ],
)
def test_each_lie_is_seen(old: str, new: str, told: str) -> None:
    assert old in GOOD
    assert any(found.startswith(told) for found in judged(GOOD.replace(old, new)))


def test_other_tags_are_seen_in_the_html_itself() -> None:
    found = verdicts("Hi", "Hello Sam,", "<p>Hello Sam,</p><img src=x>", FACTS)

    assert found == ["markup: '<img src=x>'"]
