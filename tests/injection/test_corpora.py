"""The corpora are those that the figures speak of."""

from __future__ import annotations

from tests.injection.corpora import CANARY, benign, jailbreaks, malicious, sample


def test_the_corpora_have_the_texts_that_are_counted() -> None:
    assert (len(malicious()), len(benign()), len(jailbreaks())) == (118, 63, 1311)
    everything = [*malicious(), *benign(), *jailbreaks()]
    assert len({case.case_id for case in everything}) == len(everything)


def test_every_jailbreak_carries_its_order_and_what_obeying_it_would_print() -> None:
    for case in jailbreaks():
        assert "<INSTRUCTION>" not in case.text
        assert case.canary
    assert sum(case.canary == CANARY for case in malicious()) > 10
    assert all("{canary}" not in case.text for case in malicious())


def test_the_sample_is_the_same_each_time() -> None:
    assert sample(jailbreaks(), 100) == sample(jailbreaks(), 100)
    assert len(set(sample(jailbreaks(), 100))) == 100
