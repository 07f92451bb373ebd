"""Both nodes side by side: the reference in pure Python and the compiled one, in one process."""

from types import ModuleType

import pytest

from engine import value as reference


def compiled_module() -> ModuleType:
    """The module of the compiled node; skips the tests of the module that asks, saying why, where there is none."""
    try:
        from engine import _value
    except ImportError as error:
        pytest.skip(f"no compiled node to test ({error})", allow_module_level=True)
    return _value


__all__ = ["compiled_module", "reference"]
