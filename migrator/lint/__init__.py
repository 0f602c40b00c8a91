"""Judges schema changes: which lock each statement takes, and whom it breaks.

Reads SQL and Alembic histories; never a database's rows, and it changes nothing. As a library:
`migrator.lint.scripts.judge_scripts`, `migrator.lint.histories.lint_history`.
"""
