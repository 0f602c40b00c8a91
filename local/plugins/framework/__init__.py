"""What any local Pulumi plugin needs: values, property types, diffs, names and the gRPC server.

Knows nothing of AWS or of any resource type; those live in ``local.plugins.aws`` and
``local.plugins.random``.
"""
