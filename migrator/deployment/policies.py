"""How strictly a deployment is judged. Light to import, for those who only pass it on."""

from typing import Literal

LintPolicy = Literal["fail", "warn", "off"]
UnapprovedPolicy = Literal["warn", "fail"]
