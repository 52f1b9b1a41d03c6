"""Asking for what is known to be shown: after a scan, or because a person wants it now.

It knows no Notion, so that whoever asks need not load it.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from app.domain.flow import FlowAsk, FlowName


class PublishArgument(BaseModel):
    """What a publish flow is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account_ids: tuple[str, ...] | None = None
    """These accounts and their pages; None: everything."""
    anew: bool = False
    """Make rows of these accounts again that a person took away."""


def publish_ask(
    tenant_id: str,
    request_id: str,
    *,
    account_ids: Sequence[str] | None = None,
    anew: bool = False,
) -> FlowAsk:
    """Have what Tend knows shown; once per request, which may be a scan's flow."""
    own = request_id.removeprefix(f"{tenant_id}:")
    return FlowAsk(
        tenant_id=tenant_id,
        flow=FlowName.PUBLISH,
        flow_id=f"{tenant_id}:publish:{own}",
        argument={
            "account_ids": None if account_ids is None else list(account_ids),
            "anew": anew,
        },
    )
