"""`pulumi-language-python`: the Pulumi CLI's way to run Python, on the SDK's gRPC stubs.

A CLI from Pulumi's own archive brings a language host; one that is built from its Go module does
not, so this stands in. How the host is laid beside the CLI is known to
`local.engine.installation`.
"""
