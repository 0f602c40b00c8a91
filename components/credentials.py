"""Passwords, tokens and keys in text, which must reach neither a stack file nor Pulumi's state.

What is recognised is what tells itself apart: credentials in addresses, assignments to names such
as `password`, and tokens whose issuers gave them a prefix to be found by.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass

HIDDEN = "…"
REASON = "which Pulumi's state would keep in plain"
SECRETS_MANAGER = (
    "keep it in AWS Secrets Manager (`groundwork:secrets.application_secrets` makes the secret,"
    " `aws secretsmanager put-secret-value` fills it)"
)

WORDS = (
    r"password|passwd|passphrase|pwd|secret|token|credentials?|signature|sig"
    r"|(?:api|access|account|auth|client|private|secret|shared)[_-]?key"
)
NAME = re.compile(rf"(?:.*[^a-z])?(?:{WORDS})", re.IGNORECASE | re.DOTALL)
CAMEL_NAME = re.compile(r".*(?:Password|Secret|Token|Key)")

# What follows a credential here tells where it leads; elsewhere it may be the rest of it.
ADDRESSES = frozenset({"credentials in an address", "a credential in a query"})

# Each has what it finds in the group `secret`, or finds it as a whole.
PATTERNS = tuple(
    (kind, re.compile(pattern, re.DOTALL))
    for kind, pattern in (
        ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY.*"),
        # A name alone may be a token as well, where a service takes one in its place.
        ("credentials in an address", r"(?i:\b(?:https?|oci)://)(?P<secret>[^/\s?#]+@)"),
        (
            "credentials in an address",
            r"(?i:(?:\b[a-z][a-z0-9+.-]*:)?//)(?P<secret>[^/\s:@?#]*:[^/\s?#]+@)",
        ),
        (
            # A password with a slash in it, which is no port.
            "credentials in an address",
            r"(?i:(?:\b[a-z][a-z0-9+.-]*:)?//)"
            r"(?P<secret>[^/\s:@?#]*:(?!\d+(?:[/?#]|$))[^\s@]+@)",
        ),
        (
            "credentials in an address",
            r"(?:^|(?<=\s))(?P<secret>[^\s/@:]+:[^\s/@]+@)[\w-]+(?:\.[\w-]+)+[:/](?=\S)",
        ),
        (
            "a credential in a query",
            rf"(?i:[?&;#][\w.-]*(?:{WORDS}|key)=)(?P<secret>[^\s&#;{HIDDEN}]+)",
        ),
        (
            "an assigned credential",
            rf"(?i:(?<![a-z0-9])[\w.-]*(?:{WORDS})\s?=\s?[\"']?)"
            rf"(?P<secret>[^\s\"'&;<{HIDDEN}]{{4,}})",
        ),
        (
            "an assigned credential",
            rf"(?i:[\"'][\w.-]*(?:{WORDS})[\"']\s*:\s*[\"'])(?P<secret>\w[^\"'{HIDDEN}]{{3,}})",
        ),
        ("a header with a credential", r"(?i:\b(?:bearer|basic)\s+)(?P<secret>[\w.~+/=-]{16,})"),
        ("an access key of AWS", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
        ("a token of GitHub", r"\b(?:gh[a-z]_[A-Za-z0-9]{20,}|github_pat_\w{20,})"),
        ("a token of GitLab", r"\bgl[a-z]{2,5}-[\w-]{16,}"),
        ("a token of Slack", r"\bxox[a-z]-[\w-]{10,}|\bxapp-[\w-]{10,}"),
        (
            "a webhook's address",
            r"(?:hooks\.slack\.com/\w+|discord(?:app)?\.com/api/webhooks)/(?P<secret>[^\s…]+)",
        ),
        ("a key of Stripe", r"\b(?:[rs]k_(?:live|test)|whsec)_\w{10,}"),
        ("an API key", r"\bsk-[\w-]{16,}|\bAIza[\w-]{30,}|\bya29\.[\w-]{10,}|\bSG\.[\w-]{16,}"),
        ("a token of a registry", r"\bnpm_\w{20,}|\bpypi-[\w-]{20,}|\bdckr_(?:pat|oat)_[\w-]{10,}"),
        ("a token of Atlassian", r"\bAT(?:ATT|BB|CTT)[\w=-]{16,}"),
        ("a token of HashiCorp", r"\bhv[sbr]\.[\w-]{16,}|\b\w{14}\.atlasv1\.[\w-]{16,}"),
        ("a token of Pulumi", r"\bpul-[0-9a-f]{32,}"),
        ("an access token", r"\b(?:dop_v1|doo_v1|shpat|shpss|lin_api|glsa|dapi|tskey)[_-]?\w{16,}"),
        ("a JSON web token", r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"),
        ("a key of age", r"\bAGE-SECRET-KEY-1\w+"),
    )
)
# A secret key of AWS has forty characters, and no prefix.
AWS_SECRET_KEY = re.compile(r"(?<![\w/+=.-])[A-Za-z0-9/+]{40}(?![\w/+=.-])")
RANDOM_BITS = 4.4


@dataclass(frozen=True, kw_only=True)
class Credential:
    """A credential in a text: `kind`, and the text with it hidden, and with it taken out.

    `hidden` ends with the first credential, unless that stands in an address: what follows may be
    more of it.
    """

    kind: str
    hidden: str
    without: str

    def reason(self, belongs: str) -> str:
        """Why it cannot stay, and what to do."""
        return f"it holds {self.kind}, {REASON}; {belongs}"


def find_credential(text: str) -> Credential | None:
    """The credentials in a text, as one; None if there is none."""
    hidden, kinds = text, []
    for name, pattern in PATTERNS:
        if pattern.search(hidden):
            kinds.append(name)
            hidden = pattern.sub(_without_secret, hidden)
    for match in AWS_SECRET_KEY.finditer(hidden):
        if _bits_a_character(match[0]) > RANDOM_BITS:
            kinds.append("a secret key")
            hidden = hidden.replace(match[0], HIDDEN)
    if not kinds:
        return None
    if not ADDRESSES.issuperset(kinds):
        hidden = hidden[: hidden.index(HIDDEN) + len(HIDDEN)]
    without = hidden.replace(f"{HIDDEN}@", "").replace(HIDDEN, "")
    return Credential(kind=kinds[0], hidden=hidden, without=without)


def names_a_credential(name: str) -> bool:
    """Whether what is called so is one: `db-password`, `apiToken`; not `password_encryption`."""
    return bool(NAME.fullmatch(name) or CAMEL_NAME.fullmatch(name))


def looks_generated(text: str) -> bool:
    """Whether a text is a password rather than words: no spaces, and characters of many kinds."""
    if len(text) < 8 or re.search(r"\s", text):
        return False
    if re.fullmatch(r"[0-9a-f]{32,}", text):
        return True
    capitals_and_digits = re.search("[A-Z]", text) and len(re.findall(r"\d", text)) > 1
    return bool(re.search("[a-z]", text) and (re.search(r"[^\w./:-]", text) or capitals_and_digits))


def _without_secret(match: re.Match[str]) -> str:
    """What was found, with its secret part hidden; the @ behind it stays."""
    if "secret" not in match.re.groupindex:
        return HIDDEN
    start, end = match.start("secret") - match.start(), match.end("secret") - match.start()
    at = "@" if match["secret"].endswith("@") else ""
    return match[0][:start] + HIDDEN + at + match[0][end:]


def _bits_a_character(text: str) -> float:
    """The entropy of a text, by how often it has each character."""
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares)
