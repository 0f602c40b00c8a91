"""What a program outside the clone gets: the wheel in an environment of its own."""
