"""Rehearsals find what a rollback would break, and pass what it would not."""
