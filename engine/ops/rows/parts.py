"""What rows of several files share: a row of one operand, points to try it at, a partial within a domain."""

import math
from typing import Any

from engine.ops.op import Op

TINY = 5e-324
"""The smallest positive float: max(h, TINY) is h, except at 0, and makes 0/h zero there."""

EVERYWHERE = (-3.0, -0.4, 0.0, 0.7, 2.5)
"""Where a row of one operand is tried that is defined for all numbers."""

UNIT = (-0.9, -0.3, 0.0, 0.5, 0.99)
"""Where one is tried that is defined between -1 and 1."""


def within(m: Any, inside: Any, partial: Any) -> Any:
    """The partial inside a function's domain, nan outside, where the function itself is nan."""
    # as a factor: the derivative of a constant would be 0 outside, and nan * partial, on the side of a where
    # that was not taken, would make the derivative of a lifted partial nan
    return partial * m.where(inside, 1.0, math.nan)


def unary(
    name: Any,
    forward: Any,
    partial: Any,
    text: Any,
    points: Any,
    numpy: Any = "",
    on_arrays: Any = None,
    partial_text: str = "",
    **more: Any,
) -> Op:
    """A row of one operand: ``on_arrays`` is its partial on arrays, ``numpy`` is else its name."""
    return Op(
        name=name,
        operands=("x",),
        forward=forward,
        partials=(partial,),
        array_partials=on_arrays and (on_arrays,),
        numpy=numpy or name,
        text=text,
        partial_text=(partial_text,),
        points=tuple((x,) for x in points),
        **more,
    )
