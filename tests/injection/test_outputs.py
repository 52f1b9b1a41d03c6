"""Nothing that others wrote is alive in anything that comes out: it is words, and only shown."""

from __future__ import annotations

from collections import Counter

from tests.injection.lives import Life
from tests.injection.outputs import live_outputs


def test_nothing_in_any_output_is_alive(hostile_life: Life) -> None:
    outputs = list(live_outputs(hostile_life.home))
    kinds = Counter(name.split()[0] for name, _ in outputs)
    assert min(kinds.values()) > 0
    assert kinds.keys() >= {"mail", "letter", "page", "file", "google", "chat", "alert", "review"}
    assert {name: found for name, found in outputs if found} == {}


def test_the_hostile_words_are_there_to_be_shown(hostile_life: Life) -> None:
    names = [str(row["name"]) for row in hostile_life.tables["accounts"]]
    assert "<script>alert(1)</script>" in names
    drafts = " ".join(str(row["body_html"]) for row in hostile_life.tables["drafts"])
    assert "&lt;script&gt;" in drafts
    alerts = " ".join(str(row["text"]) for row in hostile_life.tables["alerts"])
    assert "<users/all>" in alerts
    rejects = (hostile_life.home / "rejects.csv").read_text(encoding="utf-8")
    assert "=HYPERLINK" in rejects
