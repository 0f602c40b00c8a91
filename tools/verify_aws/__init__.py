"""Whether the local platform plans as AWS's own provider does: `python -m tools.verify_aws`.

What a changed property does (an update, a replacement) is written by hand in the local plugin's
types. With an account, the real provider is asked the same, by previews, which only read.
"""
