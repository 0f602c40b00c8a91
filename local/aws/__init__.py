"""The Pulumi plugin ``aws`` of the local platform: each resource type is one table entry.

A pure mapping to boto3 calls at ``AWS_ENDPOINT_URL``; it holds no state and imitates no service.
A new type is an ``Entry`` (see ``entry``) in the file of its service, named in ``catalog``, with a
case in tests/plugins/cases.
"""
