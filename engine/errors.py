"""The errors that chainrule raises of its own."""

__all__ = ["ChainruleError", "GradientError", "GraphError"]


class ChainruleError(Exception):
    """The family of chainrule's own errors; catch it to catch them all.

    >>> issubclass(GraphError, ChainruleError)
    True
    """


class GraphError(ChainruleError):
    """A graph cannot do what was asked of it.

    Raised by ``backward()`` on a node that remembers nothing (it was made under
    ``no_grad()`` or by ``detach()``), or through a node that was built by hand
    without its local gradients.
    """


class GradientError(ChainruleError):
    """A gradient disagrees with its numerical estimate; the message is the report of ``gradcheck``."""
