"""RenderError: a picture cannot be made; NoLayoutError: nothing here can lay one out."""

from engine import ChainruleError

__all__ = ["LESS", "NoLayoutError", "RenderError", "too_slow"]

LESS = "draw less of the graph (depth=, focus= with radius=, a smaller max_nodes=)"
"""The advice where a graph is too much for the layout."""


class RenderError(ChainruleError, RuntimeError):
    """A picture cannot be made: the layout is too slow, the DOT not valid, or the format not supported.

    The message says what to try. It is a RuntimeError, as the graphviz package's own
    ``ExecutableNotFound`` is, so code that catches that one catches this one.

    >>> issubclass(RenderError, RuntimeError)
    True
    """


class NoLayoutError(RenderError):
    """There is neither a program ``dot`` nor the WASM build of Graphviz; the message says how to get one.

    Files are then written as DOT: see :func:`viz.render`.
    """


def too_slow(timeout: float | None) -> RenderError:
    """The error for a layout that took too long.

    >>> str(too_slow(2)).partition(";")[0]
    'the layout took longer than 2 s'
    """
    return RenderError(f"the layout took longer than {timeout:g} s; {LESS} or allow more time (timeout=)")
