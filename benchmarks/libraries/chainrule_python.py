"""chainrule on its readable node in pure Python."""

from benchmarks.libraries.protocols import Scalars

__all__ = ["load", "with_backend"]


def with_backend(wanted: str) -> Scalars:
    """The engine; ImportError unless it runs on the backend of that name."""
    import engine

    backend = getattr(engine, "backend", "python")  # an engine without the name has the one node
    if backend != wanted:
        raise ImportError(f"the engine here runs on {backend!r}, not on {wanted!r}")
    return Scalars(
        Value=engine.Value,
        children=lambda node: node._children,
        dot=engine.dot,
        softmax=engine.softmax,
        logsumexp=engine.logsumexp,
    )


def load() -> Scalars:
    """The engine on the node of ``engine/node/value.py``."""
    return with_backend("python")
