"""The Alembic project: its settings, its history, and env.py run online or only rendered.

Nothing here judges SQL (`migrator.lint`) or changes a database (`migrator.runner`).
"""
