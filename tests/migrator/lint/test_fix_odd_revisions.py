"""`fix` on revisions that nobody expects: it rewrites them rightly or says why it does not."""

import pytest

from migrator.lint.fix.outcome import Fix
from migrator.lint.fix.revision import fix_revision
from tests.migrator.lint.conftest import Project
from tests.migrator.lint.test_fix import BASE, judge

VERSION = 150000
HEAD = """
import sqlalchemy as sa
from alembic import op

revision = "change"
down_revision = "start"
"""
INDEX = 'op.create_index("i", "people", ["email"])'
ODD_NAMES = """
op.create_table("a.b", sa.Column("c", sa.Integer))
op.create_table("t", sa.Column(":c", sa.Integer))
"""


def fixed(project: Project, text: str, encoding: str = "utf-8") -> Fix:
    """What `fix` makes of a revision's whole text; where it changed anything, it is clean."""
    project.add("start", BASE + ODD_NAMES)
    file = project.folder / "versions" / "change.py"
    file.write_text(text, encoding=encoding)
    outcome = fix_revision(judge(project, file, VERSION), version=VERSION)
    assert outcome.before.bytes == file.read_bytes()
    if outcome.diff():
        outcome.write()
        found = judge(project, file, VERSION).findings
        assert [f.rule for f in found if f.severity == "unsafe"] == []
    return outcome


# A revision's text and what becomes of a part of it.
REWRITTEN = {
    "another name for op": (
        "from alembic import op as o\n{head}\ndef upgrade():\n"
        "    o.create_unique_constraint('u', 'people', ['email'])\n",
        "    with o.get_context().autocommit_block():\n"
        '        o.create_index("u", "people", ["email"], unique=True,'
        " postgresql_concurrently=True)\n"
        '    o.execute("ALTER TABLE people ADD CONSTRAINT u UNIQUE USING INDEX u")\n',
    ),
    "op by its full name": (
        "import alembic.op\n{head}\ndef upgrade():\n    alembic.{index}\n",
        "    with alembic.op.get_context().autocommit_block():\n        alembic.op.create_index(",
    ),
    "a branch": (
        "{head}\ndef upgrade():\n    if False:\n        pass\n    elif True:  # here\n"
        "        # for the login page\n        {index}  # soon\n        # no more\n",
        "    elif True:  # here\n        # for the login page\n"
        "        with op.get_context().autocommit_block():\n"
        '            op.create_index("i", "people", ["email"], postgresql_concurrently=True)'
        "  # soon\n        # no more\n",
    ),
    "a block whose context has a name": (
        "{head}\ndef upgrade():\n    context = op.get_context()\n"
        "    with context.autocommit_block():\n        {index}\n",
        '        op.create_index("i", "people", ["email"], postgresql_concurrently=True)\n',
    ),
    "the second of two upgrades": (
        "{head}\ndef upgrade():\n    {index}\n\n\ndef upgrade():\n    {index}\n",
        f"def upgrade():\n    {INDEX}\n\n\ndef upgrade():\n    with op.get_context()",
    ),
    "continued lines": (
        "{head}\ndef upgrade():\n    op \\\n      .create_index('i', \\\n  'people', ['email'])\n",
        "        op \\\n      .create_index('i', \\\n  'people', ['email'],"
        " postgresql_concurrently=True)\n",
    ),
    "lines that begin left of the statement": (
        "{head}\ndef upgrade():\n    op.create_index('i',\n'people',  # a\n ['email']\n)\n",
        "        op.create_index('i',\n'people',  # a\n ['email'],\n"
        "    postgresql_concurrently=True,\n)\n",
    ),
    "comments among arguments": (
        "{head}\ndef upgrade():\n    op.create_index(  # a\n        'i',  # b\n        # c\n"
        "        'people',\n\n        ['email']  # d\n        # e\n    )\n",
        "        op.create_index(  # a\n            'i',  # b\n            # c\n"
        "            'people',\n\n            ['email'],  # d\n            # e\n"
        "            postgresql_concurrently=True,\n        )\n",
    ),
    "several findings and other changes in one call": (
        "{head}\ndef upgrade():\n    op.alter_column('people', 'email', nullable=False,"
        " server_default='x')\n",
        "    op.alter_column('people', 'email', server_default='x')\n"
        '    op.execute("ALTER TABLE people ADD CONSTRAINT email_set',
    ),
    # With another search_path `people` is another table.
    "the schema `public`": (
        "{head}\ndef upgrade():\n"
        "    op.create_unique_constraint('u', 'people', ['email'], schema='public')\n",
        'unique=True, schema="public", postgresql_concurrently=True)\n'
        '    op.execute("ALTER TABLE public.people ADD CONSTRAINT u',
    ),
    "a dot in a table's name": (
        "{head}\ndef upgrade():\n    op.alter_column('a.b', 'c', nullable=False)\n",
        r'"ALTER TABLE \"a.b\" ALTER COLUMN c SET NOT NULL"',
    ),
    "wide letters": (
        "{head}\n# 😀 列\ndef upgrade():\n"
        "    '''😀'''\n    op.execute('CREATE INDEX \"😀\" ON people (email)')  # 列\n",
        r'        op.execute("CREATE INDEX CONCURRENTLY \"😀\" ON people (email)")  # 列',
    ),
    "an index's names that are computed": (
        "{head}\ntable: str | None = 'people'\n\ndef upgrade():\n"
        "    op.create_index(f'i_{{table}}', table, ['email'])\n",
        "        op.create_index(f'i_{table}', table, ['email'], postgresql_concurrently=True)\n",
    ),
    "a percent sign": (
        "{head}\ndef upgrade():\n"
        "    op.execute(\"CREATE INDEX i ON people (email) WHERE email LIKE 'a%'\")\n",
        "\"CREATE INDEX CONCURRENTLY i ON people (email) WHERE email LIKE 'a%'\"",
    ),
}


