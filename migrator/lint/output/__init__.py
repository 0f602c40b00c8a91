"""Reports: one module a format. They take totals and return or print text."""
