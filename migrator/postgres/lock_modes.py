"""PostgreSQL's table lock modes, weakest first, and what each of them stops."""

ACCESS_SHARE = "ACCESS SHARE"
ROW_SHARE = "ROW SHARE"
ROW_EXCLUSIVE = "ROW EXCLUSIVE"
SHARE_UPDATE = "SHARE UPDATE EXCLUSIVE"
SHARE = "SHARE"
SHARE_ROW = "SHARE ROW EXCLUSIVE"
EXCLUSIVE = "EXCLUSIVE"
ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"

MODES = (
    ACCESS_SHARE,
    ROW_SHARE,
    ROW_EXCLUSIVE,
    SHARE_UPDATE,
    SHARE,
    SHARE_ROW,
    EXCLUSIVE,
    ACCESS_EXCLUSIVE,
)
STRENGTH = {mode: rank for rank, mode in enumerate(MODES)}


def blocks_writes(mode: str) -> bool:
    """Whether INSERT, UPDATE and DELETE wait for a holder of the mode."""
    return STRENGTH[mode] >= STRENGTH[SHARE]


def stronger(first: str, second: str) -> str:
    """The stronger of two modes."""
    return first if STRENGTH[first] >= STRENGTH[second] else second
