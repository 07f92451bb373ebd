"""Elementwise functions of NumPy's, and of ours on arrays, as inner loops of the native executor."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.jit.backends.native.places import Untranslated
from engine.jit.emit.trees import Call
from engine.ops import OPERATORS

__all__ = ["FOLDS", "MASKS", "loops_of"]

OWN = {
    "abs": "absolute",
    "real": "copy",
    "positive": "copy",
    "isnan": "is_nan",
    **{
        name: name
        for name in (
            *("add", "subtract", "multiply", "divide", "absolute", "negative", "square", "sign", "heaviside"),
            *("maximum", "minimum", "where", "times_greater", "times_less"),
            *("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"),
            *("logical_and", "logical_or", "logical_not", "log_partial", "sin", "cos"),
            *("tanh_partial", "sigmoid_partial", "power_partial"),
        )
    },
}
"""NumPy's functions, and ours on arrays, that the executor has loops of its own for."""

MASKS = {"greater": "times_greater", "less": "times_less"}
"""Comparisons, and loops that multiply by one."""

FOLDS = {"add": "sum", "maximum": "largest", "minimum": "smallest", "multiply": "product"}
"""Ufuncs that are reduced, by the executor's functions over columns."""


def loops_of(t: Any, tree: Call, operands: list[Any], out: Any, spare: int) -> list[tuple[Any, ...]]:
    """A function as calls of inner loops, each with its operands.

    Args:
        t: the translator.
        tree: the function.
        operands: where its operands stand.
        out: where its result goes.
        spare: a temporary that is free.
    """
    name = tree.function
    if tree.size is not None:
        raise Untranslated(name)
    if name in OWN:
        return [(OWN[name], *operands, out)]
    if name in ("sigmoid", "silu"):
        (x,) = operands
        return [("negative", x, spare), (np.exp, spare, spare), (f"{name}_of_exp", spare, x, out)]
    if name == "sech2":
        one = t.number(1.0)
        return [(np.cosh, *operands, spare), (np.divide, one, spare, spare), ("square", spare, out)]
    if tree.is_ours and name in OPERATORS and len(operands) == len(OPERATORS[name].operands):
        return [((name, -1), *operands, out)]  # by the kernel of the row
    ufunc = getattr(np, name, None)
    if isinstance(ufunc, np.ufunc) and "d" * len(operands) + "->d" in ufunc.types and not tree.is_ours:
        return [(ufunc, *operands, out)]
    raise Untranslated(name)
