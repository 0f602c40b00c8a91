"""One case per resource type: what is created, changed, replaced, and altered behind Pulumi."""
