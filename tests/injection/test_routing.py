"""Names of accounts decide nothing: a sentence asks for what it asks, whoever is in the book."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.agents.asking import PHRASES, Understood, understood
from app.domain.account import Account
from app.feeds.cells import read_name
from tests.injection.books import neutral
from tests.injection.corpora import jailbreaks, malicious, sample

CASES = (*malicious(), *sample(jailbreaks(), 100))
QUIET = Account(account_id="quiet", name="Quiet Harbour")


def books(many: int) -> Iterator[tuple[Sequence[Account], Sequence[Account]]]:
    """The cases as accounts' names, so many at a time, and as many neutral names."""
    for first in range(0, len(CASES), many):
        cases = CASES[first : first + many]
        plain = [neutral(case.text, serial) for serial, case in enumerate(cases)]
        yield _named([case.text for case in cases]), _named(plain)


def _named(names: Sequence[str]) -> Sequence[Account]:
    named = (Account(account_id=f"a{at:04}", name=read_name(name)) for at, name in enumerate(names))
    return (QUIET, *named)


def test_a_sentence_that_names_none_of_them_asks_for_the_same() -> None:
    sentences = [
        sentence
        for phrase in (phrases[0] for phrases in PHRASES.values())
        for sentence in (phrase, f"please run the {phrase} for Quiet Harbour")
    ]
    for hostile, plain in books(109):
        for sentence in sentences:
            assert understood(sentence, hostile) == understood(sentence, plain), sentence


def test_a_name_that_is_spoken_never_asks_for_another_task_or_account() -> None:
    tasks = [phrases[0] for phrases in PHRASES.values()]
    asked = 0
    for number, (hostile, plain) in enumerate(books(4)):
        task = tasks[number % len(tasks)]
        for theirs, neutral_one in zip(hostile[1:], plain[1:], strict=True):
            found = understood(f"{task} for {theirs.name}", hostile)
            wanted = understood(f"{task} for {neutral_one.name}", plain)
            assert found == wanted or not isinstance(found, Understood), theirs.name
            asked += found == wanted
    assert asked > 200
