"""The local AWS endpoint: one process that answers for AWS on this machine.

Here live the AWS APIs, their journal, the RDS servers, the EKS webhooks and the chart
mirror. Which other processes make up the platform is not known here.
"""
