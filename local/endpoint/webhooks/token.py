"""The bearer token of ``aws eks get-token``: a presigned URL of STS GetCallerIdentity."""

import base64
import binascii
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, urlsplit

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

PREFIX = "k8s-aws-v1."
CLUSTER_HEADER = "x-k8s-aws-id"
LIFETIME = timedelta(minutes=15)
CLOCK_SKEW = timedelta(minutes=5)
ALGORITHM = "AWS4-HMAC-SHA256"
PARAMETERS = frozenset(
    {"Action", "Version", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date"}
    | {"X-Amz-Expires", "X-Amz-Security-Token", "X-Amz-Signature", "X-Amz-SignedHeaders"}
)


class TokenError(Exception):
    """The token is not one that EKS accepts; the message says why, without the token."""


@dataclass(frozen=True, kw_only=True)
class PresignedCall:
    """A decoded token.

    host: where the URL points, with its port.
    session_token: of temporary credentials, else None.
    """

    host: str
    access_key_id: str
    region: str
    signature: str
    session_token: str | None = field(repr=False)
    parameters: dict[str, str] = field(repr=False)

    def check_signature(self, *, secret: str, cluster: str) -> None:
        """Raises TokenError unless the secret key made the signature, for this cluster."""
        kept = {k: v for k, v in self.parameters.items() if k != "X-Amz-Signature"}
        request = AWSRequest(
            method="GET",
            url=f"https://{self.host}/?{_query(kept)}",
            headers={"host": self.host, CLUSTER_HEADER: cluster},
        )
        request.context["timestamp"] = self.parameters["X-Amz-Date"]
        signer = SigV4QueryAuth(Credentials(self.access_key_id, secret), "sts", self.region)
        canonical = signer.canonical_request(request)
        signature = signer.signature(signer.string_to_sign(request, canonical), request)
        if not hmac.compare_digest(str(signature), self.signature):
            raise TokenError("the signature does not match the access key and the cluster")


def decode_token(token: str, *, now: datetime) -> PresignedCall:
    """Reads a token and checks all but its signature.

    Raises TokenError unless it is a presigned GetCallerIdentity that signs the cluster's
    name and is not older than 15 minutes.
    """
    url = urlsplit(_decoded_url(token))
    pairs = parse_qsl(url.query, keep_blank_values=True)
    parameters = dict(pairs)
    if len(pairs) != len(parameters) or not parameters.keys() <= PARAMETERS:
        raise TokenError("the URL has repeated or unknown parameters")
    missing = PARAMETERS - {"X-Amz-Security-Token", "Version"} - parameters.keys()
    if missing:
        raise TokenError(f"the URL lacks {', '.join(sorted(missing))}")
    if url.scheme not in {"http", "https"} or url.path not in {"", "/"}:
        raise TokenError("the URL is not one of STS")
    if parameters["Action"] != "GetCallerIdentity":
        raise TokenError("the URL is not one of GetCallerIdentity")
    signed_headers = parameters["X-Amz-SignedHeaders"]
    if parameters["X-Amz-Algorithm"] != ALGORITHM or signed_headers != f"host;{CLUSTER_HEADER}":
        raise TokenError(f"the URL must sign host and {CLUSTER_HEADER} with {ALGORITHM}")
    access_key_id, region = _credential_scope(parameters)
    _check_date(parameters, now)
    return PresignedCall(
        host=url.netloc,
        access_key_id=access_key_id,
        region=region,
        signature=parameters["X-Amz-Signature"],
        session_token=parameters.get("X-Amz-Security-Token"),
        parameters=parameters,
    )


def _decoded_url(token: str) -> str:
    if not token.startswith(PREFIX):
        raise TokenError(f"the token does not start with {PREFIX}")
    encoded = token.removeprefix(PREFIX)
    try:
        padded = encoded + "=" * (-len(encoded) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise TokenError("the token is not base64url") from error


def _credential_scope(parameters: dict[str, str]) -> tuple[str, str]:
    parts = parameters["X-Amz-Credential"].split("/")
    if len(parts) != 5 or parts[3:] != ["sts", "aws4_request"]:
        raise TokenError("X-Amz-Credential is not a credential scope of STS")
    access_key_id, date, region = parts[:3]
    if not parameters["X-Amz-Date"].startswith(date):
        raise TokenError("X-Amz-Credential is of another day than X-Amz-Date")
    return access_key_id, region


def _check_date(parameters: dict[str, str], now: datetime) -> None:
    try:
        signed_at = datetime.strptime(parameters["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
        seconds = int(parameters["X-Amz-Expires"])
    except ValueError as error:
        raise TokenError("X-Amz-Date or X-Amz-Expires cannot be read") from error
    signed_at = signed_at.replace(tzinfo=UTC)
    if not 0 < seconds <= LIFETIME.total_seconds():
        raise TokenError(f"X-Amz-Expires must be between 1 and {LIFETIME.total_seconds():.0f}")
    if signed_at > now + CLOCK_SKEW:
        raise TokenError("the token is from the future")
    # `aws eks get-token` presigns for 60 seconds; EKS takes the token for 15 minutes.
    if now > signed_at + LIFETIME:
        raise TokenError("the token has expired")


def _query(parameters: dict[str, str]) -> str:
    return "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in sorted(parameters.items())
    )
