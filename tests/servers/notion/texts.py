"""Rich text as it is sent and as it comes back."""

from __future__ import annotations

from tests.servers.notion.shapes import Json, invalid
from tests.servers.notion.world import Database, Page, Source, World

_PLAIN = {
    "bold": False,
    "italic": False,
    "strikethrough": False,
    "underline": False,
    "code": False,
    "color": "default",
}


def rich_text(world: World, given: Json, where: str) -> list[Json]:
    """Every run of the text, whole."""
    if not isinstance(given, list):
        raise invalid(
            f"body failed validation: {where} should be an array, instead was `{given!r:.60}`."
        )
    runs = [_run(world, run, f"{where}[{index}]") for index, run in enumerate(given)]
    return _joined([run for run in runs if run["plain_text"] or run["type"] != "text"])


def plain(text: Json) -> str:
    """What is read."""
    return "".join(run["plain_text"] for run in text)


def text_of(content: str) -> list[Json]:
    """A text without any form."""
    return (
        [_shown("text", {"content": content, "link": None}, content, None, {})] if content else []
    )


def _joined(runs: list[Json]) -> list[Json]:
    """Neighbours of one look and one link come back as one run."""
    found: list[Json] = []
    for run in runs:
        before = found[-1] if found else None
        if before and _look(before) == _look(run) and run["type"] == "text":
            said = before["plain_text"] + run["plain_text"]
            before["plain_text"] = before["text"]["content"] = said
        else:
            found.append(run)
    return found


def _look(run: Json) -> Json:
    return run["type"], run["annotations"], run["href"]


def _run(world: World, run: Json, where: str) -> Json:
    if not isinstance(run, dict):
        raise invalid(f"body failed validation: {where} should be an object.")
    looks = run.get("annotations") or {}
    kind = run.get("type") or next((k for k in ("text", "mention", "equation") if k in run), "")
    if kind not in {"text", "mention", "equation"} or not isinstance(run.get(kind), dict):
        raise invalid(
            f"body failed validation: {where}.text should be defined, instead was `undefined`."
        )
    if kind == "equation":
        said = run["equation"]["expression"]
        return _shown(kind, {"expression": said}, said, None, looks)
    if kind == "mention":
        mention, said, href = _mention(world, run["mention"])
        return _shown(kind, mention, said, href, looks)
    said = run["text"].get("content")
    if not isinstance(said, str):
        raise invalid(
            f"body failed validation: {where}.text.content should be a string, "
            f"instead was `{said!r}`."
        )
    link = run["text"].get("link")
    url = link["url"] if link else None
    shown = {"content": said, "link": {"url": url} if link else None}
    return _shown(kind, shown, said, url, looks)


def _shown(kind: str, value: Json, said: str, href: str | None, looks: Json) -> Json:
    return {
        "type": kind,
        kind: value,
        "annotations": {**_PLAIN, **looks},
        "plain_text": said,
        "href": href,
    }


def _mention(world: World, given: Json) -> tuple[Json, str, str | None]:
    kind = given.get("type") or next(iter(given))
    if kind == "user":
        known = world.users.get(given["user"]["id"])
        if known is None:
            raise world.missing("user", given["user"]["id"])
        return {"type": kind, kind: mentioned(known)}, f"@{known['name']}", None
    if kind == "date":
        date = {"start": given["date"]["start"], "end": None, "time_zone": None, **given["date"]}
        said = date["start"] if not date["end"] else f"{date['start']} → {date['end']}"
        return {"type": kind, kind: date}, said, None
    if kind in {"page", "database", "data_source"}:
        node = world.nodes.get(given[kind]["id"])
        said = "Untitled"
        if isinstance(node, Page):
            said = plain(node.values.get("title", [])) or said
        elif isinstance(node, Database | Source):
            said = plain(node.title) or said
        address = "https://app.notion.com/p/" + given[kind]["id"].replace("-", "")
        return {"type": kind, kind: {"id": given[kind]["id"]}}, said, address
    return {"type": kind, kind: given[kind]}, "", None


def mentioned(known: Json) -> Json:
    """A user as others show them: without what only they themselves are told."""
    shown = {key: known[key] for key in ("object", "id", "name", "avatar_url", "type")}
    if known["type"] == "bot":
        return {**shown, "bot": {}}
    return {**shown, "person": {"email": known["person"]["email"]}}
