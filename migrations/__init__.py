"""The application's own schema history: revisions and backfills. Knows nothing of the platform."""
