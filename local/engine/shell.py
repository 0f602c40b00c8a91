"""`source .local/env`: a shell in which every tool reaches the local platform."""

import json
import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from local import files
from local.engine.environment import LOOPBACK, Environment
from local.paths import Paths
from local.services import kubeconfig
from local.variables import FOREIGN, KEPT
from migrator.scratch import find_binaries

if TYPE_CHECKING:
    import boto3

# In the checkout the engine is given the project with the local stack files; elsewhere it is
# the CLI as it is.
PULUMI = """#!/bin/sh
# Whatever symbolic link led to the checkout.
case "$(pwd -P)/" in
{repository}/*) ;;
*) exec {cli} "$@" ;;
esac
settle=
for argument; do
    case "$argument" in
    --) break ;;
    --secret | --secret=*)
        echo "pulumi: nothing is encrypted into a stack file here, for its key would be a" \\
            "passphrase that only this checkout has. Secrets belong in AWS Secrets Manager:" \\
            "name them in groundwork:secrets, and put their values in with" \\
            "\\`aws secretsmanager put-secret-value\\`." >&2
        exit 2
        ;;
    up | update | refresh | destroy) settle=--settle ;;
    esac
done
if [ "$1" = config ]; then
    # Settings are the repository's own, and none is encrypted with this checkout's passphrase.
    unset PULUMI_CONFIG_PASSPHRASE_FILE
    exec {cli} "$@"
fi
(cd {repository} && GROUNDWORK_HOME={home} {python} -m local sync $settle) || exit
export TMPDIR={temporary}
exec {cli} -C {project} "$@"
"""

PSQL = """#!/bin/sh
PYTHONPATH={repository} exec {python} -m local.psql "$@"
"""

HEADER = """# The local platform, for `source` in bash or zsh.
# Written by `make up`; changes here are lost.
"""

# Comes before the variables that are set here. A name is all that is taken from a line, and in the
# C locale the rest of it matches whatever bytes it has, so nothing of a value is ever run.
UNSET = f"""eval "$(env | LC_ALL=C sed -nE \\
  '/^({"|".join(KEPT)})=/!s/^(({"|".join(FOREIGN)})[A-Za-z0-9_]*)=.*/unset \\1/p')"
"""

NO_PROXY = f"""export NO_PROXY="{LOOPBACK},${{NO_PROXY:-${{no_proxy:-}}}}"
export no_proxy="$NO_PROXY"
"""


@dataclass(frozen=True, kw_only=True)
class Database:
    """An RDS instance and how its master user logs in."""

    host: str
    port: int
    name: str
    user: str
    status: str
    password: str = field(repr=False)

    @property
    def address(self) -> str:
        """Host, port and database."""
        return f"{self.host}:{self.port}/{self.name}"


def write(environment: Environment, cli: Path, kubectl: Path) -> None:
    """Writes .local/env and all that it names."""
    paths = environment.paths
    write_programs(paths, cli)
    link = paths.bin / "kubectl"
    link.unlink(missing_ok=True)
    link.symlink_to(kubectl)
    variables = environment.aws() | environment.pulumi()
    variables["KUBECONFIG"] = str(paths.home / "kubeconfig")
    variables["ALEMBIC_CONFIG"] = str(paths.repository / "migrations" / "alembic.ini")
    session = environment.session()
    _write_kubeconfig(environment, session)
    found = databases(environment)
    _write_passwords(paths, found)
    if found:
        variables |= _database_variables(paths, found[0])
    folders = [paths.bin, paths.python.parent, find_binaries()[0].directory]
    files.write(paths.shell, script(variables, folders))


def script(variables: Mapping[str, str], folders: Sequence[Path]) -> str:
    """What a shell sources: sets the variables, and puts the folders first on PATH."""
    lines = [HEADER, UNSET]
    lines += [f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()]
    lines.append(NO_PROXY)
    lines.append(f"export PATH={shlex.quote(os.pathsep.join(map(str, folders)))}:$PATH\n")
    return "".join(lines)


def write_programs(paths: Paths, cli: Path) -> None:
    """Writes the shell's `pulumi` and `psql`."""
    paths.bin.mkdir(parents=True, exist_ok=True)
    places = {
        "cli": cli,
        "home": paths.home,
        "project": paths.project,
        "python": paths.python,
        "repository": paths.repository,
        "temporary": paths.temporary,
    }
    names = {name: shlex.quote(str(place)) for name, place in places.items()}
    for name, program in (("pulumi", PULUMI), ("psql", PSQL)):
        files.write(paths.bin / name, program.format(**names), mode=files.PROGRAM)


def _write_kubeconfig(environment: Environment, session: "boto3.Session") -> None:
    """One cluster: the first that the AWS account has in the region."""
    eks = session.client("eks", endpoint_url=environment.addresses.endpoint)
    names = eks.list_clusters()["clusters"]
    if not names:
        return
    cluster = eks.describe_cluster(name=names[0])["cluster"]
    get_token = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": ["eks", "get-token", "--cluster-name", names[0], "--region", environment.region],
        "interactiveMode": "Never",
    }
    access = kubeconfig.render(
        {
            "server": cluster["endpoint"],
            "certificate-authority-data": cluster["certificateAuthority"]["data"],
        },
        {"exec": get_token},
    )
    files.write(environment.paths.home / "kubeconfig", access)


def databases(environment: Environment) -> list[Database]:
    """The RDS instances whose master password AWS manages."""
    session = environment.session()
    endpoint = environment.addresses.endpoint
    rds = session.client("rds", endpoint_url=endpoint)
    secrets = session.client("secretsmanager", endpoint_url=endpoint)
    found = []
    for instance in rds.describe_db_instances()["DBInstances"]:
        managed = instance.get("MasterUserSecret")
        if not managed or "Endpoint" not in instance:
            continue
        secret = json.loads(secrets.get_secret_value(SecretId=managed["SecretArn"])["SecretString"])
        found.append(
            Database(
                host=instance["Endpoint"]["Address"],
                port=instance["Endpoint"]["Port"],
                name=instance.get("DBName") or "postgres",
                user=secret["username"],
                status=instance["DBInstanceStatus"],
                password=secret["password"],
            )
        )
    return found


def _write_passwords(paths: Paths, databases: list[Database]) -> None:
    """libpq's own password file, which nobody else may read."""
    lines = [f"{d.host}:{d.port}:*:{d.user}:{escaped(d.password)}\n" for d in databases]
    if databases:
        # psql comes in through a port of its own (local.psql).
        lines.append(f"127.0.0.1:*:*:{databases[0].user}:{escaped(databases[0].password)}\n")
    files.write(paths.home / "pgpass", "".join(lines), mode=files.PRIVATE)


def escaped(password: str) -> str:
    """A password as the password file has it."""
    return password.replace("\\", "\\\\").replace(":", "\\:")


def _database_variables(paths: Paths, database: Database) -> dict[str, str]:
    """What psql, alembic and the migrator connect by; the password is in the password file."""
    return {
        "PGHOST": database.host,
        "PGPORT": str(database.port),
        "PGUSER": database.user,
        "PGDATABASE": database.name,
        "PGPASSFILE": str(paths.home / "pgpass"),
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": str(paths.certificates / "ca.crt"),
        "DATABASE_URL": (
            f"postgresql://{database.user}@{database.host}:{database.port}/{database.name}"
        ),
    }
