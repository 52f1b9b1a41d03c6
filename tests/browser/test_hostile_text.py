"""Whatever stands in a text from outside, a page shows it as text: nothing runs or is asked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from app.ports.store import Unit
from app.storage.sql_store import open_store
from tests.browser.pages import ACCOUNT, NAMES, addresses, shown
from tests.browser.planting import MARK, plant
from tests.browser.serving import Served, served
from tests.browser.test_pages import REFUSED
from tests.browser.windows import Heard, window
from tests.web_proof.demo_store import keep_documents
from tests.web_proof.plan import VIEWS

MORE_ACCOUNTS = 3

FOREIGN = """([html, mark]) => {
  const found = [];
  const sent = new DOMParser().parseFromString(html, 'text/html');
  for (const one of sent.querySelectorAll('*')) {
    const told = one.outerHTML.slice(0, 200);
    if (['base', 'object', 'embed', mark].includes(one.localName)) found.push(told);
    if (one.localName === 'iframe' && !one.hasAttribute('sandbox')) found.push(told);
    for (const {name, value} of one.attributes) {
      if (name.startsWith('on') || name === 'srcdoc') found.push(told);
      if (name === 'style' && !/^width: [0-9.]+%$/.test(value)) found.push(told);
      if (['href', 'src', 'action', 'formaction', 'xlink:href', 'hx-get', 'hx-post'].includes(name)
          && new URL(value, location.href).origin !== location.origin) found.push(told);
    }
  }
  return found.concat([...document.querySelectorAll(mark)].map(one => one.outerHTML));
}"""
"""What of a page, as it was sent, is no work of ours; and what of it came to life."""


@pytest.fixture(scope="module")
def planted(lived_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = Path(shutil.copytree(lived_home, tmp_path_factory.mktemp("planted") / "home"))
    assert plant(home / "tend.sqlite3") > 10_000
    store = open_store(f"sqlite:///{home / 'tend.sqlite3'}")
    store.write_now("main", _keep_documents)
    store.close()
    with served(home) as service:
        yield service.signed_in()


def _keep_documents(unit: Unit) -> None:
    """Of what was planted, as agents would."""
    latest = unit.scans.latest()
    assert latest is not None
    keep_documents(unit, unit.book.accounts([ACCOUNT])[ACCOUNT], latest.now)


@pytest.fixture(scope="module")
def seen(browser: Browser, planted: Served) -> Iterator[tuple[Page, Heard]]:
    with window(browser, planted.origin) as opened:
        yield opened


@pytest.fixture(scope="module")
def paths(planted: Served) -> Mapping[str, str]:
    return addresses(planted)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_planted_comes_to_life(
    seen: tuple[Page, Heard], planted: Served, paths: Mapping[str, str], name: str
) -> None:
    page, heard = seen
    heard.troubles.clear()
    status = REFUSED.get(name, 200)
    answer = shown(page, planted, name, paths[name])
    assert answer.status == status
    heard.troubles = [one for one in heard.troubles if f"status of {status}" not in one]
    assert page.evaluate(FOREIGN, [answer.text(), MARK]) == []
    assert "1337" not in answer.text()
    heard.nothing()


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_of_an_account_brings_anything_to_life(
    seen: tuple[Page, Heard], planted: Served, view: str
) -> None:
    page, heard = seen
    heard.troubles.clear()
    with planted.store() as store:
        accounts = store.read_now("main", _in_trouble)
    for account in accounts:
        answer = shown(page, planted, view, f"/accounts/{account}?view={view}")
        assert answer.status == 200
        assert page.evaluate(FOREIGN, [answer.text(), MARK]) == []
    heard.nothing()


def _in_trouble(unit: Unit) -> list[str]:
    kinds = (one.subject for one in unit.incidents.live() if one.kind.value != "feed")
    return list(dict.fromkeys(kinds))[:MORE_ACCOUNTS]


@pytest.mark.parametrize("kind", ["letter", "profile", "review", "review for the customer"])
def test_no_document_brings_anything_to_life(
    seen: tuple[Page, Heard], planted: Served, paths: Mapping[str, str], kind: str
) -> None:
    page, heard = seen
    heard.troubles.clear()
    where = {
        "letter": f"{paths['draft']}/letter",
        "profile": f"/documents/profile?account={ACCOUNT}&for=internal",
        "review": f"/documents/qbr?account={ACCOUNT}&for=internal",
        "review for the customer": f"/documents/qbr?account={ACCOUNT}",
    }
    answer = shown(page, planted, kind, where[kind])
    assert answer.status == 200
    assert page.evaluate(FOREIGN, [answer.text(), MARK]) == []
    heard.nothing()
