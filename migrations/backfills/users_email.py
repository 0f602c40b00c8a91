"""Fills users.email for the rows that were there before the column was."""

from migrator.backfill import Backfill

backfill = Backfill(
    name="users_email",
    table="users",
    set={"email": "lower(username) || '@' || mail_domain"},
    where="email IS NULL",
)
