"""The platform on one machine: toolchain, services, Pulumi plugins for them, command line."""
