"""Commands with a mailbox connected: where drafts are is said, and what is dropped leaves it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.demo_cmd import CONNECTIONS, _fresh_settings
from tests.contract.imap_mailboxes import Program
from tests.e2e.test_cli_drafts import DRAFT_ID
from tests.e2e.typed import done, typed
from tests.servers.imap import PASSWORD, dovecot_server, new_user

MAYA = "maya@example.com"


def imap_of(port: int, user: str) -> str:
    account = {"user": user, "password": PASSWORD}
    where = {"host": "localhost", "port": port, "security": "plain"}
    return json.dumps({**where, "accounts": {MAYA: account}, "timeout_seconds": 5})


def test_a_scan_says_in_whose_mailbox_drafts_wait_and_a_dropped_one_leaves_it(
    quiet_home: Path,
) -> None:
    server = dovecot_server()
    user = new_user(server)
    connected = imap_of(server.plain_port, user)
    done(quiet_home, "go-live")
    said = typed(quiet_home, "scan", TEND_IMAP=connected)
    program = Program(server.plain_port, user)
    assert said.code == 0, said.words
    assert len(program.mails()) == 2
    assert f"2 in IMAP (Drafts) of {MAYA}, 1 in {quiet_home / 'outbox'}" in said.words

    (one,) = DRAFT_ID.findall(done(quiet_home, "drafts", "--account", "northwind").out)
    unreachable = typed(quiet_home, "outcome", one, "dropped", TEND_IMAP=imap_of(1, user))
    assert unreachable.code == 0
    assert "still in imap" in unreachable.words
    assert f"tend drafts drop {one} takes it out" in unreachable.words
    assert len(program.mails()) == 2
    gone = typed(quiet_home, "outcome", one, "dropped", TEND_IMAP=connected)
    assert "It is out of imap now." in gone.words
    assert len(program.mails()) == 1

    (other,) = DRAFT_ID.findall(done(quiet_home, "drafts", "--account", "northsea").out)
    ((uid, mail),) = program.mails().items()
    program.add(mail.as_bytes().replace(b"Kind regards", b"Warm regards"))
    program.remove(uid)
    stays = typed(quiet_home, "outcome", other, "dropped", TEND_IMAP=connected)
    assert "edited in imap itself, so it stays there" in stays.words
    assert len(program.mails()) == 1


def test_a_demo_reaches_nobody_whatever_is_connected(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TEND_CHAT", '{"webhook_url": "https://chat.example/v1/x?key=k"}')
        environment.setenv("TEND_IMAP", imap_of(1, "rita"))
        settings = _fresh_settings(tmp_path / "demo")
    assert [getattr(settings, name) for name in CONNECTIONS] == [{}] * len(CONNECTIONS)
