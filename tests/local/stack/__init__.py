"""The whole stack on the real engine, in a copy of the repository with folders of its own."""
