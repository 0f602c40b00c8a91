"""The daily backup window and the weekly maintenance window of an RDS instance, UTC."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.arguments import Fault

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY, WEEK, SHORTEST = 24 * 60, 7 * 24 * 60, 30
TIME = r"([01]\d|2[0-3]):([0-5]\d)"
BACKUP = re.compile(f"{TIME}-{TIME}")
MAINTENANCE = re.compile(rf"({'|'.join(DAYS)}):{TIME}-({'|'.join(DAYS)}):{TIME}")


def window_faults(backup: str, maintenance: str) -> Iterator[Fault]:
    """Faults of `backup_window` and `maintenance_window`: their form, length, and overlap."""
    daily, weekly = _daily(backup), _weekly(maintenance)
    if len(daily) < SHORTEST:
        yield Fault("backup_window", backup, "give 30 minutes or more, such as '02:00-03:00'")
    if len(weekly) < SHORTEST:
        yield Fault(
            "maintenance_window",
            maintenance,
            "give 30 minutes or more, such as 'sun:03:30-sun:04:30'",
        )
    if any(minute % DAY in daily for minute in weekly):
        yield Fault(
            "maintenance_window",
            maintenance,
            f"RDS refuses one that overlaps the backup window ({backup})",
        )


def _daily(window: str) -> frozenset[int]:
    """The minutes of a day that a window covers; none if it is not written as one."""
    match = BACKUP.fullmatch(window)
    if match is None:
        return frozenset()
    start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    return frozenset(minute % DAY for minute in range(start, start + (end - start) % DAY))


def _weekly(window: str) -> frozenset[int]:
    """The minutes of a week that a window covers; none if it is not written as one."""
    match = MAINTENANCE.fullmatch(window)
    if match is None:
        return frozenset()
    start = DAYS.index(match[1]) * DAY + int(match[2]) * 60 + int(match[3])
    end = DAYS.index(match[4]) * DAY + int(match[5]) * 60 + int(match[6])
    return frozenset(minute % WEEK for minute in range(start, start + (end - start) % WEEK))
