"""`tend templates`: whose words are used, how one's own are begun, and how they read."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.typed import done, typed


def test_all_are_listed_with_whose_they_are_and_where_ones_own_go(live_home: Path) -> None:
    said = done(live_home, "templates")
    assert "health_checkin a letter to a customer ours" in said.words
    assert "tam_alert an alert to a rep ours" in said.words
    assert "churn_narrative a briefing for a rep ours" in said.words
    assert "tend templates copy NAME begins one." in said.words


def test_ones_own_begin_as_ours_and_are_used_at_once(live_home: Path) -> None:
    done(live_home, "templates", "copy", "health_checkin")
    own = live_home / "templates" / "main" / "health_checkin.txt"
    assert "health_checkin a letter to a customer your own" in done(live_home, "templates").words
    words = own.read_text().replace("{{ parts.greeting(letter) }}", "Good morning!", 1)
    own.write_text(words)
    said = done(live_home, "templates", "try", "health_checkin", "northwind")
    assert "Good morning!" in said.words
    again = typed(live_home, "templates", "copy", "health_checkin")
    assert again.code == 2
    assert "is there already: it stays as it is" in again.words
    assert own.read_text() == words


def test_a_mistake_is_named_with_its_line_and_ours_is_shown(live_home: Path) -> None:
    folder = live_home / "templates" / "main"
    folder.mkdir(parents=True)
    (folder / "health_checkin.txt").write_text("Hello\n\n{{ letter.nobody }}\n")
    said = done(live_home, "templates", "try", "health_checkin", "northwind")
    assert "your own health_checkin.txt cannot be used: line 3: " in said.words
    assert "Kind regards" in said.words


def test_an_unknown_template_names_those_there_are(live_home: Path) -> None:
    for command in (("copy", "hello"), ("try", "hello", "northwind")):
        said = typed(live_home, "templates", *command)
        assert said.code == 2
        assert "health_checkin" in said.words
