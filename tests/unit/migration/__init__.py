"""Migration components, without a database."""
