"""Argo CD, and what it may deploy from which repositories. No application is built here."""

from components.gitops.application import Application, ApplicationArgs, Retry
from components.gitops.argo_cd import ArgoCd, ArgoCdArgs
from components.gitops.project import Destination, Project, ProjectArgs

__all__ = [
    "Application",
    "ApplicationArgs",
    "ArgoCd",
    "ArgoCdArgs",
    "Destination",
    "Project",
    "ProjectArgs",
    "Retry",
]
