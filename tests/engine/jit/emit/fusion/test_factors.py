"""Numbers in products are put together where no other number changes by that."""

import numpy as np
import pytest

from engine.jit.emit.fusion.factors import with_numbers_together
from engine.jit.emit.statements import Assign
from engine.jit.emit.trees import Call, Reduce
from tests.engine.jit.backends.native.world import World
from tests.engine.jit.emit.fusion.test_laws import WIDE, A, B, cell

OUT = cell("out", 56, 4)
ALL = cell("all", 20, 3, 4)


@pytest.mark.parametrize("scale", [1.0, 3e100])
def test_numbers_are_put_together(scale) -> None:
    third = Reduce("add", WIDE, (0,))
    tables = [
        (OUT, 2.0 * (0.3 * A), "np.multiply(0.6, a, out=out)"),
        (OUT, 0.3 * (-0.5 * A), "np.multiply(-0.15, a, out=out)"),
        (OUT, A * (0.5 * B), "np.multiply(0.5, a * b, out=out)"),
        (OUT, (0.5 * A) * (0.25 * B), "np.multiply(0.125, a * b, out=out)"),
        (OUT, 2.0 * (0.25 * (third * (-0.5 * (A * A)))), None),
        (ALL, (2.0 * (0.5 * A)) * WIDE, "np.multiply(a, wide, out=all)"),
        (OUT, 0.05 * -A, "np.multiply(-0.05, a, out=out)"),
        (OUT, 0.5 * -(A * B) * (B + -0.5), "np.multiply(-0.5, a * b * (b - 0.5), out=out)"),
        (OUT, 2.0 * (-0.5 * A), "np.negative(a, out=out)"),
        # not these
        (OUT, 0.5 * (4.0 * A), "np.multiply(0.5, 4.0 * a, out=out)"),  # 4a may overflow, these four
        (OUT, (0.5 * A) * (4.0 * B), "np.multiply(0.5 * a, 4.0 * b, out=out)"),
        (OUT, A * (2.0 * B), "np.multiply(a, 2.0 * b, out=out)"),
        (OUT, 0.5 * (5e-324 * A), "np.multiply(0.5, 5e-324 * a, out=out)"),
        (OUT, 0.3 * (0.7 * A), "np.multiply(0.3, 0.7 * a, out=out)"),
        (OUT, A * (0.3 * B), "np.multiply(a, 0.3 * b, out=out)"),
        (OUT, (2.0 * A) * (0.3 * B), "np.multiply(2.0 * a, 0.3 * b, out=out)"),
        (OUT, -A * B, "np.multiply(-a, b, out=out)"),
        (OUT, A * 2.0, "np.multiply(a, 2.0, out=out)"),
        (OUT, 1024.0 * (0.3 * A), "np.multiply(1024.0, 0.3 * a, out=out)"),
        (ALL, (2.0 * A) * WIDE, "np.multiply(2.0 * a, wide, out=all)"),  # a is the smaller
        (ALL, Call("maximum", (2.0 * (0.5 * A), WIDE)), "np.maximum(a, wide, out=all)"),
    ]
    for target, value, text in tables:
        before = Assign(target, value)
        after = with_numbers_together(before)
        if text is not None:
            assert str(after) == text
        numbers = []
        for statement in (before, after):
            world = World(7, ordinary=True)
            world.cells["fixed"] *= scale
            numbers.append(world.as_numpy([statement])["fixed"])
        np.testing.assert_array_equal(*numbers)


def test_few_numbers_are_left_of_a_norm() -> None:
    value = 2.0 * (0.0625 * (Reduce("add", WIDE, (0,)) * (-0.5 * (A * A * A))))
    found = with_numbers_together(Assign(OUT, value))
    assert str(found) == "np.multiply(-0.0625, np.add.reduce(wide, axis=0) * (a * a * a), out=out)"
