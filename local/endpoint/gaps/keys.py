"""KMS: moto ignores the rotation period of a key."""

import json
from typing import Any

from moto.kms.exceptions import ValidationException
from moto.kms.responses import KmsResponse

from local.endpoint.replacement import replace

SECONDS_A_DAY = 86400
DEFAULT_PERIOD_DAYS = 365
SHORTEST_PERIOD_DAYS = 90
LONGEST_PERIOD_DAYS = 2560


def install() -> None:
    """Lets EnableKeyRotation take a period and GetKeyRotationStatus report it."""

    def enable_key_rotation(self: KmsResponse) -> str:
        days = int(self._get_param("RotationPeriodInDays", DEFAULT_PERIOD_DAYS))
        if not SHORTEST_PERIOD_DAYS <= days <= LONGEST_PERIOD_DAYS:
            raise ValidationException(
                f"RotationPeriodInDays {days} must be between {SHORTEST_PERIOD_DAYS} and "
                f"{LONGEST_PERIOD_DAYS}"
            )
        answer = enable(self)
        _key(self).rotation_period_days = days
        return answer

    def get_key_rotation_status(self: KmsResponse) -> str:
        answer = json.loads(status(self))
        key = _key(self)
        answer["KeyId"] = key.id
        if answer["KeyRotationEnabled"]:
            days = getattr(key, "rotation_period_days", DEFAULT_PERIOD_DAYS)
            answer["RotationPeriodInDays"] = days
            answer["NextRotationDate"] = key.creation_date + days * SECONDS_A_DAY
        return json.dumps(answer)

    enable = replace(KmsResponse, "enable_key_rotation", enable_key_rotation)
    status = replace(KmsResponse, "get_key_rotation_status", get_key_rotation_status)


def _key(response: KmsResponse) -> Any:
    backend = response.kms_backend
    return backend.keys[backend.get_key_id(response._get_param("KeyId"))]
