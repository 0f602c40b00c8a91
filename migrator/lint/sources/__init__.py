"""Where scripts come from: SQL files and Alembic histories. Nothing is judged here."""
