"""The store on SQLite and PostgreSQL: the only rooms that import SQLAlchemy or Alembic."""
