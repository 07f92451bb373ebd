"""chainrule on its compiled node."""

from benchmarks.adapter import Scalars
from benchmarks.adapters.chainrule_python import with_backend

__all__ = ["load"]


def load() -> Scalars:
    """The engine on the node of ``engine/_value.pyx``."""
    return with_backend("cython")
