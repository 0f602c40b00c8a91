"""Generators of reference pages and pictures; nothing imports them."""
