"""How much the tests that take samples try: enough for every change, or as much as anybody would wait for."""

import os

__all__ = ["THOROUGH", "samples"]

THOROUGH = bool(os.environ.get("CHAINRULE_THOROUGH"))
"""Set by hand, once in a while: programs by the ten thousand, interrupts at every instruction."""


def samples(usual: int, thorough: int) -> int:
    """How many samples a test takes: the usual number, or with ``CHAINRULE_THOROUGH=1`` the thorough one."""
    return thorough if THOROUGH else usual
