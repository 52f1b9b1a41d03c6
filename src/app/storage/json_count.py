"""How many members a list in JSON text has, counted by the database: long lists stay there.

Both databases can, by functions of their own. Nothing is counted of what is absent.
"""

from __future__ import annotations

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class json_count(FunctionElement[int]):  # noqa: N801 -- reads as the SQL function it is
    """The length of the list that a text column holds; NULL where it holds none."""

    type = Integer()
    inherit_cache = True


@compiles(json_count, "sqlite")
def _in_sqlite(element: json_count, compiler: SQLCompiler, **options: str) -> str:
    return f"json_array_length({compiler.process(element.clauses, **options)})"


@compiles(json_count, "postgresql")
def _in_postgresql(element: json_count, compiler: SQLCompiler, **options: str) -> str:
    return f"json_array_length(CAST({compiler.process(element.clauses, **options)} AS JSON))"
