"""Rewrites a revision's Python source to the safe form, where that is mechanical.

It changes text only, of statements that lint objects to; what needs thought is left alone.
"""

from migrator.lint.fix.revision import Fix, FixError, fix_revision

__all__ = ["Fix", "FixError", "fix_revision"]
