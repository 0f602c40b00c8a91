"""What the dynamic providers share in the process that Pulumi runs them in.

Alembic, SQLAlchemy and boto3 are imported where they are used, because the program imports the
providers' modules too.
"""

import functools
import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from pulumi.dynamic import CheckFailure, ConfigureRequest, ResourceProvider
from pulumi.output import Unknown

from components.identity import KEYS, identity_of
from migrator.errors import MigratorError
from migrator.project.aws_identity import AwsIdentity

if TYPE_CHECKING:
    from migrator.project.settings import MigratorSettings

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Properties = dict[str, Any]

SSL_MODES = ("require", "verify-ca", "verify-full", "prefer", "allow", "disable")
PROVIDER_KEY = "__provider"

logger = logging.getLogger("migrator")


def is_unknown(value: Any) -> bool:
    """Whether a value is yet to be known, as in the preview of a database's creation."""
    return isinstance(value, Unknown)


def check_access(inputs: Properties) -> list[CheckFailure]:
    """Judges the connection's inputs as far as they are known; makes the port an integer."""
    failures: list[CheckFailure] = []
    port = inputs.get("port")
    if not is_unknown(port):
        if not isinstance(port, (int, float)) or not 0 < port < 65536 or port != int(port):
            failures.append(CheckFailure("port", f"{port!r} is not a TCP port"))
        else:
            inputs["port"] = int(port)
    mode = inputs.get("ssl_mode")
    if not is_unknown(mode) and mode not in SSL_MODES:
        failures.append(CheckFailure("ssl_mode", f"{mode!r} is none of {', '.join(SSL_MODES)}"))
    failures += [
        CheckFailure(key, "is empty")
        for key in ("host", "database", "secret_arn")
        if inputs.get(key) in (None, "")
    ]
    return failures


def inputs_differ(olds: Properties, news: Properties, *, outputs: Iterable[str]) -> bool:
    """Whether an input has changed, or is not known yet.

    The pickled provider differs between Python versions, which changes nothing here.
    """
    keys = (olds.keys() | news.keys()).difference(outputs, {PROVIDER_KEY})
    return any(is_unknown(news.get(key)) or olds.get(key) != news.get(key) for key in keys)


def alembic_file(properties: Mapping[str, Any]) -> Path:
    """The project's alembic.ini, from the program's folder, which is the provider's too."""
    return Path(properties["script_location"]) / "alembic.ini"


def bare_url(properties: Mapping[str, Any]) -> str:
    """The database's URL without credentials."""
    from sqlalchemy import URL

    query = {"sslmode": properties["ssl_mode"]}
    if properties.get("ssl_root_cert"):
        query["sslrootcert"] = properties["ssl_root_cert"]
    return URL.create(
        "postgresql",
        host=properties["host"],
        port=int(properties["port"]),
        database=properties["database"],
        query=query,
    ).render_as_string()


class DatabaseProvider(ResourceProvider):
    """A provider that knows whom the stack's AWS provider acts as.

    Pulumi configures it in each process anew: the identity is not in the state, and a refresh
    has the one of now.
    """

    serialize_as_secret_always = False
    identity: AwsIdentity | None = None

    def configure(self, req: ConfigureRequest) -> None:
        """Takes the identity from the stack's configuration."""
        self.identity = identity_of({key: req.config.get(key) for key in KEYS})


def settings_of(
    properties: Mapping[str, Any], identity: AwsIdentity | None = None
) -> "MigratorSettings":
    """What the migrator has to be told; the credentials are read when it connects."""
    from migrator.project.settings import MigratorSettings

    return MigratorSettings(
        config=alembic_file(properties),
        database_url=bare_url(properties),
        secret_arn=properties["secret_arn"],
        aws_region=properties.get("region"),
        aws_identity=identity,
    )


def plain_errors(method: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Pulumi prints a provider's traceback; this cuts it down to the message that matters."""

    @functools.wraps(method)
    def call(*arguments: Arguments.args, **keywords: Arguments.kwargs) -> Result:
        try:
            return method(*arguments, **keywords)
        except MigratorError as error:
            raise error.with_traceback(None) from None

    return call


def log_to_pulumi() -> logging.Logger:
    """A logger whose lines Pulumi shows: it passes on a provider's standard error."""
    if not logger.handlers:
        logger.addHandler(logging.StreamHandler(sys.stderr))
        logger.setLevel(logging.INFO)
    return logger
