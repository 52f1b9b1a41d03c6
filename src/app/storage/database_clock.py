"""The database's own clock, in microseconds since 1970: all takers of an effect agree on it."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class database_now(FunctionElement[int]):  # noqa: N801 -- reads as the SQL function it is
    """The moment the statement runs. SQLite tells milliseconds."""

    type = BigInteger()
    inherit_cache = True


@compiles(database_now, "sqlite")
def _in_sqlite(element: database_now, compiler: SQLCompiler, **options: str) -> str:
    del element, compiler, options
    return "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER) * 1000"


@compiles(database_now, "postgresql")
def _in_postgresql(element: database_now, compiler: SQLCompiler, **options: str) -> str:
    del element, compiler, options
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"
