"""Both nodes side by side: the reference in pure Python and the compiled one, in one process."""

from types import ModuleType

import pytest

from engine.node import value as reference


def compiled_module() -> ModuleType:
    """The module of the compiled node; where there is none, skips the tests that ask and says why."""
    try:
        from engine.node.compiled import _value
    except ImportError as error:
        pytest.skip(f"no compiled node to test ({error})", allow_module_level=True)
    return _value


__all__ = ["compiled_module", "reference"]
