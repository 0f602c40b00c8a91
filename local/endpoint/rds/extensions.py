"""Extensions that the master of an RDS instance may create although it is no superuser.

PostgreSQL lets a database's owner create those that are marked as trusted. RDS lets its
master create more, so these get a control file that marks them, in the instance's folder.
"""

from pathlib import Path

from migrator.scratch import PostgresBinaries

# What both RDS and PostgreSQL's own package have, besides the ones that are trusted anyway.
ALLOWED = frozenset(
    {
        *("amcheck", "autoinc", "bloom", "dblink", "dict_int", "dict_xsyn", "earthdistance"),
        *("insert_username", "intagg", "moddatetime", "pg_buffercache", "pg_freespacemap"),
        *("pg_prewarm", "pg_stat_statements", "pg_visibility", "pg_walinspect", "pgrowlocks"),
        *("pgstattuple", "postgres_fdw", "refint", "vector"),
    }
)
# The first version with the setting extension_control_path.
MARKED_SINCE = 18


def mark_extensions(directory: Path, binaries: PostgresBinaries) -> dict[str, str]:
    """Writes the control files below `directory`; returns the server setting that uses them."""
    system = binaries.directory.parent / "share" / "extension"
    if binaries.version < MARKED_SINCE or not system.is_dir():
        return {}
    own = directory / "extensions" / "extension"
    own.mkdir(parents=True, exist_ok=True)
    for name in sorted(ALLOWED):
        control = system / f"{name}.control"
        if control.exists():
            (own / control.name).write_text(control.read_text().rstrip() + "\ntrusted = true\n")
            for script in system.glob(f"{name}--*.sql"):
                _link(own / script.name, script)
    return {"extension_control_path": f"{own.parent}:$system"}


def _link(link: Path, target: Path) -> None:
    # The package may lie elsewhere than at the last start.
    if not link.is_symlink() or link.readlink() != target:
        link.unlink(missing_ok=True)
        link.symlink_to(target)
