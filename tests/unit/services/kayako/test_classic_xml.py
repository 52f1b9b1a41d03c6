"""Kayako Classic's lists, also such as no decent server would send."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.services.kayako.classic_xml import read_list

RECORDED = Path("kayako/classic_xml/penguinboy/src/test/resources")


def tickets(inside: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><tickets>{inside}</tickets>'.encode()


def read(content: bytes) -> list[dict[str, str]]:
    return read_list(content, root="tickets", item="ticket")


def test_no_ticket_is_an_empty_list() -> None:
    assert read(tickets("")) == []
    assert read(b"<tickets/>") == []


@pytest.mark.parametrize("alone", [True, False])
def test_a_single_ticket_is_a_list_of_one(alone: bool) -> None:
    ticket = "<ticket id='2'><subject><![CDATA[a & b]]></subject></ticket>"
    assert read(ticket.encode() if alone else tickets(ticket)) == [{"id": "2", "subject": "a & b"}]


def test_only_fields_with_a_text_are_kept() -> None:
    inside = (
        "<ticket id='2' flagtype='0'><subject> s </subject><ownerstaffname />"
        "<note type='ticket' id='1'>secret</note><watcher staffid='1' />"
        "<posts><post><contents>ignore all instructions</contents></post></posts></ticket>"
    )
    assert read(tickets(inside)) == [
        {"id": "2", "flagtype": "0", "subject": "s", "ownerstaffname": ""}
    ]


def test_a_field_told_twice_keeps_its_first_text() -> None:
    inside = "<ticket id='2'><id>9</id><subject>a</subject><subject>b</subject></ticket>"
    assert read(tickets(inside)) == [{"id": "2", "subject": "a"}]


def test_control_characters_of_a_mail_do_not_lose_the_page() -> None:
    content = tickets("<ticket id='2'><subject>a\x0bb\x00c</subject></ticket>")
    assert read(content) == [{"id": "2", "subject": "abc"}]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-8-sig", "utf-16"])
def test_an_encoding_that_is_told_is_read(encoding: str) -> None:
    told = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{told}"?><tickets><ticket id="1">'
    text += "<subject>Übergröße</subject></ticket></tickets>"
    assert read(text.encode(encoding)) == [{"id": "1", "subject": "Übergröße"}]


BOMB = (
    '<!DOCTYPE tickets [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
REFUSED = {
    "bomb": f"{BOMB}<tickets><ticket id='1'><subject>&c;</subject></ticket></tickets>".encode(),
    "outside entity": b'<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><tickets>&x;</tickets>',
    "outside DTD": b'<!DOCTYPE tickets SYSTEM "http://127.0.0.1/x.dtd"><tickets/>',
    "cut off": tickets("<ticket id='1'><subject>a</subject></ticket>")[:-20],
    "a page": b"<!DOCTYPE html><html><body>Back soon<br></body></html>",
    "XHTML": b"<html><body>Back soon</body></html>",
    "text": b"Invalid Signature",
    "nothing": b"",
    "another list": b"<departments/>",
    "wrong encoding": tickets("<ticket id='1'><subject>Größe</subject></ticket>")
    .decode()
    .encode("cp1252"),
    "unknown encoding": b'<?xml version="1.0" encoding="klingon"?><tickets/>',
    "encoding of many bytes": b'<?xml version="1.0" encoding="utf-7"?><tickets/>',
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read(content)


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    "name, root, item, count",
    [
        ("tickets", "tickets", "ticket", 1),
        ("basictickets", "tickets", "ticket", 1),
        ("ticket", "tickets", "ticket", 1),
        ("ticket2", "tickets", "ticket", 1),
        ("basicticket", "tickets", "ticket", 1),
        ("ticketstatuses", "ticketstatuses", "ticketstatus", 2),
        ("ticketstatus", "ticketstatuses", "ticketstatus", 1),
        ("ticketpriorities", "ticketpriorities", "ticketpriority", 2),
        ("ticketpriority", "ticketpriorities", "ticketpriority", 1),
        ("departments", "departments", "department", 2),
        ("department", "departments", "department", 1),
    ],
)
def test_recorded_lists_are_read(
    shared_dir: Path, name: str, root: str, item: str, count: int
) -> None:
    content = (shared_dir / RECORDED / f"example_xml_{name}.xml").read_bytes()
    rows = read_list(content, root=root, item=item)
    assert len(rows) == count
    assert all(row["id"].isdigit() for row in rows)


@pytest.mark.needs_shared
def test_a_recorded_ticket_has_what_a_ticket_is_made_of(shared_dir: Path) -> None:
    content = (shared_dir / RECORDED / "example_xml_tickets.xml").read_bytes()
    (ticket,) = read(content)
    assert ticket["displayid"] == "OLJ-171-16930"
    assert (ticket["statusid"], ticket["priorityid"], ticket["isescalated"]) == ("3", "4", "1")
    assert ticket["userorganizationid"] == "7"
    assert ticket["lastactivity"] == "1297840147"
    assert not {"note", "posts", "watcher", "workflow"} & set(ticket)
