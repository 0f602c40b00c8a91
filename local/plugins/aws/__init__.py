"""The Pulumi plugin ``aws`` of the local platform: each resource type is one table entry.

A pure mapping to boto3 calls at ``AWS_ENDPOINT_URL``; it holds no state and imitates no service.
Here lives what every type needs; the entries themselves are in ``types``, one file a family.
A new type is an ``Entry`` (see ``entry``) there, listed in ``catalog``, with a case in
tests/plugins/cases.
"""
