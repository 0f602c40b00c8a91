"""Writes docs/lint-rules.md from the rules: ``python -m tools.lint_reference``."""

import sys
from pathlib import Path

from migrator.lint.rule import Rule
from migrator.lint.rules import RULES

PAGE = Path(__file__).parent.parent / "docs" / "lint-rules.md"
INTRODUCTION = """\
# Lint rules

`python -m migrator lint` judges the SQL of Alembic revisions and of plain files. Each finding
has a kind and a severity, and the two judgements are kept apart:

| judgement | kinds | question |
| --- | --- | --- |
| running database | lock, rewrite, scan | does it stall queries? |
| running application | compat, opaque | does code that still runs break, or can nobody tell? |

`unsafe` fails the run (exit code 1) unless it is acknowledged; `caution` needs a look; `info`
is worth knowing. In a revision with `phase = "contract"` (SQL: `-- migrator: phase contract`)
what takes something away is `info`, because no old code runs any more.

To acknowledge one finding, write before the statement, or behind it on its line:

```python
# migrator: allow RULE because REASON
```

Without a catalog the linter knows what the history itself says about its tables, and is
careful about the rest. `--database-url`, or `--catalog` with a file of `migrator snapshot`,
makes types, sizes, foreign keys, partitions, checks and views exact. `--pg-version` names the
server; the default is PostgreSQL 15, the oldest that is still supported.

What a rule catches and what it lets pass is in `tests/migrator/corpus`, in SQL, in the file of
the rule's name; `migrator trace` measures the same cases on a real server.

The safe form of a finding has the statement's own names and definitions in place of `{table}`,
the table with its schema; `{table:bare}`, without it; `{definition}`, an index or a constraint
as it was written; `{key}`, the index that a UNIQUE or PRIMARY KEY of that kind needs.

This page is written by `python -m tools.lint_reference`.
"""


def page() -> str:
    """The whole page."""
    index = ["", "| rule | kind | what |", "| --- | --- | --- |"]
    index += [f"| [`{rule.id}`](#{rule.id}) | {rule.kind} | {rule.title} |" for rule in RULES]
    sections = [_section(rule) for rule in RULES]
    return INTRODUCTION + "\n".join(index) + "\n\n" + "\n".join(sections)


def _section(rule: Rule) -> str:
    facts = [f"kind {rule.kind}", f"lock: {rule.lock}"]
    if rule.since or rule.until:
        facts.append(_versions(rule))
    if rule.opt_in:
        facts.append(f"only with `--enable {rule.id}`")
    lines = [
        f"## {rule.id}",
        "",
        f"{rule.title}. {rule.why}",
        "",
        "; ".join(facts) + ".",
        "",
        "```sql",
        rule.safe_form,
        "```",
        "",
    ]
    return "\n".join(lines)


def _versions(rule: Rule) -> str:
    if rule.since and rule.until:
        return f"PostgreSQL {rule.since} to {rule.until}"
    return f"PostgreSQL {rule.since} and newer" if rule.since else f"up to PostgreSQL {rule.until}"


def main() -> None:
    """Writes the page to the file named on the command line, or to its place."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE
    target.write_text(page())


if __name__ == "__main__":
    main()
