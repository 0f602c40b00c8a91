"""The Pulumi CLI below the home folder, with the language host and the plugins that it finds."""

import hashlib
import json
import os
import secrets
import shlex
import shutil
from importlib import metadata
from pathlib import Path

from local import files
from local.engine.commands import output_of
from local.paths import Paths
from local.screen import Screen
from local.toolchain.toolchain import Toolchain

# `-c` instead of `-m`: the repository goes on this process's path only, not on the program's.
LANGUAGE_HOST = """#!/bin/sh
exec {python} -c 'import sys; sys.path.insert(0, sys.argv.pop(1)); \\
from local.language_host.__main__ import main; main()' {repository} {scripts} "$@"
"""

PLUGIN = """#!/bin/sh
GROUNDWORK_PLUGIN_FOLDER="${{0%/*}}" PYTHONPATH={repository} \\
exec {python} -m local.plugins.{name} "$@"
"""

OWN_PLUGINS = ("aws", "random")


def install(paths: Paths, toolchain: Toolchain, screen: Screen) -> Path:
    """Lays out the CLI, the language host, the plugins and the passphrase; gives the CLI.

    Does only what is not done yet.
    """
    paths.home.mkdir(parents=True, exist_ok=True)
    paths.state.mkdir(parents=True, exist_ok=True)
    _make_passphrase(paths.passphrase)
    if toolchain.language_scripts is not None:
        _lay_cli(paths, toolchain.pulumi, toolchain.language_scripts)
    _install_plugins(paths, toolchain, cli(paths, toolchain), screen)
    return cli(paths, toolchain)


def is_of_this_checkout(paths: Paths) -> bool:
    """Whether the plugins that were installed are those of the code as it is now."""
    return all(
        (_scripts(paths) / f"pulumi-resource-{name}").read_text() == _launcher(paths, name)
        for name in OWN_PLUGINS
        if (_scripts(paths) / f"pulumi-resource-{name}").exists()
    )


def _scripts(paths: Paths) -> Path:
    return paths.home / "plugins"


def _launcher(paths: Paths, name: str) -> str:
    return PLUGIN.format(
        python=shlex.quote(str(paths.python)),
        repository=shlex.quote(str(paths.repository)),
        name=name,
    )


def cli(paths: Paths, toolchain: Toolchain) -> Path:
    """The CLI to run: one that brings a language host as it is, else ours with one beside it."""
    return toolchain.pulumi if toolchain.language_scripts is None else paths.engine / "pulumi"


def _make_passphrase(file: Path) -> None:
    if not file.exists():
        files.write(file, secrets.token_urlsafe(32), mode=files.PRIVATE)


def _lay_cli(paths: Paths, pulumi: Path, scripts: Path) -> None:
    """Our build of the CLI, with the SDK's scripts and our language host beside it."""
    paths.engine.mkdir(parents=True, exist_ok=True)
    _link_or_copy(pulumi, paths.engine / "pulumi")
    for script in scripts.iterdir():
        _link_or_copy(script, paths.engine / script.name)
    host = LANGUAGE_HOST.format(
        python=shlex.quote(str(paths.python)),
        repository=shlex.quote(str(paths.repository)),
        scripts=shlex.quote(str(paths.engine)),
    )
    _write_program(paths.engine / "pulumi-language-python", host)


def _link_or_copy(source: Path, target: Path) -> None:
    """The CLI looks for its plugins beside its real file, so a symbolic link would not do."""
    if target.exists() and (
        target.samefile(source) or target.stat().st_mtime_ns == source.stat().st_mtime_ns
    ):
        return
    with files.replacing(target) as new:
        try:
            new.hardlink_to(source)
        except OSError:  # another file system
            shutil.copy2(source, new)


def _write_program(file: Path, content: str) -> None:
    if not file.exists() or file.read_text() != content:
        files.write(file, content, mode=files.PROGRAM)


def _install_plugins(paths: Paths, toolchain: Toolchain, program: Path, screen: Screen) -> None:
    """Installs each plugin as the version that the installed SDK package asks for."""
    scripts = _scripts(paths)
    scripts.mkdir(exist_ok=True)
    sources = {"kubernetes": toolchain.kubernetes_plugin}
    for name in OWN_PLUGINS:
        sources[name] = scripts / f"pulumi-resource-{name}"
        _write_program(sources[name], _launcher(paths, name))
    record = paths.pulumi_home / "installed.json"
    installed = json.loads(record.read_text()) if record.exists() else {}
    for name, source in sources.items():
        version = metadata.version(f"pulumi-{name}")
        wanted = f"{version} {_identity(source)}"
        if installed.get(name) == wanted:
            continue
        with screen.step(f"installing the {name} plugin {version}"):
            _install_plugin(paths, program, name, version, source)
        installed[name] = wanted
        files.write(record, json.dumps(installed, indent=2))


def _identity(source: Path) -> str:
    """Tells one build of a plugin from another."""
    stat = source.stat()
    if stat.st_size < 2**20:
        return hashlib.sha256(source.read_bytes()).hexdigest()
    return f"{stat.st_size} {stat.st_mtime_ns}"


def _install_plugin(paths: Paths, program: Path, name: str, version: str, source: Path) -> None:
    command = [str(program), "plugin", "install", "resource", name, version]
    environment = {
        **os.environ,
        "PULUMI_HOME": str(paths.pulumi_home),
        "PULUMI_BACKEND_URL": f"file://{paths.state}",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    output_of([*command, "--file", str(source), "--reinstall"], environment=environment)
