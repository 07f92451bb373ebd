"""All of chainrule in one namespace: what engine offers, and engine, nn, viz, demos and playground.

``chainrule.Value`` is ``engine.Value`` and ``chainrule.nn`` is ``nn``, imported when first asked for.

>>> import chainrule
>>> x = chainrule.Value(0.5)
>>> chainrule.tanh(x).backward()
>>> round(x.grad, 6)
0.786448
>>> from chainrule.nn import MLP
>>> MLP(2, [4, 1], rng=0).num_parameters()
17
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import engine as engine

__version__ = engine.__version__

_PACKAGES = ("demos", "engine", "nn", "playground", "viz")

__all__ = [*_PACKAGES, *engine.__all__]

if TYPE_CHECKING:
    import demos as demos
    import nn as nn
    import playground as playground
    import viz as viz
    from engine import *
    from engine import abs as abs
    from engine import max as max
    from engine import min as min
    from engine import pow as pow
    from engine import sum as sum
else:

    def __getattr__(name: str) -> Any:
        if name in _PACKAGES:
            return import_module(name)
        if name not in dir(engine):
            raise AttributeError(f"module 'chainrule' has no attribute {name!r}")
        found = globals()[name] = getattr(engine, name)
        return found


def __dir__() -> list[str]:
    return sorted({*_PACKAGES, *dir(engine)})
