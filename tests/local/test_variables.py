"""What the user has set for other clouds and databases reaches nothing of the platform."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local import cli
from local.engine import shell
from local.engine.environment import Environment
from local.paths import Paths
from local.services.platform import Addresses

SHELLS = [shell for shell in ("bash", "zsh", "sh") if shutil.which(shell)]
FOREIGN = {
    "AWS_DEFAULT_PROFILE": "corp",
    "AWS_ENDPOINT_URL_EKS": "https://eks.example",
    "DATABASE_URL": "postgresql://db.example",
    "ETCD_NAME": "corp",
    "KUBECONFIG": "/corp",
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    "PGHOSTADDR": "192.0.2.1",
    "PGSERVICE": "corp",
    "PULUMI_STACK": "production",
}
KEPT = {
    "GROUNDWORK_HOME": "/elsewhere",
    "KUBEBUILDER_ASSETS": "/programs",
    "PULUMI_K8S_DELETE_UNREACHABLE": "true",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """This process's variables, with a user's."""
    variables = {"PATH": os.environ["PATH"], **FOREIGN, **KEPT}
    monkeypatch.setattr(os, "environ", variables)
    return variables


def test_a_command_drops_them(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["local", "--help"])
    with pytest.raises(SystemExit):
        cli.main()
    assert not FOREIGN.keys() & environment.keys()
    assert KEPT.items() <= environment.items()


@pytest.mark.parametrize("content", ["[default", "[default]\nregion = us-east-1\n"])
def test_no_file_of_the_users_is_read(
    content: str, environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(content)
    environment["HOME"] = str(tmp_path)
    test_a_command_drops_them(environment, monkeypatch)
    command = ["python3", "-c", "import boto3; print(boto3.Session().region_name)"]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (said.stdout, said.stderr) == ("None\n", "")


def test_the_engine_gets_what_pulumi_advises_to_set(environment: dict[str, str]) -> None:
    addresses = Addresses(endpoint="http://127.0.0.1:1", apiserver="https://127.0.0.1:2")
    paths = Paths(home=Path("/home"), cache=Path("/cache"))
    engine = Environment(paths=paths, addresses=addresses, region="eu-west-1").engine()
    assert KEPT.items() <= engine.items()
    assert not {k: v for k, v in FOREIGN.items() if engine.get(k) == v}
    assert engine["AWS_REGION"] == engine["AWS_DEFAULT_REGION"] == "eu-west-1"


def sourced(program: str, variables: dict[str, str], times: int = 1) -> dict[str, str]:
    """The variables of a shell that has sourced the file."""
    own = {"AWS_REGION": "eu-west-1", "PGHOST": "127.0.0.1"}
    script = f"set -eu\n{shell.script(own, [Path('/bin/of/ours')]) * times}env -0"
    said = subprocess.run(
        [program, "-c", script], env=variables, capture_output=True, check=True
    ).stdout.decode(errors="surrogateescape")
    return dict(pair.split("=", 1) for pair in said.split("\0") if pair)


@pytest.mark.parametrize("program", SHELLS)
def test_a_sourced_shell_drops_them_and_keeps_its_own(
    program: str, environment: dict[str, str]
) -> None:
    for times in (1, 2):  # and again, when its own are there
        found = sourced(program, {**environment, "PGHOST": "db.example"}, times)
        assert not FOREIGN.keys() & found.keys()
        assert {**KEPT, "AWS_REGION": "eu-west-1", "PGHOST": "127.0.0.1"}.items() <= found.items()
        assert found["PATH"].startswith("/bin/of/ours:")


@pytest.mark.parametrize("program", SHELLS)
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_a_sourced_shell_runs_nothing_of_a_value(
    program: str, locale: str, environment: dict[str, str], tmp_path: Path
) -> None:
    made = tmp_path / "made"
    environment |= {
        "LC_ALL": locale,
        "AWS_ONE": f"; touch {made}; $(touch {made})",
        "AWS_TWO": f"caf\udce9; touch {made}",
        "THREE": f"line\nAWS_FOUR=; touch {made}",
    }
    found = sourced(program, environment)
    assert not made.exists()
    assert not {"AWS_ONE", "AWS_TWO"} & found.keys()
    assert found["THREE"] == environment["THREE"]
