"""The platform on one machine: toolchain, services, Pulumi plugins for them, command line.

The program that runs on it is not here, and is seen from outside only.
"""
