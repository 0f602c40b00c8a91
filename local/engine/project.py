"""The Pulumi project as the local engine sees it.

It is the repository's project in a folder of its own: `main` leads back to the repository, and
each stack file is a copy in which the Helm charts come from the local mirror. So the engine may
write into the stack files, as it does for the encryption salt, and the repository's stay as they
are.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from local import files
from local.failure import LocalError
from local.paths import Paths

CHARTS = {"groundwork:secrets": "external-secrets", "groundwork:gitops": "argo-cd"}
"""The settings that name a chart and its repository, and which chart of the mirror it is."""

IDENTITY = tuple(
    f"aws:{setting}"
    for setting in (
        "assumeRoleWithWebIdentity",
        "assumeRoles",
        "profile",
        "sharedConfigFiles",
        "sharedCredentialsFiles",
    )
)
"""Whom the program acts as elsewhere. Here everybody is the user of the local endpoint."""

CLOUD_KEY = ("secretsprovider", "encryptedkey", "encryptionsalt")
"""What names or derives the key of a stack elsewhere; here the local passphrase is the key."""


@dataclass(frozen=True, kw_only=True)
class Mirror:
    """The local chart repository: its URL, and the version of each chart in it."""

    repository: str
    versions: dict[str, str]


def stack_names(repository: Path) -> list[str]:
    """The stacks that the repository has a file for."""
    found = sorted(repository.glob("Pulumi.*.yaml"))
    return [file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in found]


def write(paths: Paths, mirror: Mirror) -> None:
    """Writes the project file and the copy of each stack file. Raises LocalError.

    It also makes the folder for the temporary files of the engine that works on it.
    """
    paths.project.mkdir(parents=True, exist_ok=True)
    paths.temporary.mkdir(exist_ok=True)
    project = _load(paths.repository / "Pulumi.yaml")
    project["main"] = str(paths.repository)
    runtime = project.setdefault("runtime", {})
    runtime.setdefault("options", {})["virtualenv"] = str(paths.python.parent.parent)
    _write(paths.project / "Pulumi.yaml", project)
    for name in stack_names(paths.repository):
        file = f"Pulumi.{name}.yaml"
        copy = paths.project / file
        kept = _load(copy) if copy.exists() else {}
        settings = with_mirror(_load(paths.repository / file), mirror)
        cloud = {key: settings.pop(key, None) for key in CLOUD_KEY}
        salt = kept.get("encryptionsalt")
        # The repository's own belongs to another passphrase.
        if salt is not None and salt != cloud["encryptionsalt"]:
            settings["encryptionsalt"] = salt
        _write(copy, settings)


def with_mirror(stack: dict[str, Any], mirror: Mirror) -> dict[str, Any]:
    """A stack file's content with the charts taken from the mirror, and no identity of elsewhere.

    Settings that are missing or of a wrong form are left for the program to judge.
    """
    config = stack.get("config")
    if not isinstance(config, dict):
        return stack
    changed = {key: value for key, value in config.items() if key not in IDENTITY}
    for key, chart in CHARTS.items():
        settings = config.get(key)
        if isinstance(settings, dict) and isinstance(settings.get("chart", {}), dict):
            place = {"repository": mirror.repository, "version": mirror.versions[chart]}
            changed[key] = {**settings, "chart": {**settings.get("chart", {}), **place}}
    return {**stack, "config": changed}


def region(paths: Paths, stack: str) -> str:
    """The `aws:region` of a stack. Raises LocalError if it has none, or one that AWS has not."""
    from local import partitions  # botocore takes long to import

    file = paths.repository / f"Pulumi.{stack}.yaml"
    if not file.exists():
        known = ", ".join(stack_names(paths.repository)) or "none"
        raise LocalError(f"no stack {stack!r}: {file} is missing (there are: {known}).")
    config = _load(file).get("config")
    found = config.get("aws:region") if isinstance(config, dict) else None
    if not isinstance(found, str):
        raise LocalError(f"{file.name}: config aws:region is {found!r}; name a region.")
    if found not in partitions.regions():
        raise LocalError(
            f"{file.name}: config aws:region is {found!r}, which is no region, such as 'eu-west-1'."
        )
    return found


def _load(file: Path) -> dict[str, Any]:
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise LocalError(f"{file}, line {line} is not written in UTF-8.") from error
    except yaml.YAMLError as error:
        raise LocalError(f"{file} is not valid YAML: {error}") from error
    except OSError as error:
        raise LocalError(f"{file} cannot be read: {error.strerror}") from error
    if not isinstance(content, dict):
        raise LocalError(f"{file} holds {type(content).__name__}, not settings by name.")
    return content


def _write(file: Path, content: dict[str, Any]) -> None:
    files.write(file, yaml.dump(content, Dumper=yaml.CSafeDumper, sort_keys=False))
