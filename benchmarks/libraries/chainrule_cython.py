"""chainrule on its compiled node."""

from benchmarks.libraries.chainrule_python import with_backend
from benchmarks.libraries.protocols import Scalars

__all__ = ["load"]


def load() -> Scalars:
    """The engine on the node of ``engine/node/compiled/_value.pyx``."""
    return with_backend("cython")
