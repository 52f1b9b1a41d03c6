"""Where a request comes from, in words that can be kept: an address, and which browser it says.

What a browser says of itself is any text: only words of ours are taken from it.
"""

from __future__ import annotations

from fastapi import Request

from app.domain.web_session import Origin
from app.services.plain_text import one_line

_ADDRESS = 60
"""Characters of a client's address: what a proxy passes on may be any text."""
_PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
"""The first that is named: most name those as well that they want to pass for."""
_SYSTEMS = (
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def origin_of(request: Request) -> Origin:
    """The address that the request came from, and the browser."""
    client = "" if request.client is None else one_line(request.client.host, _ADDRESS)
    return Origin(client=client, browser=browser_in(request.headers.get("user-agent", "")))


def browser_in(agent: str) -> str:
    """Such as `Firefox on Linux`; empty: it names none that we know."""
    program = next((name for sign, name in _PROGRAMS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return f"{program} on {system}" if program and system else program or system
