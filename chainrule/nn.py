"""The package nn as a part of chainrule: ``from chainrule.nn import MLP``."""

from typing import TYPE_CHECKING, Any

import nn

__all__ = nn.__all__

if TYPE_CHECKING:
    from nn import *
else:

    def __getattr__(name: str) -> Any:
        if name.startswith("__"):  # __path__ above all: modules within nn have one name
            raise AttributeError(name)
        return getattr(nn, name)


def __dir__() -> list[str]:
    return dir(nn)
