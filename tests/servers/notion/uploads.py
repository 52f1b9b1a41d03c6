"""Files: those elsewhere, those sent here, and what an object says of them."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import HTTP
from mimetypes import guess_type

from tests.servers.notion.shapes import Json, invalid, minute, user
from tests.servers.notion.world import Upload, World

_KEPT_FOR = timedelta(hours=1)
_MOST_BYTES = 20 * 1024 * 1024
_STORED_AT = "https://prod-files-secure.s3.us-west-2.amazonaws.com"


def begin(world: World, body: Json) -> Upload:
    """A file will be sent."""
    mode = body.get("mode", "single_part")
    if mode not in {"single_part", "external_url"}:
        raise invalid(f"body failed validation: body.mode `{mode}` is not taken here.")
    upload = Upload(
        id=world.new_id(),
        parent={"type": "workspace", "workspace": True},
        filename=body.get("filename"),
        content_type=body.get("content_type") or guess_type(body.get("filename") or "")[0],
        mode=mode,
        **world.age(),
    )
    world.keep(upload)
    return upload


def send(world: World, upload: Upload, content_type: str, content: bytes) -> None:
    """The file's bytes, as a multipart form with the part `file`."""
    if upload.status != "pending":
        raise invalid(f"File upload {upload.id} is not pending: {upload.status}.")
    form = message_from_bytes(
        b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + content, policy=HTTP
    )
    for part in form.walk():
        if part.get_param("name", header="content-disposition") == "file":
            sent = part.get_payload(decode=True)
            assert isinstance(sent, bytes)
            if len(sent) > _MOST_BYTES:
                raise invalid("body failed validation: body.file is larger than 20 MB.")
            upload.content = sent
            upload.filename = upload.filename or part.get_filename()
            upload.content_type = upload.content_type or part.get_content_type()
            upload.status = "uploaded"
            world.touch(upload)
            return
    raise invalid("body failed validation: body.file should be defined, instead was `undefined`.")


def shown(world: World, upload: Upload, api: str) -> Json:
    """The file upload's object; `api` is the address of the server."""
    sent = len(upload.content) if upload.content is not None else None
    found = {
        "object": "file_upload",
        "id": upload.id,
        "created_time": minute(upload.created),
        "created_by": {"id": user(upload.created_by)["id"], "type": "bot"},
        "last_edited_time": minute(upload.edited),
        "expiry_time": minute(upload.created + _KEPT_FOR),
        "upload_url": f"{api}/v1/file_uploads/{upload.id}/send",
        "in_trash": upload.in_trash,
        "status": upload.status,
        "filename": upload.filename,
        "content_type": upload.content_type,
        "content_length": sent,
    }
    if upload.status != "pending":
        del found["upload_url"]
    return found


def file_kept(world: World, given: Json) -> Json:
    """What is kept of a file in a body."""
    kind = given.get("type") or next(
        (k for k in ("external", "file_upload", "file", "emoji", "custom_emoji") if k in given), ""
    )
    if kind == "file_upload":
        upload = world.find(Upload, given[kind].get("id", ""), "file upload")
        if upload.status != "uploaded" or _has_expired(world, upload):
            raise invalid(f"File upload {upload.id} is not uploaded, or has expired.")
        return {"type": kind, kind: {"id": upload.id}, "name": upload.filename}
    if kind == "external":
        return {"type": kind, kind: {"url": given[kind]["url"]}}
    if kind not in given:
        raise invalid("body failed validation: file should have a type that is known.")
    return {"type": kind, kind: given[kind]}


def file_shown(world: World, kept: Json) -> Json:
    """As an object shows it: what was sent here lies at an address of an hour's life."""
    if kept["type"] != "file_upload":
        return kept
    upload = world.find(Upload, kept["file_upload"]["id"], "file upload")
    place = f"{_STORED_AT}/{world.bot}/{upload.id}/{upload.filename or 'file'}"
    file = {"url": place, "expiry_time": minute(world.now + _KEPT_FOR)}
    found = {key: value for key, value in kept.items() if key not in {"type", "file_upload"}}
    return {**found, "type": "file", "file": file}


def _has_expired(world: World, upload: Upload) -> bool:
    return world.now > upload.created + _KEPT_FOR and upload.mode == "single_part"
