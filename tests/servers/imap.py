"""Real IMAP servers for the tests: Dovecot 2.3 where the system has it, and pymap from its wheel.

One server each a test process, as a plain user, in a folder of its own; a mailbox of its own a
test. Where there is no Dovecot, pymap stands in for it.
"""

from __future__ import annotations

import imaplib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from grp import getgrgid
from itertools import count
from pathlib import Path
from pwd import getpwnam, getpwuid
from string import Template

import pytest

from tests.servers.certificates import Certificate, make_certificate

DRAFTS = "Entwürfe"
"""The folder for drafts, in both servers."""
DRAFTS_ON_WIRE = '"Entw&APw-rfe"'
TRASH = "Papierkorb"
PASSWORD = 'pass "word\\ 1'
FOREIGN_USER, FOREIGN_PASSWORD = "zoë", "Schlüssel 7"
_START_SECONDS = 30
_USERS = count(1)


_DOVECOT = """
base_dir = $folder/run
state_dir = $folder/state
log_path = $folder/log
protocols = imap
listen = 127.0.0.1
default_internal_user = $user
default_internal_group = $group
default_login_user = $user
first_valid_uid = 1
first_valid_gid = 1
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_chars =
auth_failure_delay = 0
ssl = yes
ssl_cert = <$folder/cert.pem
ssl_key = <$folder/key.pem
mail_location = maildir:$folder/mail/%u
mail_fsync = never
namespace inbox {
  inbox = yes
  $boxes
}
passdb {
  driver = passwd-file
  args = $folder/users
}
userdb {
  driver = static
  args = uid=$uid gid=$gid home=$folder/mail/%u
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $plain_port
  }
  inet_listener imaps {
    port = $tls_port
    ssl = yes
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
$more
"""
"""One process tree of one plain user: no root, no chroot, no system folders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapServer:
    """A server that runs. It lets any user in who has `PASSWORD`, each into his own mailbox."""

    kind: str
    """`dovecot` or `pymap`."""
    plain_port: int
    """Where STARTTLS is offered, too, if it has a certificate."""
    tls_port: int
    """0: it speaks TLS on no port from the first byte on."""
    certificate: Certificate


@contextmanager
def running_dovecot(*, more: str = "", has_uses: bool = True) -> Iterator[ImapServer]:
    """Dovecot with folders in a language of its own; `more` goes into its configuration."""
    folder = Path(tempfile.mkdtemp(prefix="tend-imap-"))
    user = getpwnam("nobody") if os.geteuid() == 0 else getpwuid(os.geteuid())
    plain_port, tls_port = free_port(), free_port()
    made = make_certificate(folder)
    ports = {"plain": plain_port, "tls": tls_port}
    config = folder / "dovecot.conf"
    config.write_text(_dovecot_config(folder, user.pw_name, ports, more, has_uses=has_uses))
    if os.geteuid() == 0:
        group = user.pw_gid
        for path in (folder, *folder.iterdir()):
            os.chown(path, user.pw_uid, group)
    with (folder / "said").open("wb") as said:
        server = subprocess.Popen(
            [_dovecot_program(), "-F", "-c", config],
            stdout=said,
            stderr=said,
            user=user.pw_uid if os.geteuid() == 0 else None,
            group=user.pw_gid if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
        )
    try:
        _wait_until_up(plain_port, server, folder)
        yield ImapServer(kind="dovecot", plain_port=plain_port, tls_port=tls_port, certificate=made)
    finally:
        server.terminate()
        server.wait(_START_SECONDS)
        shutil.rmtree(folder)


_PYMAP = """
from pysasl.hashing import BuiltinHash
BuiltinHash.__init__.__kwdefaults__["rounds"] = 1_000
from pymap.main import main
main()
"""
"""Its passwords are hashed half a million times at each login: a quarter of a second of ours."""


@contextmanager
def running_pymap() -> Iterator[ImapServer]:
    """pymap with one user, no TLS and no marked folders."""
    folder = Path(tempfile.mkdtemp(prefix="tend-imap-"))
    port = free_port()
    made = make_certificate(folder)
    command = [sys.executable, "-c", _PYMAP, "--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    with (folder / "said").open("wb") as log:
        server = subprocess.Popen(
            [*command, "dict", "--demo-data", "--demo-user", "rita", "--demo-password", PASSWORD],
            stdout=log,
            stderr=log,
        )
    try:
        _wait_until_up(port, server, folder)
        yield ImapServer(kind="pymap", plain_port=port, tls_port=0, certificate=made)
    finally:
        server.terminate()
        server.wait(_START_SECONDS)
        shutil.rmtree(folder)


def has_dovecot() -> bool:
    """Whether there is one whose configuration we can write."""
    program = _dovecot_program()
    if not program:
        return False
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return said.stdout.startswith("2.3.")


_running = ExitStack()
"""The servers of this process, ended with its tests."""


@cache
def dovecot_server() -> ImapServer:
    """This process's Dovecot, or what stands in for it."""
    return _running.enter_context(running_dovecot()) if has_dovecot() else pymap_server()


@cache
def pymap_server() -> ImapServer:
    """This process's pymap."""
    return _running.enter_context(running_pymap())


def pytest_sessionfinish() -> None:
    """End them."""
    _running.close()


def new_user(server: ImapServer) -> str:
    """A user with an empty mailbox: INBOX, Sent, Papierkorb, and Entwürfe for drafts."""
    if server.kind == "pymap":
        _empty_mailbox(server, "rita")
        return "rita"
    return f"rita{next(_USERS)}"


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _empty_mailbox(server: ImapServer, user: str) -> None:
    with imaplib.IMAP4("127.0.0.1", server.plain_port, timeout=10) as client:
        client.login(user, PASSWORD)
        client.create(DRAFTS_ON_WIRE)
        client.create(TRASH)
        for folder in ("INBOX", "Sent", TRASH, DRAFTS_ON_WIRE):
            client.select(folder)
            client.store("1:*", "+FLAGS.SILENT", r"(\Deleted)")
            client.expunge()


def _dovecot_program() -> str:
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or ""


def _dovecot_config(
    folder: Path, user: str, ports: Mapping[str, int], more: str, *, has_uses: bool
) -> str:
    uses = {DRAFTS: r"\Drafts", "Sent": r"\Sent", TRASH: r"\Trash"}
    names = [f"rita{number}" for number in range(1, 5_000)]
    users = "".join(f"{name}:{{PLAIN}}{PASSWORD}\n" for name in names)
    (folder / "users").write_text(users + f"{FOREIGN_USER}:{{PLAIN}}{FOREIGN_PASSWORD}\n")
    boxes = "\n".join(
        f"mailbox {name} {{\nauto = create\n{f'special_use = {use}' if has_uses else ''}\n}}"
        for name, use in uses.items()
    )
    owner = getpwnam(user)
    return Template(_DOVECOT).substitute(
        folder=folder,
        user=user,
        group=getgrgid(owner.pw_gid).gr_name,
        uid=owner.pw_uid,
        gid=owner.pw_gid,
        plain_port=ports["plain"],
        tls_port=ports["tls"],
        boxes=boxes,
        more=more,
    )


def _wait_until_up(port: int, server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            with imaplib.IMAP4("127.0.0.1", port, timeout=5) as client:
                client.noop()
        except (OSError, imaplib.IMAP4.error):
            if server.poll() is not None or time.monotonic() > deadline:
                logs = [path for path in (folder / "said", folder / "log") if path.exists()]
                told = "\n".join(path.read_text(errors="replace") for path in logs)
                pytest.fail(f"the IMAP server did not start: {told}")
            time.sleep(0.05)
        else:
            return
