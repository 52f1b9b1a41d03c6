"""One book full of hostile words, lived through once for all who look at what comes of it."""

from __future__ import annotations

import pytest

from tests.injection.lives import Life, life_of
from tests.injection.planted import PLANTED


@pytest.fixture(scope="session")
def hostile_life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    """Every planted text is in every field of some account."""
    return life_of(PLANTED, tmp_path_factory.mktemp("hostile"), accounts=len(PLANTED))
