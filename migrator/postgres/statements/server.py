"""Commands about the whole server, or about its other databases."""

from collections.abc import Callable

from migrator.postgres.statements import actions as a
from migrator.postgres.statements.tree import Node

Reader = Callable[[Node], a.Action]
WHOLE_SERVER = "it is about the whole server, not about the tables of this database"
# Of a subscription: what PostgreSQL runs in transactions of its own.
REFRESHES = ("ALTER_SUBSCRIPTION_REFRESH", "ALTER_SUBSCRIPTION_SET_PUBLICATION")


def _alone(command: str) -> Reader:
    return lambda _node: a.Opaque(what=command, reason=WHOLE_SERVER, outside=True)


def _alter_database(node: Node) -> a.Action:
    moves = any(item["DefElem"]["defname"] == "tablespace" for item in node.get("options", ()))
    return a.Opaque(what="ALTER DATABASE", reason=WHOLE_SERVER, outside=moves)


def _create_subscription(node: Node) -> a.Action:
    options = [item["DefElem"] for item in node.get("options", ())]
    off = {
        option["defname"]
        for option in options
        if str(next(iter(option.get("arg", {}).values()), "")).lower().find("false") >= 0
    }
    return a.Opaque(
        what="CREATE SUBSCRIPTION",
        reason=WHOLE_SERVER,
        outside=not off & {"create_slot", "connect"},
    )


def _alter_subscription(node: Node) -> a.Action:
    outside = node.get("kind") in REFRESHES
    return a.Opaque(what="ALTER SUBSCRIPTION", reason=WHOLE_SERVER, outside=outside)


def _discard(node: Node) -> a.Action:
    return a.Annotate(outside="DISCARD ALL" if node["target"] == "DISCARD_ALL" else None)


SERVER_READERS: dict[str, Reader] = {
    "CreatedbStmt": _alone("CREATE DATABASE"),
    "DropdbStmt": _alone("DROP DATABASE"),
    "AlterDatabaseStmt": _alter_database,
    "AlterSystemStmt": _alone("ALTER SYSTEM"),
    "CreateTableSpaceStmt": _alone("CREATE TABLESPACE"),
    "DropTableSpaceStmt": _alone("DROP TABLESPACE"),
    "CreateSubscriptionStmt": _create_subscription,
    "AlterSubscriptionStmt": _alter_subscription,
    "DropSubscriptionStmt": _alone("DROP SUBSCRIPTION"),
    "DiscardStmt": _discard,
}
