"""Mechanical rewrites of a revision's Python source to the safe form."""
