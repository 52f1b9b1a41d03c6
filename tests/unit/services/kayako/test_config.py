"""What a Kayako's settings may say."""

from __future__ import annotations

import asyncio
from base64 import b64decode

import pytest
from pydantic import SecretStr, ValidationError

from app.services.kayako.config import ClassicConfig, KayakoConfig
from app.services.kayako.signing import ClassicSignature, signature_of

SECRET = SecretStr("hush")


@pytest.mark.parametrize(
    "url",
    ["https://example.com/support/", "https://example.com/support/api/index.php"],
)
def test_an_address_is_taken_as_people_copy_it(url: str) -> None:
    config = ClassicConfig(url=url, api_key=SECRET, secret_key=SECRET)
    assert config.url == "https://example.com/support"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:80"])
def test_a_password_may_stay_on_this_machine(url: str) -> None:
    assert KayakoConfig(url=url, email="a@b.example", password=SECRET).url == url


@pytest.mark.parametrize(
    "url",
    ["http://example.com", "example.com", "ftp://example.com", "https://u:p@example.com"],
)
def test_a_password_goes_nowhere_in_clear_text(url: str) -> None:
    with pytest.raises(ValidationError):
        KayakoConfig(url=url, email="a@b.example", password=SECRET)


def test_secrets_do_not_show() -> None:
    config = KayakoConfig(url="https://x.kayako.com", email="a@b.example", password=SECRET)
    classic = ClassicConfig(url="https://x.example", api_key=SECRET, secret_key=SECRET)
    assert "hush" not in f"{config!r}{classic!r}{ClassicSignature(classic)!r}"


def test_a_signature_is_the_salt_under_the_secret() -> None:
    # RFC 4231, test case 2.
    told = signature_of("what do ya want for nothing?", "Jefe")
    digest = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert b64decode(told).hex() == digest


def test_no_salt_is_used_twice() -> None:
    config = ClassicConfig(url="https://x.example", api_key=SECRET, secret_key=SECRET)

    async def salts() -> set[str]:
        signing = ClassicSignature(config)
        return {(await signing.credentials()).query["salt"] for _ in range(100)}

    assert len(asyncio.run(salts())) == 100
