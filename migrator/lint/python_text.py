"""SQL as Python source, for safe forms."""

import json

from migrator.postgres.bind_parameters import escaped


def execute_call(sql: str) -> str:
    """``op.execute("…")``, which sends just this SQL."""
    # JSON's escapes are Python's too.
    return f"op.execute({json.dumps(escaped(sql), ensure_ascii=False)})"
