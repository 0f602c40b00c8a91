"""Figures about the project, each a ratio of two things measured in one run.

Nothing here is a test: a figure never fails a build.
"""
