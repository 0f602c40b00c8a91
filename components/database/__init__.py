"""PostgreSQL on RDS. Schemas, migrations and the application's users are not made here."""

from components.database.postgresql import Postgresql, PostgresqlArgs

__all__ = ["Postgresql", "PostgresqlArgs"]
