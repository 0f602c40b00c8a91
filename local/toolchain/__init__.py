"""The programs that the platform runs: on the machine, fetched, or built from Go modules.

What runs them, and how, is known to `local.services` and `local.engine` only.
"""
