"""The rules, one file a family. What they look at is built elsewhere.

To add one: write its check and its data in a family's file, and what it catches and lets pass
in tests/migrator/corpus; docs/lint-rules.md is made from them by
`python -m tools.lint_reference`.
"""

from migrator.lint.rule import Rule
from migrator.lint.rules.added_column_constraints import ADDED_COLUMN_CONSTRAINT_RULES
from migrator.lint.rules.added_columns import ADDED_COLUMN_RULES
from migrator.lint.rules.bypasses import BYPASS_RULES
from migrator.lint.rules.column_properties import COLUMN_PROPERTY_RULES
from migrator.lint.rules.column_types import COLUMN_TYPE_RULES
from migrator.lint.rules.constraints import CONSTRAINT_RULES
from migrator.lint.rules.dropped_constraints import DROPPED_CONSTRAINT_RULES
from migrator.lint.rules.foreign_keys import FOREIGN_KEY_RULES
from migrator.lint.rules.function_bodies import FUNCTION_BODY_RULES
from migrator.lint.rules.index_upkeep import INDEX_UPKEEP_RULES
from migrator.lint.rules.indexes import INDEX_RULES
from migrator.lint.rules.keys import KEY_RULES
from migrator.lint.rules.missing_names import MISSING_NAME_RULES
from migrator.lint.rules.objects import OBJECT_RULES
from migrator.lint.rules.partitions import PARTITION_RULES
from migrator.lint.rules.pending_events import PENDING_EVENT_RULES
from migrator.lint.rules.refused_additions import REFUSED_ADDITION_RULES
from migrator.lint.rules.refused_changes import REFUSED_CHANGE_RULES
from migrator.lint.rules.refused_expressions import REFUSED_EXPRESSION_RULES
from migrator.lint.rules.refused_keys import REFUSED_KEY_RULES
from migrator.lint.rules.refused_names import REFUSED_NAME_RULES
from migrator.lint.rules.refused_partitions import REFUSED_PARTITION_RULES
from migrator.lint.rules.refused_removals import REFUSED_REMOVAL_RULES
from migrator.lint.rules.refused_replacements import REFUSED_REPLACEMENT_RULES
from migrator.lint.rules.removals import REMOVAL_RULES
from migrator.lint.rules.renames import RENAME_RULES
from migrator.lint.rules.replication import REPLICATION_RULES
from migrator.lint.rules.sent_text import SENT_TEXT_RULES
from migrator.lint.rules.server_syntax import SYNTAX_RULES
from migrator.lint.rules.storage import STORAGE_RULES
from migrator.lint.rules.style import STYLE_RULES
from migrator.lint.rules.transactions import TRANSACTION_RULES
from migrator.lint.rules.whole_script import SCRIPT_RULES
from migrator.lint.rules.widened_keys import WIDENED_KEY_RULES

RULES: tuple[Rule, ...] = (
    *ADDED_COLUMN_RULES,
    *ADDED_COLUMN_CONSTRAINT_RULES,
    *REMOVAL_RULES,
    *REFUSED_REMOVAL_RULES,
    *REFUSED_ADDITION_RULES,
    *REFUSED_EXPRESSION_RULES,
    *REFUSED_KEY_RULES,
    *REFUSED_NAME_RULES,
    *MISSING_NAME_RULES,
    *REFUSED_CHANGE_RULES,
    *REFUSED_REPLACEMENT_RULES,
    *RENAME_RULES,
    *FUNCTION_BODY_RULES,
    *COLUMN_TYPE_RULES,
    *WIDENED_KEY_RULES,
    *COLUMN_PROPERTY_RULES,
    *CONSTRAINT_RULES,
    *KEY_RULES,
    *FOREIGN_KEY_RULES,
    *DROPPED_CONSTRAINT_RULES,
    *INDEX_RULES,
    *INDEX_UPKEEP_RULES,
    *STORAGE_RULES,
    *PARTITION_RULES,
    *REFUSED_PARTITION_RULES,
    *OBJECT_RULES,
    *REPLICATION_RULES,
    *BYPASS_RULES,
    *TRANSACTION_RULES,
    *PENDING_EVENT_RULES,
    *STYLE_RULES,
    *SYNTAX_RULES,
    *SENT_TEXT_RULES,
    *SCRIPT_RULES,
)
RULES_BY_ID = {rule.id: rule for rule in RULES}

__all__ = ["RULES", "RULES_BY_ID"]
