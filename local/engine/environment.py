"""The environment variables under which Pulumi, and a user's shell, see the local platform."""

import configparser
import functools
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.paths import Paths
from local.services.platform import Addresses
from local.variables import is_foreign

if TYPE_CHECKING:
    import boto3

RUN_MARK = "GROUNDWORK_ENGINE_RUN"
"""Set for every process of one of our engine runs to the home folder, so that an interrupted
run's processes can be told from all others."""

LOOPBACK = "127.0.0.1,localhost"
"""The platform's hosts, as NO_PROXY has them: a proxy would look for them on its own machine."""


def go_past_proxies() -> None:
    """Lets this process, and all that it starts, reach the platform without a proxy."""
    kept = os.environ.get("NO_PROXY") or os.environ.get("no_proxy")
    hosts = f"{LOOPBACK},{kept}" if kept else LOOPBACK
    # Some programs read the one, some the other.
    os.environ.update(NO_PROXY=hosts, no_proxy=hosts)


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The variables of one platform. `region` is the region of the user's shell."""

    paths: Paths
    addresses: Addresses
    region: str

    def aws(self) -> dict[str, str]:
        """What boto3, awscli and the plugins need to reach the AWS endpoint, and only that."""
        return {
            "AWS_ENDPOINT_URL": self.addresses.endpoint,
            "AWS_SHARED_CREDENTIALS_FILE": str(self.paths.endpoint / "credentials"),
            # The user's own profiles and role settings stay out.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,  # boto3 and awscli read only this one
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
        }

    def session(self) -> "boto3.Session":
        """A boto3 session as the engine's user, whatever AWS settings this process has."""
        credentials = configparser.ConfigParser()
        credentials.read(self.aws()["AWS_SHARED_CREDENTIALS_FILE"])
        profile = credentials["default"]
        return _session(profile["aws_access_key_id"], profile["aws_secret_access_key"], self.region)

    def pulumi(self) -> dict[str, str]:
        """What the Pulumi CLI needs: its folders, and no look at the network."""
        return {
            "PULUMI_HOME": str(self.paths.pulumi_home),
            "PULUMI_BACKEND_URL": f"file://{self.paths.state}",
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(self.paths.passphrase),
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    def search_path(self) -> str:
        """PATH with `python` and `aws` of the virtual environment first, and this `pulumi`."""
        own = (self.paths.python.parent, self.paths.engine)
        return os.pathsep.join([*map(str, own), os.environ.get("PATH", "")])

    def engine(self) -> dict[str, str]:
        """The whole environment of an engine run."""
        kept = {k: v for k, v in os.environ.items() if not is_foreign(k)}
        own = {
            "PATH": self.search_path(),
            "TMPDIR": str(self.paths.temporary),
            "PULUMI_DEBUG_COMMANDS": "true",  # shows the flag --event-log
            RUN_MARK: str(self.paths.home),
        }
        return {**kept, **self.aws(), **self.pulumi(), **own}


@functools.cache
def _session(key_id: str, secret: str, region: str) -> "boto3.Session":
    """One for all who ask: each would read the descriptions of the services anew."""
    import boto3  # most commands do without, and start the faster

    return boto3.Session(aws_access_key_id=key_id, aws_secret_access_key=secret, region_name=region)
