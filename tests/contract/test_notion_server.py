"""The Notion test server keeps the remote's rules, as its documents and the facts tell them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from tests.servers.notion import TOKEN, Fault, Kind, Mix, NotionServer, plain_value
from tests.servers.notion.shapes import NEWEST, Json

API = "https://api.notion.com"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Notion-Version": NEWEST}
COLUMNS = {"Name": "title", "Key": "rich_text", "Tier": "select", "Stage": "status", "N": "number"}


class Bench:
    """A server with an Accounts database, and a client of it."""

    def __init__(self, server: NotionServer) -> None:
        self.server = server
        self.root = server.seed.page("CRM")
        self.database, self.source = server.seed.database("Accounts", COLUMNS, under=self.root)

    def ask(self, method: str, path: str, body: Json = None) -> httpx.Response:
        return self.send(httpx.Request(method, f"{API}/v1/{path}", json=body, headers=HEADERS))

    def send(self, request: httpx.Request) -> httpx.Response:
        async def sent() -> httpx.Response:
            async with httpx.AsyncClient(transport=self.server.transport()) as client:
                return await client.send(request)

        return asyncio.run(sent())

    def query(self, **body: Json) -> Json:
        answer = self.ask("POST", f"data_sources/{self.source}/query", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def names(self, **body: Json) -> list[str]:
        rows = self.query(**body)["results"]
        return [row["properties"]["Name"]["title"][0]["plain_text"] for row in rows]

    def append(self, page: str, *children: Json, **more: Json) -> httpx.Response:
        body = {"children": list(children), **more}
        return self.ask("PATCH", f"blocks/{page}/children", body)

    def row(self, name: str, **values: Json) -> str:
        return self.server.seed.row(self.source, {"Name": name, **values})


@pytest.fixture
def bench() -> Bench:
    return Bench(NotionServer(is_strict=False))


def paragraph(text: str, *children: Json) -> Json:
    inner = {"children": list(children)} if children else {}
    return {"type": "paragraph", "paragraph": {"rich_text": [{"text": {"content": text}}], **inner}}


def titled(name: str) -> Json:
    return {"Name": {"title": [{"text": {"content": name}}]}}


def test_a_select_learns_an_option_and_a_status_refuses_one(bench: Bench) -> None:
    row = bench.row("Acme")
    chosen = {"Tier": {"select": {"name": "Gold"}}}
    assert (bench.ask("PATCH", f"pages/{row}", {"properties": chosen})).status_code == 200
    source = (bench.ask("GET", f"data_sources/{bench.source}")).json()
    assert [one["name"] for one in source["properties"]["Tier"]["select"]["options"]] == ["Gold"]
    refused = bench.ask(
        "PATCH", f"pages/{row}", {"properties": {"Stage": {"status": {"name": "Nowhere"}}}}
    )
    assert (refused.status_code, refused.json()["code"]) == (400, "validation_error")


def test_an_unknown_property_changes_nothing_of_the_row(bench: Bench) -> None:
    row = bench.row("Acme", N=1)
    body = {"properties": {"N": {"number": 2}, "Nope": {"number": 1}}}
    assert (bench.ask("PATCH", f"pages/{row}", body)).status_code == 400
    assert plain_value(bench.server.world, row, "N") == 1


def test_rows_are_filtered_sorted_and_paged(bench: Bench) -> None:
    for number in range(5):
        bench.row(f"Account {number}", N=number, Key=f"A-{number}")
    assert bench.names(filter={"property": "Key", "rich_text": {"equals": "A-3"}}) == ["Account 3"]
    above = {"property": "N", "number": {"greater_than": 0}}
    below = {"or": [{"property": "N", "number": {"less_than": 3}}]}
    sorts = [{"property": "N", "direction": "ascending"}]
    first = bench.query(filter={"and": [above, below]}, sorts=sorts, page_size=1)
    assert first["has_more"]
    rest = bench.names(
        filter={"and": [above, below]}, sorts=sorts, start_cursor=first["next_cursor"]
    )
    assert rest == ["Account 2"]
    refused = bench.ask("POST", f"data_sources/{bench.source}/query", {"start_cursor": "s:none"})
    assert refused.json()["message"].startswith("The start_cursor provided is invalid:")


def test_a_time_is_of_whole_minutes_and_overlaps_with_itself(bench: Bench) -> None:
    bench.server.now = datetime(2026, 11, 2, 9, 0, 59, tzinfo=UTC)
    row = bench.row("Acme")
    shown = (bench.ask("GET", f"pages/{row}")).json()
    assert shown["created_time"] == "2026-11-02T09:00:00.000Z"
    for since, found in (("09:00:30", ["Acme"]), ("09:01:00", [])):
        stamp = {"on_or_after": f"2026-11-02T{since}Z"}
        asked = {"timestamp": "last_edited_time", "last_edited_time": stamp}
        assert bench.names(filter=asked) == found


def test_more_rows_than_the_limit_are_cut_and_every_page_says_so(bench: Bench) -> None:
    bench.server.querying.row_limit = 3
    for number in range(5):
        bench.row(f"Account {number}")
    first = bench.query(page_size=2)
    last = bench.query(page_size=2, start_cursor=first["next_cursor"])
    said = {"type": "incomplete", "incomplete_reason": "query_result_limit_reached"}
    assert [page["request_status"] for page in (first, last)] == [said, said]
    assert (len(last["results"]), last["has_more"]) == (1, False)


def test_a_page_shows_25_relations_and_the_property_all_of_them(bench: Bench) -> None:
    related = [bench.row(f"Account {number}") for number in range(30)]
    target = {"relation": {"data_source_id": bench.source, "single_property": {}}}
    _, tickets = bench.server.seed.database(
        "Tickets", {"Title": "title", "Accounts": target}, under=bench.root
    )
    row = bench.server.seed.row(tickets, {"Title": "T-1", "Accounts": related})
    shown = (bench.ask("GET", f"pages/{row}")).json()["properties"]["Accounts"]
    assert (len(shown["relation"]), shown["has_more"]) == (25, True)
    whole = (bench.ask("GET", f"pages/{row}/properties/{shown['id']}")).json()
    assert [one["relation"]["id"] for one in whole["results"]] == related


def test_blocks_appended_at_a_position_come_back_with_the_siblings_behind(
    bench: Bench,
) -> None:
    page = bench.server.seed.page("Profile")
    first = (bench.append(page, paragraph("one"), paragraph("three"))).json()["results"]
    after = {"type": "after_block", "after_block": {"id": first[0]["id"]}}
    answer = (bench.append(page, paragraph("two"), position=after)).json()["results"]
    said = [one["paragraph"]["rich_text"][0]["plain_text"] for one in answer]
    assert said == ["two", "three"]


@pytest.mark.parametrize(
    "children",
    [
        [paragraph("x")] * 101,
        [paragraph("x" * 2001)],
        [paragraph("1", paragraph("2", paragraph("3", paragraph("4"))))],
        [{"type": "nothing", "nothing": {}}],
    ],
    ids=["101 blocks", "2,001 signs", "four levels", "an unknown kind"],
)
def test_what_is_too_much_for_one_request_is_refused_whole(
    bench: Bench, children: list[Json]
) -> None:
    page = bench.server.seed.page("Profile")
    refused = bench.append(page, paragraph("kept out"), *children)
    assert (refused.status_code, refused.json()["code"]) == (400, "validation_error")
    assert bench.server.world.living(page) == []


def test_a_write_that_answers_503_after_saving_names_what_it_saved(bench: Bench) -> None:
    late = Fault(kind=Kind.UNAVAILABLE, method="POST", path="^pages$", is_late=True)
    bench.server.go_wrong(late)
    body = {"parent": {"data_source_id": bench.source}, "properties": titled("Acme")}
    answer = bench.ask("POST", "pages", body)
    committed = answer.json()["additional_data"]["committed_resource_id"]
    assert answer.status_code == 503
    assert (bench.ask("GET", f"pages/{committed}")).status_code == 200
    appended = Fault(kind=Kind.UNAVAILABLE, method="PATCH", path="children$", is_late=True)
    bench.server.go_wrong(appended)
    told = (bench.append(committed, paragraph("x"))).json()["additional_data"]
    assert told["committed_resource_id"] == committed
    assert told["committed_child_ids"] == bench.server.world.children[committed]


def test_a_write_that_fails_before_saving_leaves_nothing(bench: Bench) -> None:
    kinds = (Kind.INTERNAL, Kind.BAD_GATEWAY, Kind.UNAVAILABLE, Kind.OVERLOADED)
    bench.server.go_wrong(*(Fault(kind=kind) for kind in kinds))
    body = {"parent": {"data_source_id": bench.source}, "properties": titled("Acme")}
    statuses = [(bench.ask("POST", "pages", body)).status_code for _ in kinds]
    assert statuses == [500, 502, 503, 529]
    assert (bench.query())["results"] == []
    assert [one.is_saved for one in bench.server.heard("POST", "pages")] == [False] * 4


def test_a_broken_connection_and_a_silence_are_met_as_such(bench: Bench) -> None:
    bench.server.go_wrong(Fault(kind=Kind.RESET), Fault(kind=Kind.SILENT))
    with pytest.raises(httpx.ReadError):
        bench.ask("GET", "users/me")
    with pytest.raises(httpx.ReadTimeout):
        bench.ask("GET", "users/me")


def test_a_token_revoked_half_way_is_refused_from_then_on(bench: Bench) -> None:
    bench.server.go_wrong(Fault(kind=Kind.REVOKED))
    for _ in range(2):
        refused = bench.ask("GET", "users/me")
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthorized")


def test_a_share_of_all_requests_goes_wrong(bench: Bench) -> None:
    bench.server.go_wrong(mix=Mix(share=0.5, faults=(Fault(kind=Kind.RATE_LIMITED),)))
    statuses = {(bench.ask("GET", "users/me")).status_code for _ in range(20)}
    assert statuses == {200, 429}


def test_a_budget_is_spent_in_one_window_and_back_in_the_next() -> None:
    passed = [10.0]
    bench = Bench(NotionServer(per_minute=2, seconds=lambda: passed[0]))
    answers = [bench.ask("GET", "users/me") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["retry-after"] == "60"
    told = answers[2].json()["additional_data"]
    assert told["rate_limit_reason"] == "public_api_request_rate_limit"
    passed[0] = 70.0
    assert bench.ask("GET", "users/me").status_code == 200


def test_the_newest_version_does_not_know_archived(bench: Bench) -> None:
    row = bench.row("Acme")
    assert (bench.ask("PATCH", f"pages/{row}", {"archived": True})).status_code == 400
    assert (bench.ask("PATCH", f"pages/{row}", {"in_trash": True})).status_code == 200
    assert (bench.ask("GET", f"pages/{row}")).json()["in_trash"] is True
    assert (bench.query())["results"] == []


def test_an_uploaded_picture_can_be_put_into_a_page(bench: Bench) -> None:
    page = bench.server.seed.page("Review")
    begun = (bench.ask("POST", "file_uploads", {"filename": "chart.png"})).json()
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    form = {"file": ("chart.png", picture, "image/png")}
    address = f"{API}/v1/file_uploads/{begun['id']}/send"
    sent = bench.send(httpx.Request("POST", address, files=form, headers=HEADERS))
    assert (sent.json()["status"], sent.json()["content_length"]) == ("uploaded", len(picture))
    image = {"type": "file_upload", "file_upload": {"id": begun["id"]}}
    shown = (bench.append(page, {"image": image})).json()["results"][0]["image"]
    assert shown["type"] == "file"


def test_over_a_socket_it_answers_the_same_and_breaks_off_the_same() -> None:
    server = NotionServer()
    page = server.seed.page("CRM")
    with server.serving() as address, httpx.Client(base_url=address, headers=HEADERS) as client:
        assert client.get(f"/v1/pages/{page}").json()["id"] == page
        server.go_wrong(Fault(kind=Kind.RESET))
        with pytest.raises(httpx.TransportError):
            client.get(f"/v1/pages/{page}")
        assert client.get(f"/v1/pages/{page}").status_code == 200
