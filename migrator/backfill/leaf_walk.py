"""Which way a table is walked."""

from migrator.backfill.blocks import BlockWalk
from migrator.backfill.keyset import KeysetWalk
from migrator.backfill.target import Leaf
from migrator.backfill.walk import Walk


def walk_of(leaf: Leaf) -> Walk:
    """By key where there is one, else in physical order."""
    return KeysetWalk(leaf) if leaf.key else BlockWalk(leaf)
