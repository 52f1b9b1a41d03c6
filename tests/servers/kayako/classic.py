"""Kayako Classic: signed requests, lists in XML, pages by count and start."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

from tests.servers.desk import Asked, HelpDesk, Kind, Told

KEY, SECRET = "c9d160ae-made-up", "ZjQ3MWYx-made-up"
START = datetime(2026, 11, 1, 8, tzinfo=UTC)
STATUSES = {1: ("Offen", 0), 2: ("Wartet auf Kunde", 0), 3: ("Erledigt", 1)}
PRIORITIES = {1: "Low", 2: "Medium", 3: "High", 4: "Urgent", 5: "Tägliches"}
DEPARTMENTS = {1: ("Support", "tickets"), 2: ("Vertrieb", "tickets"), 3: ("Chat", "livechat")}

Ticket = dict[str, str]
_LIST = "/Tickets/Ticket/ListAll/"


class ClassicServer(HelpDesk):
    """One instance with one key. Every change moves its clock on by a minute.

    `recorded` are whole answers by their path, which go before what is made up.
    """

    def __init__(self, *, key: str = KEY, secret: str = SECRET) -> None:
        super().__init__()
        self.now = START
        self.tickets: dict[int, Ticket] = {}
        self.recorded: dict[str, bytes] = {}
        self.salts: set[str] = set()
        self.keeps_order = True
        """Whether it sorts as it is told; old versions do not know how."""
        self.ignores_start = False
        """Whether a recorded list comes again and again."""
        self._key, self._secret = key, secret

    def add_ticket(
        self, subject: str, *, status: int = 1, priority: int = 2, organization: int = 0,
        department: int = 1, email: str = "someone@customer.example", **more: str,
    ) -> int:  # fmt: skip
        """A ticket as old as the clock says; gives its id."""
        number = len(self.tickets) + 1
        self.tickets[number] = {
            "displayid": f"ABC-{number:03}-{10_000 + number}",
            "departmentid": str(department),
            "statusid": str(status),
            "priorityid": str(priority),
            "userorganization": f"Müller & Söhne {organization}" if organization else "",
            "userorganizationid": str(organization),
            "email": email,
            "subject": subject,
            "creationtime": str(int(self.now.timestamp())),
            "isescalated": "0",
            "tags": "",
            **more,
        }
        self.change(number)
        return number

    def change(self, number: int, **more: str) -> None:
        """Something happens to a ticket."""
        self.tickets[number].update(more)
        self.tickets[number]["lastactivity"] = str(int(self.now.timestamp()))
        self.now += timedelta(minutes=1)

    def delete(self, number: int) -> None:
        """A ticket is gone for good, and nothing tells of it."""
        del self.tickets[number]

    def answer(self, asked: Asked) -> Told:
        """What the API says; a salt that went through once goes through no more."""
        if not self._is_signed(asked):
            return Told(status=403, content=b"Invalid Signature", kind="text/html")
        path = asked.query.get("e", "").rstrip("/")
        recorded = self.recorded.get(path)
        if recorded is not None:
            return _xml(recorded)
        if path.startswith(_LIST):
            return _xml(self._listed(*path.removeprefix(_LIST).split("/")))
        found = _LOOKUPS.get(path)
        return _xml(found) if found else Told(status=404, content=b"Not found", kind="text/html")

    def limited(self) -> Told:
        """A proxy's answer: Classic itself limits nobody."""
        return Told(status=429, content=b"", headers=(("retry-after", "0"),))

    def _faulty(self, fault: Kind | None, asked: Asked) -> Told:
        if fault is None:
            told = super()._faulty(fault, asked)
            self.salts.add(asked.query.get("salt", ""))
            return told
        return super()._faulty(fault, asked)

    def _is_signed(self, asked: Asked) -> bool:
        salt = asked.query.get("salt", "")
        digest = hmac.new(self._secret.encode(), salt.encode(), hashlib.sha256).digest()
        signature = base64.b64encode(digest).decode()
        is_ours = asked.query.get("apikey") == self._key
        return bool(salt) and salt not in self.salts and is_ours and (
            hmac.compare_digest(asked.query.get("signature", "").encode(), signature.encode())
        )  # fmt: skip

    def _listed(
        self, departments: str, statuses: str, owners: str, users: str, count: str, start: str,
        field: str = "ticketid", order: str = "ASC",
    ) -> bytes:  # fmt: skip
        assert (owners, users) == ("-1", "-1")
        if _LIST in self.recorded:
            is_first = self.ignores_start or start == "0"
            return self.recorded[_LIST] if is_first else _document("tickets", "")
        rows = [
            (number, ticket)
            for number, ticket in sorted(self.tickets.items())
            if ticket["departmentid"] in departments.split(",")
            and (statuses == "-1" or ticket["statusid"] in statuses.split(","))
        ]
        if self.keeps_order and field == "lastactivity":
            rows.sort(key=lambda row: int(row[1]["lastactivity"]), reverse=order == "DESC")
        page = rows[int(start) : int(start) + int(count)]
        return _document("tickets", "".join(_ticket(number, one) for number, one in page))


def _ticket(number: int, ticket: Ticket) -> str:
    fields = "".join(f"<{name}>{_cdata(text)}</{name}>" for name, text in ticket.items())
    note = f"<note type={quoteattr('ticket')} id='1'>{escape('<b>not read</b>')}</note>"
    return f"<ticket id='{number}' flagtype='0'>{fields}<watcher staffid='1' />{note}</ticket>"


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _document(root: str, inside: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>{inside}</{root}>'.encode()


def _lookup(root: str, rows: dict[int, dict[str, str]]) -> bytes:
    name = {"ticketstatuses": "ticketstatus", "ticketpriorities": "ticketpriority"}.get(
        root, "department"
    )
    inside = "".join(
        f"<{name}><id>{number}</id>"
        + "".join(f"<{field}>{_cdata(text)}</{field}>" for field, text in row.items())
        + f"</{name}>"
        for number, row in rows.items()
    )
    return _document(root, inside)


def _xml(content: bytes) -> Told:
    return Told(content=content, kind="text/xml; charset=UTF-8")


_LOOKUPS = {
    "/Tickets/TicketStatus": _lookup(
        "ticketstatuses",
        {
            number: {"title": title, "markasresolved": str(resolved)}
            for number, (title, resolved) in STATUSES.items()
        },
    ),
    "/Tickets/TicketPriority": _lookup(
        "ticketpriorities",
        {
            number: {"title": title, "displayorder": str(number)}
            for number, title in PRIORITIES.items()
        },
    ),
    "/Base/Department": _lookup(
        "departments",
        {
            number: {"title": title, "module": module}
            for number, (title, module) in DEPARTMENTS.items()
        },
    ),
}
