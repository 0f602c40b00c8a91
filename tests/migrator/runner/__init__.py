"""Tests of the migration runner on real PostgreSQL."""
