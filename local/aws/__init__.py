"""The Pulumi plugin ``aws`` of the local platform: each resource type is one table entry.

A pure mapping to boto3 calls at ``AWS_ENDPOINT_URL``; it holds no state and imitates no service.
"""
