"""Passwords, tokens and keys in text, which must reach neither a stack file nor Pulumi's state.

What is recognised is what tells itself apart: credentials in addresses, assignments to names such
as `password`, and tokens whose issuers gave them a prefix to be found by.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from components.issued_tokens import TOKENS

HIDDEN = "…"
REASON = "which Pulumi's state would keep in plain"
SECRETS_MANAGER = (
    "keep it in AWS Secrets Manager (`groundwork:secrets.application_secrets` makes the secret,"
    " `aws secretsmanager put-secret-value` fills it)"
)

# What stands for a password in any name, and what does as a segment of one only.
PASSWORDS = r"password|passwd|passphrase|pwd"
SEGMENTS = r"pass|pw|auth|creds?|jwt"
WORDS = (
    rf"{PASSWORDS}|secret|token|credentials?|signature|sig"
    r"|(?:api|access|account|auth|client|deploy|private|secret|shared|signing|webhook)[_-]?key"
)
# A word of a name, with what stands before it.
ANY = rf"[\w.-]*(?:{WORDS}|(?<![a-z0-9])(?:{SEGMENTS}))"
PASSWORD = rf"[\w.-]*(?:{PASSWORDS}|(?<![a-z0-9])(?:pass|pw))"
NAME = re.compile(
    rf"(?:.*[^a-z])?(?:{WORDS}|{SEGMENTS})(?:[^a-z]?\d+)?|.*(?:{PASSWORDS}|secret|token)",
    re.IGNORECASE | re.DOTALL,
)
CAMEL_NAME = re.compile(r".*(?:Password|Secret|Token|Key|[a-z0-9](?:Pass|Pw|Auth|Creds?))")

# Values that say how, whether or by whom, and words of a text about a secret, not of one.
NO_SECRETS = frozenset((
    "true", "false", "none", "null", "yes", "no", "on", "off", "required", "optional",
    "enabled", "disabled", "unset", "default", "any", "all", "basic", "digest", "iam", "oauth",
    "oauth2", "oidc", "saml", "sso", "ldap", "kerberos", "mtls", "tls", "jwt", "md5",
    "scram-sha-256", "cert", "internal", "external", "public", "private", "cognito", "keycloak",
    "okta", "auth0", "entra", "azure-ad", "github", "google", "rotated", "managed", "generated",
    "manual", "automatic", "json", "yaml", "base64",
))  # fmt: skip
PROSE = frozenset((
    "a", "an", "and", "are", "as", "ask", "at", "be", "by", "contact", "do", "for", "from",
    "given", "has", "in", "into", "is", "it", "its", "json", "kept", "lies", "made", "needs",
    "not", "of", "on", "or", "see", "stored", "that", "the", "this", "to", "use", "used", "via",
    "when", "where", "which", "who", "with", "without", "your", "rotated", "managed",
    "generated", "required", "optional",
))  # fmt: skip


def may_be_secret(text: str) -> bool:
    """Whether a value whose name is a credential's may be one, rather than words about it."""
    plain = text.strip().casefold().rstrip(".")
    if len(plain) < 4 or plain.startswith("arn:"):
        return False
    words = plain.split()
    return PROSE.isdisjoint(words) if len(words) > 1 else plain not in NO_SECRETS


def looks_generated(text: str) -> bool:
    """Whether a text is a password rather than words: no spaces, and characters of many kinds."""
    if len(text) < 8 or re.search(r"\s|://", text) or text.startswith("arn:"):
        return False
    if re.fullmatch(r"[0-9a-f]{32,}", text):
        return True
    capitals_and_digits = re.search("[A-Z]", text) and len(re.findall(r"\d", text)) > 1
    return bool(re.search("[a-z]", text) and (re.search(r"[^\w./:-]", text) or capitals_and_digits))


ASSIGNED = "an assigned credential"
# What follows a credential here tells where it leads; elsewhere it may be the rest of it.
ADDRESSES = frozenset({"credentials in an address", "a credential in a query"})

