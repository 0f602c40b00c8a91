"""What PostgreSQL does with a statement: its locks, rewrites and scans, and the catalog after it.

Facts, not judgements: `migrator.lint` says what is unsafe, `migrator.runner` what to wait for, and
`migrator.trace` measures the same things on a real server, to which a test holds these.
"""