@pytest.mark.parametrize("case", REWRITTEN)
def test_an_odd_revision_is_rewritten(case: str, project: Project) -> None:
    text, expected = REWRITTEN[case]
    outcome = fixed(project, text.format(head=HEAD, index=INDEX))
    assert outcome.left == ()
    assert expected in outcome.after.code


LEFT = {
    "upgrade() on one line": ("def upgrade(): {index}\n", "other code is on its lines"),
    "a branch on one line": (
        "def upgrade():\n    if True: {index}\n",
        "other code is on its lines",
    ),
    "a decorator": (
        "def twice(f):\n    return lambda: (f('i'), f('j'))\n\n@twice\ndef upgrade(name):\n"
        "    op.create_index(name, 'people', ['email'])\n",
        "it runs more than once",
    ),
    "a decorator that does nothing": (
        "@lambda f: f\ndef upgrade():\n    {index}\n",
        "or not in a plain upgrade()",
    ),
    "upgrade() that calls itself": (
        "def upgrade(name='i'):\n    op.create_index(name, 'people', ['email'])\n"
        "    if name == 'i':\n        upgrade('j')\n",
        "it runs more than once",
    ),
    "a function in upgrade()": (
        "def upgrade():\n    def index():\n        {index}\n    index()\n",
        "or not in a plain upgrade()",
    ),
    "a loop": (
        "def upgrade():\n    for _ in [1]:\n        {index}\n",
        "it is in a loop",
    ),
    "a try": (
        "def upgrade():\n    try:\n        {index}\n    finally:\n        pass\n",
        "it is in a loop, a try, a with",
    ),
    "another with": (
        "from contextlib import suppress\n\ndef upgrade():\n"
        "    with suppress(Exception):\n        {index}\n",
        "it is in a loop, a try, a with",
    ),
    "batches": (
        "def upgrade():\n    with op.batch_alter_table('people') as batch:\n"
        "        batch.create_index('i', ['email'])\n",
        "it does not come from a statement op.…(…) of this file",
    ),
    "another op": (
        "class Wrapped:\n    create_index = staticmethod(op.create_index)\n\nop = Wrapped()\n\n"
        "def upgrade():\n    {index}\n",
        "it does not come from a statement op.…(…) of this file",
    ),
    "an op that is an argument": (
        "def upgrade(op=op):\n    {index}\n",
        "it does not come from a statement op.…(…) of this file",
    ),
    "an expression": (
        "def upgrade():\n    x = {index}\n",
        "it does not come from a statement op.…(…) of this file",
    ),
    "an f-string": (
        "def upgrade():\n    op.execute('CREATE INDEX i ' f'ON people (email)')\n",
        "its SQL is not one plain string",
    ),
    "two statements in a string": (
        "def upgrade():\n    op.execute('CREATE INDEX i ON people (email);"
        " CREATE INDEX j ON people (email)')\n",
        "or does more than one thing",
    ),
    "two changes in a statement": (
        "def upgrade():\n    op.execute('ALTER TABLE people ALTER email SET NOT NULL,"
        ' ALTER "Age" SET NOT NULL\')\n',
        "it does more than one thing",
    ),
    "ONLY": (
        "def upgrade():\n    op.execute('ALTER TABLE ONLY people ALTER email SET NOT NULL')\n",
        "ONLY",
    ),
    # Tomorrow it may be that of another tenant.
    "a computed schema": (
        "schema = 'public'\n\ndef upgrade():\n"
        "    op.alter_column('people', 'email', nullable=False, schema=schema)\n",
        "schema is computed, and would be written out",
    ),
    "a computed condition": (
        "def upgrade():\n    op.alter_column('people', 'email', nullable=not True)\n",
        "not True is computed, and would be written out",
    ),
    "a parameter": (
        "def upgrade():\n    op.execute(\"CREATE INDEX i ON t (a) WHERE a <> ':b'\")\n",
        "SQLAlchemy would take a part of it for a parameter",
    ),
}


@pytest.mark.parametrize("case", LEFT)
def test_what_is_left_alone_says_why(case: str, project: Project) -> None:
    text, why = LEFT[case]
    outcome = fixed(project, f"{HEAD}\n{text.format(index=INDEX)}")
    assert outcome.diff() == ""
    assert all(why in (left.why or "") for left in outcome.left if left.finding.kind != "compat")
    assert outcome.left
