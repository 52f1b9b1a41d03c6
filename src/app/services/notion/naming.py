"""What people are called who edited something in Notion: their address, else their name.

A connection may have no right to know; then they all go by one word.
"""

from __future__ import annotations

from app.errors import InvalidInput, ServiceError
from app.services.notion.client import NotionApi
from app.services.plain_text import one_line

STRANGER = "Notion"
_MOST_NAME = 120


class UserNames:
    """Names of users, each asked for once."""

    def __init__(self, *, api: NotionApi) -> None:
        self._api = api
        self._known: dict[str, str] = {}

    async def of(self, user_id: str) -> str:
        """Who a user is, for people to read."""
        if user_id not in self._known:
            self._known[user_id] = await self._asked(user_id)
        return self._known[user_id]

    async def _asked(self, user_id: str) -> str:
        try:
            user = await self._api.users.retrieve(user_id)
        except (ServiceError, InvalidInput):
            return STRANGER
        person = user.get("person")
        email = person.get("email") if isinstance(person, dict) else None
        name = email if isinstance(email, str) and email else user.get("name")
        return one_line(name, _MOST_NAME) if isinstance(name, str) and name.strip() else STRANGER
