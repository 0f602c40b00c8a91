"""What is in the wheel."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

from tests.wheel.environment import Environment

EVERY_MODULE = """
import pkgutil, sys
from importlib import import_module

package = import_module(sys.argv[1])
names = [one.name for one in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
for name in names:
    if not name.endswith("__main__"):
        import_module(name)
print(len(names), package.__file__)
"""


def test_it_holds_the_public_packages_alone_and_marks_them_as_typed(wheel: Path) -> None:
    names = [Path(name).parts for name in ZipFile(wheel).namelist()]
    packages = {parts[0] for parts in names if not parts[0].endswith(".dist-info")}
    assert packages == {"components", "migrator"}
    assert {parts[0] for parts in names if parts[1:] == ("py.typed",)} == packages


def test_the_migrator_needs_no_more_than_what_it_installs(migrator_alone: Environment) -> None:
    _imports_all_of("migrator", migrator_alone)


def test_the_components_need_no_more_than_their_extra(platform: Environment) -> None:
    _imports_all_of("components", platform)


def _imports_all_of(package: str, environment: Environment) -> None:
    done = environment.run("python", "-c", EVERY_MODULE, package)
    assert done.returncode == 0, done.stderr
    count, file = done.stdout.split()
    assert int(count) > 20
    assert Path(file).is_relative_to(environment.folder)
