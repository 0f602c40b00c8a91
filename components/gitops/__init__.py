"""Argo CD, and what it may deploy from which repositories. No application is built here."""

from components.gitops.application import (
    Application,
    ApplicationArgs,
    ApplicationSettings,
    Retry,
)
from components.gitops.argo_cd import ArgoCd, ArgoCdArgs, ArgoCdSettings
from components.gitops.project import Destination, Project, ProjectArgs, ProjectSettings

__all__ = [
    "Application",
    "ApplicationArgs",
    "ApplicationSettings",
    "ArgoCd",
    "ArgoCdArgs",
    "ArgoCdSettings",
    "Destination",
    "Project",
    "ProjectArgs",
    "ProjectSettings",
    "Retry",
]
