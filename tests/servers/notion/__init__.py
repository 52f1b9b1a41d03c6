"""A stateful Notion: our own test server of its API, held to recorded traffic of the real one.

In process, without a socket, or over one::

    server = NotionServer()                      # token "ntn_test", version 2026-03-11
    async with httpx.AsyncClient(transport=server.transport(), base_url="https://api.notion.com",
                                 headers={"Authorization": "Bearer ntn_test"}) as client: …
    with server.serving() as address: …          # "http://127.0.0.1:<port>", paths under /v1/

Fill it, without a request (`server.seed`, see `seeding.py`)::

    root = server.seed.page("CRM")
    database, source = server.seed.database("Accounts", {"Name": "title", "Tier": "select",
        "Owner": {"relation": {"data_source_id": other, "dual_property": {}}}}, under=root)
    row = server.seed.row(source, {"Name": "Acme", "Tier": "Gold"})
    person = server.seed.person("Ada", "ada@example.com")
    server.seed.edit(row, {"Tier": "Silver"}, by=person)          # by hand
    server.seed.blocks(page, [{"paragraph": {"rich_text": []}}], by=person, at=0)

Look into it: `server.world` (nodes, children, rows), `plain_value(server.world, row, "Tier")`,
`server.heard("PATCH", "pages/")` and `server.log`: every request with its body, answer, fault and
whether it was saved. Time stands still: `server.now = …`, `server.advance(minutes=1)`.

Make it fail: `server.go_wrong(Fault(kind=Kind.UNAVAILABLE, method="POST", path="^pages$",
is_late=True))` for the next such request, `server.go_wrong(mix=Mix(share=0.2, faults=(…)))` for a
share of all; `is_late` saves first. `NotionServer(per_minute=180)` is a budget of a connection per
60 s of `seconds`, a clock of its own; `server.querying.row_limit` is the 10,000-row cut.
Every request is held against Notion's own schemas, and one that they refuse fails its test; a test
that means to send such a request says `NotionServer(is_strict=False)`.
`server.connections[TOKEN].is_revoked = True` makes every answer 401; further tokens go there too.
"""

from tests.servers.notion.faults import Connection, Fault, Kind, Mix
from tests.servers.notion.seeding import edit_block, plain_value
from tests.servers.notion.server import TOKEN, Heard, NotionServer

__all__ = [
    "TOKEN",
    "Connection",
    "Fault",
    "Heard",
    "Kind",
    "Mix",
    "NotionServer",
    "edit_block",
    "plain_value",
]
