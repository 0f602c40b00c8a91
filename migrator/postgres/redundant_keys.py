"""Keys of a CREATE TABLE that PostgreSQL makes once although they are written twice."""

from collections.abc import Iterable
from dataclasses import replace

from migrator.postgres.statements import actions as a

KEYS = ("primary key", "unique")


def made_once(constraints: Iterable[a.NewConstraint]) -> list[a.NewConstraint]:
    """The constraints without each key that another one is as well.

    A primary key stays; the one that stays takes the other's name where it has none itself.
    """
    found: list[a.NewConstraint] = []
    for new in sorted(constraints, key=lambda each: each.kind != "primary key"):
        place = next((n for n, other in enumerate(found) if _is_same_key(new, other)), None)
        if place is None:
            found.append(new)
        elif found[place].name is None:
            found[place] = replace(found[place], name=new.name)
    return found


def _is_same_key(new: a.NewConstraint, other: a.NewConstraint) -> bool:
    return (
        new.kind in KEYS
        and other.kind in KEYS
        and (new.columns, new.deferrable, new.deferred)
        == (other.columns, other.deferrable, other.deferred)
    )
