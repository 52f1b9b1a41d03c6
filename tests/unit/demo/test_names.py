from __future__ import annotations

from itertools import islice
from random import Random

import pytest

from app.demo.names import address, cultures, full_names, plain


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Brückental Maschinenbau", "bruckental-maschinenbau"),
        ("Skarvsund Sjømat", "skarvsund-sjomat"),
        ("Calloway & Tern Outfitters", "calloway-tern-outfitters"),
        ("Jasnobór Medica", "jasnobor-medica"),
        ("Łódź Straße", "lodz-strasse"),
    ],
)
def test_ids_and_addresses_are_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_an_address_keeps_double_names_together() -> None:
    assert address("Dae-jung Kang", "firm.example") == "dae-jung.kang@firm.example"


@pytest.mark.parametrize("culture", cultures())
def test_no_person_is_met_twice(culture: str) -> None:
    names = list(full_names(culture, Random(1)))

    assert len(set(names)) == len(names) >= 20
    assert list(islice(full_names(culture, Random(1)), 5)) == names[:5]
