"""The platform as a user runs it: its parts one by one, then the whole on the real engine."""
