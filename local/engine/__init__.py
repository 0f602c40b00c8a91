"""The Pulumi engine as the local platform runs it: its folders, stack files, runs and recovery.

The program that it runs is the repository's own, and so are the components; the services that the
program talks to are `local.services`'.
"""
