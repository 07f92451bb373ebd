"""Pictures of Values and models in notebooks, drawn by a package that registered for it.

Whoever can draw announces itself as an entry point of the group ``chainrule.display``: a function
from the object to a MIME bundle. The package ``viz`` does.
"""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["in_notebook", "mimebundle"]

GROUP = "chainrule.display"


def in_notebook() -> bool:
    """Whether a kernel runs this program, as in a notebook: not a script, and not IPython in a terminal.

    >>> in_notebook()
    False
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def mimebundle(obj: Any) -> dict[str, Any]:
    """What a notebook shows of an object: a picture where one can be drawn, and always text.

    Args:
        obj: a Value or a model.

    Returns:
        Contents by MIME type, as ``_repr_mimebundle_`` gives them.

    >>> from engine import Value
    >>> mimebundle(Value(3.0))["text/plain"]
    'Value(data=3.0, grad=0.0)'
    """
    from importlib.metadata import entry_points  # slow to import, and seldom needed

    bundle: dict[str, Any] = {"text/plain": repr(obj)}
    for painter in entry_points(group=GROUP):
        bundle |= painter.load()(obj)
    return bundle
