"""The Pulumi plugin ``random`` of the local platform. It needs no service: state holds it all."""
