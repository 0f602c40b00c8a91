"""PostgreSQL on RDS. Schemas, migrations and the application's users are not made here."""

from components.database.arguments import PostgresqlArgs, PostgresqlSettings
from components.database.postgresql import Postgresql

__all__ = ["Postgresql", "PostgresqlArgs", "PostgresqlSettings"]
