"""EC2's instance types, as far as their names and the SDK's own data tell of them."""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from components.arguments import Fault, repeated_faults


class Architecture(StrEnum):
    """The processor architecture of a node group; all its instance types must have it."""

    X86_64 = "x86_64"
    ARM64 = "arm64"


EXAMPLES = {Architecture.X86_64: "m7i.large", Architecture.ARM64: "m7g.large"}
# Graviton's first generation lacks instructions that Amazon Linux 2023 uses; the others start
# paravirtual images only, or have been taken away.
TOO_OLD = frozenset({"a1", "c1", "cc1", "cc2", "cg1", "cr1", "g2", "hi1", "hs1", "m1", "m2", "t1"})
# m7gd, c8gn, im4gn, p6e-gb200: the letters behind the generation have a g for AWS's processors.
FAMILY = re.compile(r"(?P<series>[a-z]+)(?P<generation>\d+)(?P<attributes>[a-z0-9-]*)")
TYPE = re.compile(r"(?P<family>[a-z][a-z0-9-]*)\.(?P<size>[a-z0-9-]+)")
ENUM = re.compile(rb'"InstanceType":\{\s*"type":"string",\s*"enum":\[(.*?)\]', re.DOTALL)


def instance_type_faults(
    field: str, types: Sequence[str], architecture: Architecture
) -> Iterator[Fault]:
    """Types that are none, that EKS runs no node on, of another architecture, or named twice."""
    yield from repeated_faults(field, types)
    for position, name in enumerate(types):
        expected = _type_fault(name, architecture)
        if expected:
            yield Fault(f"{field}[{position}]", name, expected)


def architecture_of(family: str) -> Architecture:
    """The architecture of a family such as `m7i`: what its letters say, and a1."""
    parts = FAMILY.fullmatch(family)
    arm = family == "a1" or (parts is not None and "g" in parts["attributes"])
    return Architecture.ARM64 if arm else Architecture.X86_64


def _type_fault(name: str, architecture: Architecture) -> str:
    """What is wrong with a type; empty if nothing is."""
    parts, example = TYPE.fullmatch(name), EXAMPLES[architecture]
    if parts is None:
        return f"give a type of EC2, such as '{example}'"
    family, size = parts["family"], parts["size"]
    if family.startswith("mac"):
        return f"EKS runs no nodes on Macs; name a type such as '{example}'"
    if family in TOO_OLD:
        return f"Amazon Linux 2023 does not run on it, or EC2 has it no more; name '{example}'"
    # A family that is newer than the SDK is left to EC2.
    sizes = known_types().get(family)
    if sizes and size not in sizes:
        return f"EC2 has no such size of {family}, but {', '.join(sorted(sizes))}"
    if architecture_of(family) != architecture:
        return (
            f"it has {architecture_of(family)} processors in a pool of `architecture:"
            f" {architecture}`, and one pool has one architecture; name types such as '{example}',"
            " or make a pool of their own for the others"
        )
    return ""


@cache
def known_types() -> Mapping[str, frozenset[str]]:
    """The sizes of each family that the SDK knows, read from its data without importing it."""
    botocore = find_spec("botocore")
    if botocore is None or botocore.origin is None:
        raise ModuleNotFoundError("botocore, which knows EC2's instance types, is not installed")
    newest = max((Path(botocore.origin).parent / "data/ec2").iterdir())
    # Parsed as a whole, the four megabytes take a second.
    found = ENUM.search(gzip.decompress((newest / "service-2.json.gz").read_bytes()))
    if found is None:
        raise ValueError(f"{newest} has no list of instance types")
    families: dict[str, set[str]] = defaultdict(set)
    for name in re.findall(r'"([^"]+)"', found[1].decode()):
        family, _, size = name.partition(".")
        families[family].add(size)
    return {family: frozenset(sizes) for family, sizes in families.items()}
