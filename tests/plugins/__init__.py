"""The plugins ``aws`` and ``random`` over their gRPC face, against the local AWS endpoint."""
