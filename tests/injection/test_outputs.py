"""Nothing that others wrote is alive in anything that comes out: it is words, and only shown."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.injection.corpora import jailbreaks, malicious, sample
from tests.injection.lives import Life, life_of
from tests.injection.outputs import live_outputs
from tests.injection.planted import PLANTED


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    cases = (*malicious()[::20], *sample(jailbreaks(), 8))
    texts = (*PLANTED, *(one.text for one in cases))
    return life_of(texts, tmp_path_factory.mktemp("outputs"), accounts=len(texts))


def test_nothing_in_any_output_is_alive(life: Life) -> None:
    outputs = list(live_outputs(life.home))
    kinds = Counter(name.split()[0] for name, _ in outputs)
    assert min(kinds.values()) > 0
    assert kinds.keys() >= {"mail", "letter", "page", "file", "google", "chat", "alert", "review"}
    assert {name: found for name, found in outputs if found} == {}
