"""The AWS resource types, one file a family: entries and the hooks that no table can express.

What reads the entries is in ``local.plugins.aws``.
"""
