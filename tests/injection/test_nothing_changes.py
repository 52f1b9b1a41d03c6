"""Words from outside move nothing: no score, no recipient, no key, no query. Only words change."""

from __future__ import annotations

import pytest

from tests.injection.books import neutral
from tests.injection.corpora import jailbreaks, malicious, sample
from tests.injection.lives import Lives, lived
from tests.injection.stored import CLOCKED, JSON_WORDS, WORDS, changed

ACCOUNTS = 24
CASES = (*malicious(), *sample(jailbreaks(), 100))


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Lives:
    return lived([one.text for one in CASES], tmp_path_factory.mktemp("lives"), accounts=ACCOUNTS)


def test_a_neutral_text_is_as_long_line_by_line_and_like_no_other() -> None:
    for serial, case in enumerate(malicious()):
        plain = neutral(case.text, serial)
        assert [len(line) for line in plain.split("\n")] == [
            len(line) for line in case.text.split("\n")
        ]
    assert len({neutral("a" * 40, serial) for serial in range(300)}) == 300


def test_the_book_lives_so_that_there_is_something_to_change(lives: Lives) -> None:
    tables = lives.given.tables
    assert len(tables["accounts"]) == ACCOUNTS
    bands = {row["band"] for row in tables["account_health"]}
    assert {"Green", "Amber", "Red"} <= bands
    kinds = {row["kind"] for row in tables["effects"] if row["state"] == "done"}
    assert {"draft", "withdraw", "record", "event", "email", "chat"} <= kinds
    assert len(tables["drafts"]) > 14
    assert {row["kind"] for row in tables["documents"]} >= {"profile", "qbr"}
    assert len(lives.given.statements) > 1_000


def test_every_text_is_stored_and_some_of_each_kind_are_shown(lives: Lives) -> None:
    tables = lives.given.tables
    begins = [" ".join(case.text.split())[:30] for case in CASES]
    for table, column in (("drafts", "body_text"), ("alerts", "text"), ("documents", "body")):
        words = " ".join(" ".join(str(row[column]).split()) for row in tables[table])
        assert sum(begin in words for begin in begins) > 5, table


def test_malicious_words_change_nothing_but_words(lives: Lives) -> None:
    assert lives.differences() == ()


def test_any_single_changed_value_would_be_seen(lives: Lives) -> None:
    tables, tried = lives.neutral.tables, 0
    for table, rows in tables.items():
        free = WORDS.get(table, frozenset()) | CLOCKED.get(table, frozenset())
        for column in rows[0].keys() - free - JSON_WORDS.get(table, {}).keys() if rows else ():
            bent = {**tables, table: [{**rows[0], column: "bent"}, *rows[1:]]}
            assert len(changed(tables, bent)) == 1, (table, column)
            tried += 1
        if rows:
            assert len(changed(tables, {**tables, table: rows[:-1]})) == 1
    assert tried > 200


def test_a_changed_recipient_or_letter_in_a_payload_would_be_seen(lives: Lives) -> None:
    tables = lives.neutral.tables
    for old, new in ((".example", ".evil"), ("escalation_outreach", "churn_outreach")):
        bent = [
            {**row, "payload": str(row["payload"]).replace(old, new)} for row in tables["effects"]
        ]
        assert changed(tables, {**tables, "effects": bent})
