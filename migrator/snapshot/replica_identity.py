"""How a changed row is told where the changes of a table are published."""

from typing import Literal

# Default: by the primary key.
ReplicaIdentity = Literal["default", "nothing", "full", "index"]
# By the letters of pg_class.relreplident.
REPLICA_IDENTITIES: dict[str, ReplicaIdentity] = {
    "d": "default",
    "n": "nothing",
    "f": "full",
    "i": "index",
}
