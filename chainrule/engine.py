"""The package engine as a part of chainrule: ``from chainrule.engine import Value``."""

from typing import TYPE_CHECKING, Any

import engine

__all__ = engine.__all__

if TYPE_CHECKING:
    from engine import *
else:

    def __getattr__(name: str) -> Any:
        if name.startswith("__"):  # __path__ above all: modules within engine have one name
            raise AttributeError(name)
        return getattr(engine, name)


def __dir__() -> list[str]:
    return dir(engine)
