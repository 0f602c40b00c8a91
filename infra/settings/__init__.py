"""The typed form of a Pulumi.<stack>.yaml. Reads settings and judges them; creates nothing."""

from infra.settings.notices import notices
from infra.settings.reading import SettingsError, load, parse
from infra.settings.stack import StackSettings

__all__ = ["SettingsError", "StackSettings", "load", "notices", "parse"]
