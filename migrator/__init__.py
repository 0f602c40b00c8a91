"""Zero-downtime schema changes for PostgreSQL, without Pulumi."""
