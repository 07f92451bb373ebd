"""The text of a program, and functions made of texts: only what is used is defined, and all is freed."""

import gc
import linecache

import numpy as np
import pytest

from engine.jit.emit.backward import build_program
from engine.jit.emit.source import PARTS, OnNumPy, cells_of, compiled, source_of
from engine.jit.lower.groups import FIXED
from tests.engine.jit.stages import Written


def sources() -> int:
    gc.collect()
    return sum(name.startswith("<engine.jit ") for name in linecache.cache)


def test_functions_run_with_the_names_that_they_are_given() -> None:
    names = compiled("def f(x):\n    return np.exp(x) + g(x)\n", {"g": lambda x: 2.0 * x})
    assert names["f"](0.0) == 1.0


def test_errors_show_the_line_while_the_function_lives_and_the_text_goes_with_it() -> None:
    before = sources()
    f = compiled("def f():\n    return 1.0 / 0.0\n")["f"]
    assert sources() == before + 1
    with pytest.raises(ZeroDivisionError) as error:
        f()
    assert "return 1.0 / 0.0" in str(error.traceback[-1].statement)
    del f, error
    assert sources() == before


def test_a_program_is_bound_to_cells_in_four_parts() -> None:
    """One product with a parameter, per sample: its parts compute value and gradients on the cells."""
    p = Written(batched=True)
    (w,), (x,) = p.captured(1), p.inputs(1)
    layout = p.layout(p.dot([w], [x]))
    program = build_program(layout, [2], True)
    source = source_of(program)
    assert source.startswith("def bind(np, view, pick, fixed, dfixed, work, dwork):\n")
    assert "    # fixed[0:1] holds what was captured\n    # work[0:1] holds the arguments\n" in source
    assert source.endswith(f"    return {', '.join(PARTS)}\n")
    fixed, dfixed = np.array([2.0]), np.zeros(1)
    cells = cells_of(layout, fixed, dfixed, 3)
    bound, work = OnNumPy(compiled(source)["bind"], program, cells), cells["work"]
    work[0] = [1.0, 2.0, 3.0]
    bound.run(0, 1)
    space, cell = program.outputs[0]
    assert space != FIXED
    assert work[cell].tolist() == [2.0, 4.0, 6.0]
    bound.run(2, 3)
    assert dfixed.tolist() == [6.0]
    bound.seeds[0][:] = 0.5
    bound.run(2, 2)
    assert dfixed.tolist() == [3.0]


def test_numbers_and_ones_are_put_into_cells_when_bound() -> None:
    p = Written()
    (x,) = p.inputs(1)
    layout = p.layout(p.row("max", x, p.number(2.5)))
    layout.ones.add((FIXED, layout.sizes[0] - 1, 1))
    fixed = np.zeros(layout.sizes[0])
    cells_of(layout, fixed, np.zeros_like(fixed), 1)
    assert [fixed[cell] for _, cell, _ in layout.constants] == [2.5]
    assert fixed[-1] == 1.0
