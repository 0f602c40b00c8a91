"""The typed form of a Pulumi.<stack>.yaml. Reads settings and judges them; creates nothing."""

from infra.settings.reading import SettingsError, load, parse
from infra.settings.stack import Settings

__all__ = ["Settings", "SettingsError", "load", "parse"]