# Each has what it finds in the group `secret`, or finds it as a whole.
ADDRESS_FORMS = (
    # A name alone may be a token as well, where a service takes one in its place.
    ("credentials in an address", r"(?i:\b(?:https?|oci)://)(?P<secret>[^/\s?#]+@)(?!sha\d+:)"),
    (
        "credentials in an address",
        r"(?i:(?:\b[a-z][a-z0-9+.-]*:)?//)(?P<secret>[^/\s:@?#]*:[^/\s?#]+@)(?!sha\d+:)",
    ),
    (
        # A password with a slash in it, which is no port.
        "credentials in an address",
        r"(?i:(?:\b[a-z][a-z0-9+.-]*:)?//)"
        r"(?P<secret>[^/\s:@?#]*:(?!\d+(?:[/?#]|$))[^\s@]+@)(?!sha\d+:)",
    ),
    (
        # One that begins as a port does: before a host, not before a version.
        "credentials in an address",
        r"(?i:(?:\b[a-z][a-z0-9+.-]*:)?//)"
        r"(?P<secret>[^/\s:@?#]*:\d+[/?#][^\s@]*@)(?=(?:[\w-]+\.)+[A-Za-z]{2,}(?:[/:]|$))",
    ),
    (
        # Nor is what servers other than those of files and images have behind their port.
        "credentials in an address",
        r"(?i:\b(?:postgres(?:ql)?|mysql|mariadb|rediss?|valkeys?|amqps?|mongodb|smtps?|ldaps?"
        r"|nats|kafka|mssql|sqlserver|clickhouse)(?:\+\w+)?://)"
        r"(?P<secret>[^/\s:@?#]*:\d+[/?#][^\s@]*@)",
    ),
    (
        # Without a scheme, as of images and repositories; a digest follows an @, too.
        "credentials in an address",
        r"(?:^|(?<=\s))(?P<secret>(?!mailto:)[^\s/@:]+:[^\s/@]+@)"
        r"(?!sha\d+:)[\w-]+(?:(?:\.[\w-]+)+[:/](?=\S)|/(?=\S)|:(?=\d))",
    ),
    (
        "a credential in a query",
        rf"(?i:[?&;#][\w.-]*(?:{WORDS}|key)=)(?P<secret>[^\s&#;{HIDDEN}]+)",
    ),
)
# With what says whether the value is one: a purpose may tell where a password lies.
ASSIGNED_FORMS = (
    (
        None,
        rf"(?i:(?<![\w.-]){ANY}\s?=\s?)(?P<quote>[\"'])(?P<secret>(?![<{HIDDEN}])"
        r"(?:(?!(?P=quote)).){4,})",
    ),
    (
        may_be_secret,
        rf"(?i:(?<![\w.-]){ANY}\s?=\s?)(?P<secret>[^\s\"'&;<{HIDDEN}]{{4,}})",
    ),
    (
        may_be_secret,
        rf"(?i:[\"']{ANY}[\"']\s*:\s*[\"'])(?P<secret>\w[^\"'{HIDDEN}]{{3,}})",
    ),
    # As YAML has it.
    (
        may_be_secret,
        rf"(?i:(?<![\w.-]){PASSWORD}:\s+[\"']?)"
        rf"(?P<secret>[^\s\"'<$`{HIDDEN}][^\n\"',;{HIDDEN}]{{3,}})",
    ),
    (
        looks_generated,
        rf"(?i:(?<![\w.-]){ANY}:\s+[\"']?)(?P<secret>[^\s\"',;<$`{HIDDEN}]{{8,}})",
    ),
)
HEADERS = (
    ("a header with a credential", r"(?i:\b(?:bearer|basic)\s+)(?P<secret>[\w.~+/=-]{16,})"),
    (
        "a header with a credential",
        r"(?i:\bauthorization:\s*(?:[a-z-]+\s+)?)(?P<secret>(?=\S*\d)[\w~+=-]{16,})",
    ),
    (
        "a header with a credential",
        r"(?i:\b(?:x-[\w-]*|private-|job-|deploy-)(?:key|token|secret):\s*)"
        r"(?P<secret>(?=\S*\d)[\w~+=-]{8,})",
    ),
)


class _Form(NamedTuple):
    """A form of credentials: `judge` says of a value whether it is one; all are without."""

    kind: str
    pattern: re.Pattern[str]
    judge: Callable[[str], bool] | None = None

    def hide(self, text: str) -> str:
        """The text with what is found hidden."""
        return self.pattern.sub(self._without_secret, text)

    def _without_secret(self, match: re.Match[str]) -> str:
        """What was found, with its secret part hidden; the @ behind it stays."""
        if "secret" not in match.re.groupindex:
            return HIDDEN
        if self.judge is not None and not self.judge(match["secret"]):
            return match[0]
        start, end = match.start("secret") - match.start(), match.end("secret") - match.start()
        at = "@" if match["secret"].endswith("@") else ""
        return match[0][:start] + HIDDEN + at + match[0][end:]


FORMS = (
    *(_Form(kind, re.compile(one, re.DOTALL)) for kind, one in ADDRESS_FORMS),
    *(_Form(ASSIGNED, re.compile(one, re.DOTALL), judge) for judge, one in ASSIGNED_FORMS),
    *(_Form(kind, re.compile(one, re.DOTALL)) for kind, one in (*HEADERS, *TOKENS)),
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
    for form in FORMS:
        if (left := form.hide(hidden)) != hidden:
            kinds.append(form.kind)
            hidden = left
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


def _bits_a_character(text: str) -> float:
    """The entropy of a text, by how often it has each character."""
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares)
