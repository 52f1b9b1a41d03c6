"""A tenant's own templates go before ours; one that fails or lies is replaced, and the rep told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.ports.writer import Letter
from app.services.checked_writer import NoModel
from app.services.writer import TemplateWriter
from app.services.writing import writer_with
from tests.unit.services.outreach import outreach

CHECKIN = "health_checkin"
SIGNED = "Kind regards,\n{{ letter.sender }}\n"
OURS = TemplateWriter().letter(CHECKIN, outreach())


def own(folder: Path, text: str, name: str = CHECKIN) -> Path:
    (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def letter(folder: Path) -> Letter:
    with capture_logs():
        writer = writer_with(NoModel(), own_templates=folder)
        return asyncio.run(writer.letter(CHECKIN, outreach()))


def test_a_tenants_own_words_are_used(tmp_path: Path) -> None:
    text = "How is {{ letter.team }}?\n\nHello {{ letter.greeted }},\n\nall well?\n\n" + SIGNED
    found = letter(own(tmp_path, text))
    assert found.subject == "How is Acme GmbH?"
    assert found.body_text == "Hello Sam,\n\nall well?\n\nKind regards,\nRita Lind\n"
    assert (found.confidence, found.refused) == ("high", ())


def test_own_templates_may_use_the_parts_of_ours(tmp_path: Path) -> None:
    text = '{% import "_letter_parts.txt" as parts %}\nHello\n\n{{ parts.greeting(letter) }}\n\n'
    assert letter(own(tmp_path, text + SIGNED)).body_text.startswith("Hello Sam")


@pytest.mark.parametrize(
    "text, told",
    [
        ("Hello\n\n{{ letter.nothing }}\n", "line 3: "),
        ("Hello\n\n{% if %}\n", "line 3: "),
        ("Hello\n\n{{ 1 / 0 }}\n", "division by zero"),
        ("Hello\n\n{{ letter.team + 1 }}\n", "line 3: "),
        ("Hello\n\n{{ letter.team.__class__.__mro__ }}\n", "line 3: "),
        ('Hello\n\n{% include "../../../etc/passwd" %}\n', "line 3: "),
    ],
)
def test_one_that_fails_is_replaced_by_ours_and_named_with_its_line(
    tmp_path: Path, text: str, told: str
) -> None:
    found = letter(own(tmp_path, text))
    assert found.body_text == OURS.body_text
    assert found.confidence == "low"
    (reason,) = found.refused
    assert reason.startswith("your own health_checkin.txt cannot be used: ")
    assert told in reason


def test_one_that_promises_what_no_fact_bears_out_is_replaced_by_ours(tmp_path: Path) -> None:
    text = "Hello\n\nHello {{ letter.greeted }},\n\nwe give you a 20 % discount.\n"
    found = letter(own(tmp_path, text))
    assert found.body_text == OURS.body_text
    assert found.confidence == "low"
    assert any("discount" in reason for reason in found.refused)


def test_a_file_that_changes_is_read_anew(tmp_path: Path) -> None:
    writer = TemplateWriter(own(tmp_path, "One\n\nfirst\n"))
    assert writer.letter(CHECKIN, outreach()).subject == "One"
    own(tmp_path, "Two\n\nsecond words\n")
    assert writer.letter(CHECKIN, outreach()).subject == "Two"


def test_an_alert_in_own_words_and_one_that_fails(tmp_path: Path) -> None:
    facts = {"lines": "Acme: Red"}
    assert TemplateWriter(own(tmp_path, "Oh no: {{ lines }}\n", "digest")).alert(
        "digest", facts
    ) == ("Oh no: Acme: Red")
    with capture_logs() as logs:
        text = TemplateWriter(own(tmp_path, "{{ nothing }}\n", "digest")).alert("digest", facts)
    assert text == TemplateWriter().alert("digest", facts)
    assert logs[0]["event"] == "template.not_used"
