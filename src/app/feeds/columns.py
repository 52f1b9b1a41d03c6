"""The columns of each kind of file: how a cell is read, and what else people call the column.

Names are the fields of the facts' dataclasses; `accounts` also takes the current contract's columns
and the account's ids in other systems.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from app.domain.fact_rows import FACT_SHAPES, FactValue
from app.domain.feed import FactKind
from app.feeds.account_columns import ACCOUNT_COLUMNS
from app.feeds.activity_columns import ACTIVITY_COLUMNS
from app.feeds.column import Column

COLUMNS: Mapping[FactKind, tuple[Column, ...]] = {**ACCOUNT_COLUMNS, **ACTIVITY_COLUMNS}


def defaults_of(kind: FactKind) -> Mapping[str, FactValue]:
    """What an empty cell of each optional column means: the field's own default."""
    found: dict[str, FactValue] = {column.name: None for column in COLUMNS[kind]}
    for field in dataclasses.fields(FACT_SHAPES[kind].fact):
        if field.name in found and field.default is not dataclasses.MISSING:
            found[field.name] = field.default
    return found
