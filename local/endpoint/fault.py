"""AWS error answers in the wire format of the service that was asked."""

import json
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

from local.endpoint.aws_request import AwsRequest

XML_SERVICES = frozenset(
    {"autoscaling", "cloudformation", "cloudwatch", "ec2", "elasticache", "elasticloadbalancing"}
    | {"iam", "rds", "s3", "sns", "sts"}
)

# The query protocol, which all XML services but S3 speak.
FORM = "application/x-www-form-urlencoded"


def fault(request: AwsRequest, *, status: int, code: str, message: str) -> Response:
    """An error that boto3 raises as ClientError with this code and message."""
    if request.service in XML_SERVICES or request.mimetype == FORM:
        error = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
        if request.service == "ec2":
            body = f"<Response><Errors>{error}</Errors></Response>"
        else:
            body = f"<ErrorResponse>{error}</ErrorResponse>"
        return Response(body, status=status, content_type="text/xml")
    return Response(
        json.dumps({"__type": code, "message": message}),
        status=status,
        headers={"x-amzn-ErrorType": code},
        content_type="application/json",
    )
