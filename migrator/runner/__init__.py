"""Applying revisions to a database: one migrator at a time, short lock waits, gates.

Nothing here judges SQL in advance (migrator.lint) or moves rows (migrator.backfill).
"""
