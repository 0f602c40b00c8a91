"""Reports: one module a format. They take totals and return or print text."""

from migrator.lint.output.github import github_report
from migrator.lint.output.json_report import json_report
from migrator.lint.output.markdown import markdown_report
from migrator.lint.output.sarif import sarif_report
from migrator.lint.output.text import print_text

__all__ = ["github_report", "json_report", "markdown_report", "print_text", "sarif_report"]
