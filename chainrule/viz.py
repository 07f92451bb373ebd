"""The package viz as a part of chainrule: ``from chainrule.viz import draw_dot``."""

from typing import TYPE_CHECKING, Any

import viz

__all__ = viz.__all__

if TYPE_CHECKING:
    from viz import *
else:

    def __getattr__(name: str) -> Any:
        if name.startswith("__"):  # __path__ above all: modules within viz have one name
            raise AttributeError(name)
        return getattr(viz, name)


def __dir__() -> list[str]:
    return dir(viz)
