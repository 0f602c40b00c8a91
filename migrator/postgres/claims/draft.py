"""The effects of one action while its claims are written down."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from migrator.postgres import lock_modes
from migrator.postgres.effects import Effects, Lock
from migrator.snapshot import Catalog, Table


@dataclass(kw_only=True, slots=True)
class Draft:
    """Effects under construction. `version` is a server_version_num such as 150000."""

    catalog: Catalog
    version: int
    locks: dict[str, str] = field(default_factory=dict)
    rewritten: list[str] = field(default_factory=list)
    scanned: list[str] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)

    def lock(self, relation: str | None, mode: str) -> None:
        """Adds a lock on one relation; the strongest wins."""
        if relation is not None:
            held = self.locks.get(relation, lock_modes.ACCESS_SHARE)
            self.locks[relation] = lock_modes.stronger(held, mode)

    def lock_tree(self, relation: str, mode: str) -> list[str]:
        """Locks a table with its partitions and inheriting tables; returns all of them."""
        family = self.family(relation)
        for name in family:
            self.lock(name, mode)
        return family

    def family(self, relation: str) -> list[str]:
        """The table, then its partitions and inheriting tables."""
        return [relation, *(child.name for child in self.catalog.children(relation))]

    def scan(self, relations: list[str]) -> None:
        """Reads tables as a whole; a partitioned parent has no rows of its own."""
        self.scanned += [r for r in relations if self.holds_rows(r)]

    def look_up(self, relation: str | None) -> None:
        """Searches a table, and its partitions, for rows."""
        if relation is not None:
            self.looked_up += self.family(relation)

    def rewrite(self, relations: list[str]) -> None:
        """Writes tables anew, which reads them too."""
        self.rewritten += [r for r in relations if self.holds_rows(r)]
        self.scan(relations)

    def holds_rows(self, relation: str) -> bool:
        """False for a partitioned table, whose rows are in its partitions.

        A history may show none of them, as where a job makes them: then it stands for them.
        """
        if not self.is_partitioned(relation):
            return True
        if self.catalog.complete or any(self.catalog.children(relation)):
            return False
        self.assumed.append(f"the partitions of {relation}, which are not known here, hold rows")
        return True

    def is_partitioned(self, relation: str) -> bool:
        """Whether a table is known to be partitioned."""
        table = self.catalog.table(relation)
        return table is not None and table.kind == "partitioned"

    def table(self, relation: str) -> Table | None:
        """What the catalog knows of a table."""
        return self.catalog.table(relation)

    def finish(self) -> Effects:
        """The result, without doubles."""
        return Effects(
            locks=tuple(Lock(relation=name, mode=mode) for name, mode in self.locks.items()),
            rewrites=tuple(dict.fromkeys(self.rewritten)),
            scans=tuple(dict.fromkeys(self.scanned)),
            lookups=tuple(dict.fromkeys(self.looked_up)),
            assumed=tuple(dict.fromkeys(self.assumed)),
        )


Claim = Callable[[Any, Draft], None]
