"""Which of a mailbox's folders is which."""

from __future__ import annotations

import pytest

from app.errors import AccessExpired, TransientServiceError
from app.services.imap.config import ImapConfig
from app.services.imap.folders import Folders, Listed, folders_of


def config(**more: str) -> ImapConfig:
    return ImapConfig.model_validate(
        {
            "host": "mail.example",
            "accounts": {"r@x.example": {"user": "r", "password": "p"}},
            **more,
        }
    )


def listed(*names: str, separator: str = "/") -> list[Listed]:
    return [Listed(name=name, separator=separator) for name in names]


def test_the_servers_own_marks_stand_before_names() -> None:
    folders = [
        Listed(name="INBOX"),
        Listed(name="Drafts"),
        Listed(name="Ideen", uses=frozenset({"\\drafts"})),
        Listed(name="Raus", uses=frozenset({"\\sent"})),
        Listed(name="Weg", uses=frozenset({"\\trash"})),
        Listed(name="Alles", uses=frozenset({"\\all"})),
    ]
    assert folders_of(folders, config()) == Folders(
        drafts="Ideen", sent=("Raus",), trash=("Weg",), everything=("Alles",)
    )


@pytest.mark.parametrize(
    "name",
    [
        *("Drafts", "INBOX.Drafts", "[Gmail].Entwürfe", "brouillons", "Черновики", "下書き"),
        *("Entwu\u0308rfe", "WERSJE ROBOCZE", "Concepten", "임시 보관함", "Bozze"),
    ],
)
def test_a_usual_name_will_do_in_any_language(name: str) -> None:
    assert folders_of(listed("INBOX", name, separator="."), config()).drafts == name


def test_of_two_the_one_that_is_not_in_another_folder_is_taken() -> None:
    folders = listed("INBOX", "Old/Drafts", "Drafts", "Sent", "Archive/2020/Sent")
    found = folders_of(folders, config())
    assert found.drafts == "Drafts"
    assert found.sent == ("Sent", "Archive/2020/Sent")


def test_settings_stand_before_marks() -> None:
    folders = [Listed(name="Drafts", uses=frozenset({"\\drafts"})), Listed(name="Tend")]
    found = folders_of(folders, config(drafts_folder="tend"))
    assert found.drafts == "Tend"


def test_a_folder_that_cannot_be_opened_is_none() -> None:
    folders = [Listed(name="INBOX"), Listed(name="Drafts", opens=False)]
    with pytest.raises(AccessExpired, match="no drafts folder; set drafts_folder to one of: INBOX"):
        folders_of(folders, config())


def test_what_settings_name_must_be_there() -> None:
    with pytest.raises(AccessExpired, match=r"no folder 'Tend'.*: INBOX, Drafts"):
        folders_of(listed("INBOX", "Drafts"), config(drafts_folder="Tend"))


def test_of_very_many_folders_some_are_named() -> None:
    many = listed(*(f"F{number}" for number in range(40)))
    with pytest.raises(AccessExpired, match="F29 and 10 more"):
        folders_of(many, config())


def test_no_folder_at_all_is_the_servers_trouble() -> None:
    with pytest.raises(TransientServiceError):
        folders_of([], config())
