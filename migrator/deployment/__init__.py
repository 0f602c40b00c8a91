"""What a deployment does with a schema: plan it, judge it, bring it on, look at it again.

One function for each question that a deployment tool asks. Nothing here knows of Pulumi.
"""
