"""The engine's copy of the project: charts from the mirror, all else as it is."""

import shutil
from pathlib import Path

import pytest
import yaml

from local.engine import project
from local.engine.project import Mirror
from local.failure import LocalError
from local.paths import REPOSITORY, Paths

MIRROR = Mirror(
    repository="http://127.0.0.1:1/charts",
    versions={"external-secrets": "0.16.2", "argo-cd": "3.5.7"},
)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Folders of a repository that has the real project and stack files."""
    repository = tmp_path / "repository"
    repository.mkdir()
    for file in REPOSITORY.glob("Pulumi*.yaml"):
        shutil.copy(file, repository)
    home = repository / ".local"
    return Paths(home=home, cache=tmp_path / "cache", repository=repository)


def config(paths: Paths, stack: str) -> dict:
    return yaml.safe_load((paths.project / f"Pulumi.{stack}.yaml").read_text())["config"]


def test_charts_come_from_the_mirror_in_every_stack(paths: Paths) -> None:
    project.write(paths, MIRROR)
    for stack in ("local", "staging", "production"):
        original = yaml.safe_load((REPOSITORY / f"Pulumi.{stack}.yaml").read_text())["config"]
        copied = config(paths, stack)
        for key, chart in project.CHARTS.items():
            place = {"repository": MIRROR.repository, "version": MIRROR.versions[chart]}
            assert place.items() <= copied[key]["chart"].items()
            del copied[key]["chart"], original[key]["chart"]
        assert copied == original


def test_the_repository_is_not_written_to(paths: Paths) -> None:
    before = {f.name: f.read_bytes() for f in paths.repository.iterdir() if f.is_file()}
    project.write(paths, MIRROR)
    after = {f.name: f.read_bytes() for f in paths.repository.iterdir() if f.is_file()}
    assert after == before


def test_the_program_runs_in_the_repository(paths: Paths) -> None:
    project.write(paths, MIRROR)
    written = yaml.safe_load((paths.project / "Pulumi.yaml").read_text())
    assert written["main"] == str(paths.repository)
    assert written["runtime"]["options"]["virtualenv"] == str(paths.repository / ".venv")


def test_the_encryption_salt_of_the_copy_stays(paths: Paths) -> None:
    project.write(paths, MIRROR)
    copy = paths.project / "Pulumi.local.yaml"
    copy.write_text(copy.read_text() + "encryptionsalt: v1:abc\n")
    project.write(paths, MIRROR)
    assert yaml.safe_load(copy.read_text())["encryptionsalt"] == "v1:abc"


def test_a_key_in_a_real_account_is_not_asked_for(paths: Paths) -> None:
    file = paths.repository / "Pulumi.staging.yaml"
    file.write_text(
        file.read_text() + "secretsprovider: awskms://alias/pulumi\nencryptedkey: abc\n"
    )
    project.write(paths, MIRROR)
    copy = yaml.safe_load((paths.project / "Pulumi.staging.yaml").read_text())
    assert "secretsprovider" not in copy
    assert "encryptedkey" not in copy


def test_the_salt_of_another_passphrase_is_not_used(paths: Paths) -> None:
    file = paths.repository / "Pulumi.staging.yaml"
    file.write_text(file.read_text() + "encryptionsalt: v1:team\n")
    copy = paths.project / "Pulumi.staging.yaml"
    paths.project.mkdir(parents=True)
    shutil.copy(file, copy)
    project.write(paths, MIRROR)
    assert "encryptionsalt" not in yaml.safe_load(copy.read_text())
    copy.write_text(copy.read_text() + "encryptionsalt: v1:local\n")
    project.write(paths, MIRROR)
    assert yaml.safe_load(copy.read_text())["encryptionsalt"] == "v1:local"


@pytest.mark.parametrize("secrets", [None, "text", {"chart": "text"}])
def test_what_the_program_would_refuse_is_left_to_it(secrets: object) -> None:
    stack = {"config": {"groundwork:secrets": secrets}}
    assert project.with_mirror(stack, MIRROR) == stack


def test_an_identity_of_elsewhere_stays_there() -> None:
    config = {"aws:region": "eu-west-1", "aws:profile": "team", "aws:accessKey": "refused"}
    changed = project.with_mirror({"config": {**config, "aws:assumeRoles": [{}]}}, MIRROR)
    # The program, not the local platform, says what it refuses.
    assert changed["config"] == {"aws:region": "eu-west-1", "aws:accessKey": "refused"}


def test_broken_yaml_is_named(paths: Paths) -> None:
    file = paths.repository / "Pulumi.local.yaml"
    file.write_text("config: [")
    with pytest.raises(LocalError, match=r"Pulumi\.local\.yaml is not valid YAML"):
        project.write(paths, MIRROR)


def test_an_unknown_stack_is_named_with_those_that_exist(paths: Paths) -> None:
    with pytest.raises(LocalError, match=r"'test'.*local, production, staging"):
        project.region(paths, "test")


@pytest.mark.parametrize("region", ["eu_west_1", "eu-west", "eu-west-1 ", "EU-WEST-1", "eu-west-9"])
def test_what_is_no_region_is_named_with_its_file(paths: Paths, region: str) -> None:
    file = paths.repository / "Pulumi.staging.yaml"
    file.write_text(f'config:\n  aws:region: "{region}"\n')
    with pytest.raises(LocalError, match=rf"Pulumi\.staging\.yaml.*'{region}', which is no region"):
        project.region(paths, "staging")


@pytest.mark.parametrize(
    "region", ["eu-west-1", "us-gov-east-1", "us-isob-east-1", "eusc-de-east-1"]
)
def test_regions_of_every_partition_are_taken(paths: Paths, region: str) -> None:
    file = paths.repository / "Pulumi.staging.yaml"
    file.write_text(f"config:\n  aws:region: {region}\n")
    assert project.region(paths, "staging") == region


def test_another_encoding_is_named_with_its_line(paths: Paths) -> None:
    file = paths.repository / "Pulumi.local.yaml"
    file.write_bytes("config:\n  aws:region: eu-west-1 # für alle\n".encode("latin-1"))
    with pytest.raises(LocalError, match=r"Pulumi\.local\.yaml, line 2 is not written in UTF-8"):
        project.region(paths, "local")
