"""CloudWatch Logs: moto cannot change the KMS key of a log group."""

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse

from local.endpoint.replacement import add


def install() -> None:
    """Adds AssociateKmsKey and DisassociateKmsKey."""

    def associate_kms_key(self: LogsResponse) -> str:
        _group(self).kms_key_id = self._get_param("kmsKeyId")
        return ""

    def disassociate_kms_key(self: LogsResponse) -> str:
        _group(self).kms_key_id = None
        return ""

    add(LogsResponse, "associate_kms_key", associate_kms_key)
    add(LogsResponse, "disassociate_kms_key", disassociate_kms_key)


def _group(response: LogsResponse) -> LogGroup:
    # resourceIdentifier is the group's ARN, logGroupName its name; one of them is given.
    identifier = response._get_param("resourceIdentifier") or ""
    name = response._get_param("logGroupName") or identifier.partition(":log-group:")[2]
    group = response.logs_backend.groups.get(name.removesuffix(":*"))
    if group is None:
        raise ResourceNotFoundException("The specified log group does not exist.")
    return group
