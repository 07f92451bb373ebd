"""The page: step through a backward pass, and train a network on points drawn with the mouse.

``python -m playground`` opens it in the browser; in a notebook :func:`explore` shows a loss and
:func:`train` a model. Every number in the page comes from the engine, over :class:`Session`.
"""

from playground.core import Session
from playground.notebook import explore, train

__all__ = ["Session", "explore", "train"]
