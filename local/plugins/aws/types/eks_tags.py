"""How EKS tags its objects: a map, by ARN."""

from local.plugins.aws.entry import Tagging

EKS_TAGS = Tagging(
    create="tags",
    create_form="map",
    add="TagResource",
    remove="UntagResource",
    target={"resourceArn": "{arn|accessEntryArn|associationArn}"},
    form="map",
    member="tags",
    keys_member="tagKeys",
)
