"""The figures of the proof are those of the tests, over whatever cases are given."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.injection.corpora import malicious
from tests.injection.figures import attacks


def test_the_figures_of_a_few_attacks_are_as_good_as_those_of_all() -> None:
    with ThreadPoolExecutor(max_workers=1) as alone:
        found = attacks(alone, malicious()[:3])
    assert found.pop("malicious_outputs") > 10
    assert found == {
        "malicious": 3,
        "malicious_changed_anything": 0,
        "malicious_obeyed": 3,
        "malicious_obeyed_replaced": 3,
        "malicious_outputs_live": 0,
        "benign": 63,
        "benign_passed": 63,
    }
