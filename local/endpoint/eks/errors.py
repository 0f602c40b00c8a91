"""The errors that EKS answers with."""


class EksError(Exception):
    """An error answer: AWS's error code, its HTTP status and a message for people."""

    def __init__(self, code: str, status: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def not_found(message: str) -> EksError:
    """A named resource does not exist."""
    return EksError("ResourceNotFoundException", 404, message)


def in_use(message: str) -> EksError:
    """The name is taken, or something depends on the resource."""
    return EksError("ResourceInUseException", 409, message)


def invalid_parameter(message: str) -> EksError:
    """An argument is wrong in itself or names something that does not exist."""
    return EksError("InvalidParameterException", 400, message)


def invalid_request(message: str) -> EksError:
    """The request does not fit the state of the resource."""
    return EksError("InvalidRequestException", 400, message)
