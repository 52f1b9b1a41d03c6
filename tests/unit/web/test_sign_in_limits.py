"""Which addresses count as one."""

from __future__ import annotations

import pytest

from app.web.sign_in_limits import site_of


@pytest.mark.parametrize(
    "client, site",
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("::1", "::"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_all_of_a_subscribers_addresses_count_as_one(client: str, site: str) -> None:
    assert site_of(client) == site
