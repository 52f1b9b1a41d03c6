"""Stateful Kayakos of our own: the new one (JSON, sessions) and Classic (XML, signatures).

Built from the documented envelope and from recorded XML; their data are made up::

    server = KayakoServer()
    server.add_case("Export fails", organization=7, level=4)
    with server.serving() as address: …          # paths under /api/v1
    server.end_sessions()                        # the next call must log in again
    server.asks_for_code = True                  # MFA: OTP_EXPECTED

    classic = ClassicServer()
    classic.add_ticket("Export fails", status=1, priority=4)
    with classic.serving() as address: …         # /api/index.php?e=/Tickets/…
"""

from tests.servers.kayako.classic import ClassicServer
from tests.servers.kayako.server import KayakoServer

__all__ = ["ClassicServer", "KayakoServer"]
