"""The platform is reached without a proxy, whatever proxies the user has."""

import os
import shutil
import subprocess
import urllib.request

import pytest

from local import cli
from local.engine import shell

SHELLS = [shell for shell in ("bash", "zsh", "sh") if shutil.which(shell)]
PROXIES = [
    {"http_proxy": "http://proxy.example:3128"},
    {"http_proxy": "http://proxy.example:3128", "NO_PROXY": "corp.example"},
    {"http_proxy": "http://proxy.example:3128", "no_proxy": "corp.example"},
]


@pytest.mark.parametrize("variables", PROXIES, ids=str)
def test_a_command_reaches_loopback_past_a_proxy(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"], **variables})
    monkeypatch.setattr("sys.argv", ["local", "--help"])
    with pytest.raises(SystemExit):
        cli.main()
    assert urllib.request.proxy_bypass("127.0.0.1:4566")
    assert urllib.request.proxy_bypass("localhost")
    assert not urllib.request.proxy_bypass("github.com")
    assert urllib.request.proxy_bypass("corp.example") == (len(variables) > 1)
    assert os.environ["NO_PROXY"] == os.environ["no_proxy"]


@pytest.mark.parametrize("program", SHELLS)
@pytest.mark.parametrize("variables", PROXIES, ids=str)
def test_a_shell_reaches_loopback_past_a_proxy(program: str, variables: dict[str, str]) -> None:
    show = 'echo "$NO_PROXY $no_proxy"'
    script = f"set -eu\n{shell.NO_PROXY}{show}"
    said = subprocess.run(
        [program, "-c", script], env=variables, capture_output=True, text=True, check=True
    ).stdout.split()
    kept = variables.get("NO_PROXY", variables.get("no_proxy", ""))
    assert said == [f"127.0.0.1,localhost,{kept}"] * 2
