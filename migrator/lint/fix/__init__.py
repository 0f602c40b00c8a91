"""Rewrites a revision's Python source to the safe form, where that is mechanical.

LibCST reads and writes the source; here is which call is rewritten to what, and what is left
alone because it needs thought. Only `cli` may be imported before the command runs: LibCST takes
long to load.
"""
