"""What `pulumi stack export` would write of a stack: `python -m tests.unit.stack_export STACK`."""

from __future__ import annotations

import json
import sys
from typing import Any

from tests.unit.program import recorded_stack


def exported(stack: str) -> dict[str, Any]:
    """A stack's export, with no more than what a picture of it needs."""
    resources = [
        {
            "urn": one.urn,
            "type": one.type,
            "parent": one.parent,
            "dependencies": sorted(one.dependencies),
            "provider": one.provider,
        }
        for one in recorded_stack(stack).resources
    ]
    return {"deployment": {"resources": resources}}


if __name__ == "__main__":
    print(json.dumps(exported(sys.argv[1])))
