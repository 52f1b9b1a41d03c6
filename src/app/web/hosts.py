"""By which names the dashboard is asked: another name for our address is somebody's trick.

A page of a stranger can have its own name point at this machine; the Host header gives it away.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def is_loopback(host: str) -> bool:
    """Whether an address or name of `--host` is reached from this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def our_hosts(host: str, dashboard_url: str) -> Callable[[str], bool]:
    """Which Host headers are ours: on loopback its names, and that of `dashboard_url`.

    A service that others reach is asked by whatever name they have for it, unless `dashboard_url`
    says which.
    """
    told = (urlsplit(dashboard_url).hostname or "").lower()
    known = {told, host.lower(), *_LOCAL} - {""}
    is_open = not is_loopback(host) and not told

    def is_ours(header: str) -> bool:
        name = name_in(header)
        return bool(name) and (is_open or name in known)

    return is_ours


def name_in(header: str) -> str:
    """The name in a Host header; empty: it is none."""
    if not header.isascii() or not header.isprintable() or set(header) & set("/\\@?# "):
        return ""
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:  # a bracket that does not close
        return ""
