"""The processes that make up the platform: etcd, the API server, its controllers, the AWS endpoint.

They are ordinary detached processes with a pid file, a log and a port. What the AWS endpoint
serves is `local.endpoint`'s business; the programs come from `local.toolchain`.
"""
