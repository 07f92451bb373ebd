"""chainrule's scalars, on the node that ``CHAINRULE_BACKEND`` names."""

from benchmarks.libraries.protocols import Scalars

__all__ = ["load"]


def load() -> Scalars:
    """The engine; ImportError where the node asked for is not built."""
    import engine

    return Scalars(
        Value=engine.Value,
        children=lambda node: node._children,
        dot=engine.dot,
        softmax=engine.softmax,
        logsumexp=engine.logsumexp,
        functions=engine,
    )
