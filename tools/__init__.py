"""Generators of reference pages and pictures; nothing of the product imports them."""
