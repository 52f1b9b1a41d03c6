"""What settings say of a Jira. `[tickets.NAME]` with `system = "jira"`."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator

_CUSTOM_FIELD = r"^(customfield_[0-9]{1,12})?$"
_ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)
ProjectKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,254}$")]


class JiraConfig(BaseModel):
    """One site and the key to it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    system: Literal["jira"] = "jira"
    url: str = Field(pattern=r"^https?://[^\s?#]+$")
    """The site's address, such as https://acme.atlassian.net; for a token with scopes
    https://api.atlassian.com/ex/jira/CLOUD-ID."""
    email: str = ""
    """Whose token it is, on Cloud; empty: the token stands alone (Data Center)."""
    token: SecretStr = Field(min_length=1)
    """API token (Cloud) or personal access token (Data Center)."""
    projects: tuple[ProjectKey, ...] = ()
    """Keys of the projects to be read; empty: all that the token may see."""
    jql: str = ""
    """A further condition on the issues that are read, without ORDER BY."""
    account_field: str = Field(default="", pattern=_CUSTOM_FIELD)
    """The custom field that names the account, such as customfield_10050."""
    organization_field: str = Field(default="", pattern=_CUSTOM_FIELD)
    """The field with the service desk's organisations; empty: it is found out."""

    @field_validator("jql")
    @classmethod
    def _only_a_condition(cls, jql: str) -> str:
        if _ORDER.search(jql):
            raise ValueError("must be a condition alone, without ORDER BY")
        return jql.strip()

    @field_validator("url")
    @classmethod
    def _without_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @property
    def scope(self) -> str:
        """The issues that are read, as JQL that is never without bounds."""
        parts = []
        if self.projects:
            keys = ", ".join(f'"{key}"' for key in self.projects)
            parts.append(f"project in ({keys})")
        if self.jql:
            parts.append(f"({self.jql})")
        return " AND ".join(parts) or 'created >= "1970-01-02 00:00"'
