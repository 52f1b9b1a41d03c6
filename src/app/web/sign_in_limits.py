"""How often one address, and one address with one e-mail, may try to sign in: in this process.

Longer waits, after wrong passwords in a row, are kept in the store; these stop a flood before it
costs a hash.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

from app.ports.limits import Budget
from app.services.limiter import LocalLimiter
from app.services.session_tokens import digest_of

_BY_CLIENT, _BY_BOTH = "address", "address and e-mail"
_BUDGETS = {
    _BY_CLIENT: Budget(calls=20, per_seconds=60, burst=15),
    _BY_BOTH: Budget(calls=6, per_seconds=60, burst=5),
}
_MOST_KNOWN = 20_000
"""Addresses are many and free: beyond so many all counts begin anew."""
_V6_SITE = 64
"""What one subscriber has of the new internet: all of it counts as one address."""


class SignInLimits:
    """Counts tries by a clock in seconds; to be asked from one running event loop."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._limiter = LocalLimiter(_BUDGETS, monotonic=seconds)
        self._known: set[str] = set()

    async def wait_seconds(self, client: str, email: str = "") -> float:
        """How long to wait before this try; 0: it is counted, and may be made."""
        site = site_of(client)
        wait = await self._ask(site, _BY_CLIENT)
        if wait or not email:
            return wait
        return await self._ask(f"{site} {digest_of(email)}", _BY_BOTH)

    async def _ask(self, who: str, of: str) -> float:
        if len(self._known) >= _MOST_KNOWN:
            self._limiter = LocalLimiter(_BUDGETS, monotonic=self._seconds)
            self._known = set()
        self._known.add(who)
        return (await self._limiter.ask(who, of)).wait_seconds


def site_of(client: str) -> str:
    """The address, or the network that it shares with everything else its owner has."""
    try:
        address = ip_address(client)
    except ValueError:
        return client
    if not isinstance(address, IPv6Address):
        return client
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), _V6_SITE), strict=False).network_address)
