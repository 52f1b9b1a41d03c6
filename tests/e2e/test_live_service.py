"""`tend run` with a page that listens: it hears what happens, and stops as promptly as without."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.e2e.service_process import ServiceProcess, running
from tests.e2e.typed import done

pytestmark = pytest.mark.timeout(300)  # a service and several commands beside it

PROMPT_SECONDS = 8.0


@contextmanager
def signed_in(service: ServiceProcess) -> Iterator[httpx.Client]:
    """A browser that came in by the link that the service prints."""
    service.until_said("/sign-in/")
    (link,) = re.findall(r"http://\S+/sign-in/\S+", service.words)
    with httpx.Client(base_url=service.address, follow_redirects=True, timeout=60) as browser:
        assert browser.post(link, data={"open": "1"}).status_code == httpx.codes.OK
        yield browser


def test_a_page_that_listens_hears_of_an_import_and_does_not_hold_up_the_end(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    file = tmp_path / "accounts.csv"
    file.write_text("account_id,name\nacme,Acme\n", encoding="utf-8")
    heard: list[str] = []
    ended = threading.Event()

    with running(home) as service:
        service.until_ready()
        with signed_in(service) as browser:
            assert "No feed has delivered yet" in browser.get("/runs").text

            def listen() -> None:
                with browser.stream("GET", "/runs/live") as answer:
                    heard.extend(answer.iter_lines())
                ended.set()

            listening = threading.Thread(target=listen)
            listening.start()
            time.sleep(3)
            done(home, "import", str(file))
            time.sleep(3)
            began = time.monotonic()
            assert service.stop() == 0
            assert time.monotonic() - began < PROMPT_SECONDS
            assert ended.wait(5), "the stream came to an end, and was not cut off"
            listening.join()
    assert "event: changed" in heard
    assert "timeout graceful shutdown exceeded" not in service.words
