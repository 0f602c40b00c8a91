"""The IAM identity behind an access key of this endpoint."""

import hmac
from dataclasses import dataclass, field

from moto.iam.models import IAMBackend, iam_backends
from moto.sts.models import STSBackend, sts_backends
from moto.utilities.utils import get_partition

from local.endpoint.clock import clock
from local.endpoint.webhooks.token import PresignedCall, TokenError


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who an access key belongs to.

    arn: as GetCallerIdentity answers.
    principal_arn: of the IAM user or role, which an access entry names.
    session_name: of an assumed role, else None.
    """

    secret: str = field(repr=False)
    account_id: str
    arn: str
    principal_arn: str
    principal_id: str
    session_name: str | None


def find_caller(account_id: str, call: PresignedCall) -> Caller:
    """Looks a call's access key up among users and assumed roles.

    Read it while moto's state is kept still. Raises TokenError if the key is unknown,
    inactive or expired, or its session token is another one.
    """
    partition = get_partition(call.region)
    iam = iam_backends[account_id][partition]
    access_key_id = call.access_key_id
    for user in iam.users.values():
        for key in user.access_keys:
            if key.access_key_id == access_key_id:
                if key.status != "Active":
                    raise TokenError(f"access key {access_key_id} is {key.status}")
                return Caller(
                    secret=key.secret_access_key,
                    account_id=account_id,
                    arn=user.arn,
                    principal_arn=user.arn,
                    principal_id=user.id,
                    session_name=None,
                )
    return _find_session(iam, sts_backends[account_id][partition], account_id, call)


def _find_session(iam: IAMBackend, sts: STSBackend, account_id: str, call: PresignedCall) -> Caller:
    access_key_id = call.access_key_id
    for session in sts.assumed_roles:
        if session.access_key_id != access_key_id:
            continue
        if not hmac.compare_digest(session.session_token, call.session_token or ""):
            raise TokenError(f"the session token is not that of access key {access_key_id}")
        if session.expiration < clock.now().replace(tzinfo=None):
            raise TokenError(f"the credentials of access key {access_key_id} have expired")
        role = next((role for role in iam.get_roles() if role.arn == session.role_arn), None)
        if role is None:
            raise TokenError(f"role {session.role_arn} is gone")
        return Caller(
            secret=session.secret_access_key,
            account_id=account_id,
            arn=session.arn,
            principal_arn=role.arn,
            principal_id=role.id,
            session_name=session.session_name,
        )
    raise TokenError(f"access key {access_key_id} is unknown")
