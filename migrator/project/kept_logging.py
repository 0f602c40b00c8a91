"""This process's logging, kept from an env.py that sets up its own."""

import logging
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, kw_only=True)
class _Setting:
    level: int
    handlers: tuple[logging.Handler, ...]
    propagate: bool
    disabled: bool


@dataclass(frozen=True, kw_only=True)
class KeptLogging:
    """How each logger was set when this was taken."""

    settings: dict[logging.Logger, _Setting]
    limit: int

    @classmethod
    def take(cls) -> Self:
        """Notes all loggers that there are."""
        root = logging.getLogger()
        named = list(root.manager.loggerDict.values())
        loggers = [root, *(each for each in named if isinstance(each, logging.Logger))]
        return cls(
            settings={
                logger: _Setting(
                    level=logger.level,
                    handlers=tuple(logger.handlers),
                    propagate=logger.propagate,
                    disabled=logger.disabled,
                )
                for logger in loggers
            },
            limit=root.manager.disable,
        )

    def restore(self) -> None:
        """Puts them back. `fileConfig` disables every logger that its file does not name."""
        for logger, setting in self.settings.items():
            logger.handlers[:] = setting.handlers
            logger.propagate = setting.propagate
            logger.disabled = setting.disabled
            if logger.level != setting.level:  # each change empties the caches of all loggers
                logger.setLevel(setting.level)
        if logging.root.manager.disable != self.limit:
            logging.disable(self.limit)
