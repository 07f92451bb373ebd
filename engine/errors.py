"""The exceptions and warnings of chainrule."""

from typing import Any

__all__ = [
    "AnomalyError",
    "ChainruleError",
    "GradientError",
    "GraphError",
    "LostGradientWarning",
    "TraceError",
]


class ChainruleError(Exception):
    """Base class of chainrule's own errors; catch it to catch them all.

    >>> issubclass(GraphError, ChainruleError)
    True
    """


class GraphError(ChainruleError):
    """A graph cannot do what was asked.

    Raised by ``backward()`` on a node that remembers nothing (it was made under
    ``no_grad()`` or by ``detach()``), or through a node that was built by hand
    without its local gradients.
    """


class GradientError(ChainruleError):
    """A gradient disagrees with its numerical estimate; the message is the report of ``gradcheck``."""


class TraceError(GraphError):
    """A function cannot be lifted by ``engine.jit``, because its graph depends on numbers that it computes.

    An ``if`` on a result, a ``max`` over ``.data`` or a float taken out of a Value would be frozen as it was
    when the function was traced; the message names the line and what to use instead.
    """


class AnomalyError(ChainruleError):
    """A number became nan or infinite within ``detect_anomaly()``.

    Attributes:
        anomaly: what happened, where: see :class:`engine.diagnostics.anomaly.Anomaly`.
    """

    def __init__(self, anomaly: Any) -> None:
        super().__init__(anomaly)
        self.anomaly = anomaly


class LostGradientWarning(UserWarning):
    """A number was taken out of a Value by code that did not say so, and no gradient flows back from there.

    Inside of ``grad``, ``jit`` and everything of their kind it is an error. To make it one everywhere:
    ``warnings.simplefilter("error", engine.LostGradientWarning)``.
    """
