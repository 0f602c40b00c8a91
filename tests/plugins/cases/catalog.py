"""All cases."""

from tests.plugins.cases import network, platform, security
from tests.plugins.cases.case import Case

CASES: tuple[Case, ...] = (*network.CASES, *security.CASES, *platform.CASES)
