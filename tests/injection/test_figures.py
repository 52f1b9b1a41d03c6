"""The figures of the proof are those of the tests, over whatever cases are given."""

from __future__ import annotations

from tests.injection.corpora import malicious
from tests.injection.figures import attacks

FEWEST = 61
"""Of 63: one names a file like a host in Paraguay, one is an address that holds a picture."""


def test_the_figures_of_a_few_attacks_are_as_good_as_those_of_all() -> None:
    found = attacks(malicious()[:3])
    assert found.pop("malicious_outputs") > 10
    assert found.pop("benign_passed") >= FEWEST
    assert found == {
        "malicious": 3,
        "malicious_changed_anything": 0,
        "malicious_obeyed": 3,
        "malicious_obeyed_replaced": 3,
        "malicious_outputs_live": 0,
        "benign": 63,
    }
