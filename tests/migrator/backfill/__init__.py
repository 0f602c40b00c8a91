"""Backfills on real PostgreSQL: no row missed, none done twice, whatever happens."""
