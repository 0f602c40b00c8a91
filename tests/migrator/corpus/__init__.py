"""SQL whose effects are known: what each rule of the linter catches, and what it lets pass.

``FAMILY/RULE.sql`` holds the cases of one rule, FAMILY being its module in migrator/lint/rules.
A case begins with ``-- case: NAME`` and some of these lines:

* ``-- expect: SEVERITY RULE…``: the worst severity of the findings (``safe``: no worse than
  info) and rules that must be among them, where lint has the database's catalog; the file's
  rule is found if and only if it is named here;
* ``-- blind: SEVERITY RULE…``: the same where it has none; default: as ``expect``;
* ``-- since: MAJOR``: the oldest server that knows the syntax;
* ``-- until: MAJOR``: the newest server that does as it says;
* ``-- judged-for: VERSION``: what lint takes the server for; default: what it is;
* ``-- fails: MESSAGE``: PostgreSQL refuses, with this in its message;
* ``-- trace: no, REASON``: nothing that a trace could be compared with.

What follows is the SQL, or ``-- setup:`` with SQL and then ``-- statement:`` with SQL. In place
of SQL ``-- revision:`` begins the Python of an Alembic revision, without its head.
"""

from tests.migrator.corpus.judging import check, script, verdict
from tests.migrator.corpus.reader import Case, Expectation, base_sql, cases

__all__ = ["Case", "Expectation", "base_sql", "cases", "check", "script", "verdict"]
