"""A function by the engine and lifted, in each form that a program can take; and whether the two agree."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import numpy as np
import pytest

from engine import Value, jit
from engine.jit.backends import blocks
from engine.jit.pipeline import Lifted
from engine.node.backend import compiled_tape
from engine.pytree.result import Result
from tests.sampling import THOROUGH

FORMS = ("arrays", "scalars", *(["numpy", "tape"] if compiled_tape is not None else []), "eager")
"""How a lifted function may run: as an array program, on the native executor where there is one, else, and as
``numpy`` always, as NumPy; line by line on floats; as a tape in the compiled core; and as it was written."""


def in_turn(*cases: Iterable[Any]) -> list[tuple[Any, ...]]:
    """All combinations of cases, each with one of the ``FORMS``, which take turns; thoroughly with all.

    >>> in_turn("ab", [1, 2])[0][:2]
    ('a', 1)
    """
    forms = range(len(FORMS) if THOROUGH else 1)
    return [(*case, FORMS[(i + k) % len(FORMS)]) for i, case in enumerate(product(*cases)) for k in forms]


@contextmanager
def forced(form: str) -> Iterator[None]:
    """Programs made in this block take this form (those for batches are always arrays)."""
    with pytest.MonkeyPatch.context() as patch:
        if form == "numpy":
            form = "arrays"
            patch.setattr(blocks, "bind_natively", lambda *_: None)
        patch.setattr(Lifted, "_quickest", lambda self, batched: ("arrays" if batched else form, {}))
        yield


def outputs_and_gradients(
    f: Callable[..., Any], values: list[Value], *args: Any
) -> tuple[list[float], list[list[float]]]:
    """The numbers that f returns, and for each its gradient by the Values, which hold none afterwards."""
    results = Result(f(*args)).values
    gradients = []
    for result in results:
        for value in values:
            value.grad = 0.0
        if result.requires_grad:
            result.backward()
        gradients.append([value.grad for value in values])
    for value in values:
        value.grad = 0.0
    return [result.data for result in results], gradients


def assert_close(found: Any, expected: Any, rel: float = 1e-12, floor: float = 0.1) -> None:
    """Equal to rounding, relative to the largest figure (to `floor` if all are smaller), nan to nan.

    Smaller figures may be what is left of larger ones that cancel, or of a tail that an array form cuts off.
    """
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    assert found.shape == expected.shape
    finite = np.isfinite(expected)
    np.testing.assert_array_equal(found[~finite], expected[~finite])
    size = max([floor, *np.abs(expected[finite]).ravel().tolist()])
    np.testing.assert_allclose(found[finite], expected[finite], rtol=rel, atol=rel * size)


def assert_agrees(
    f: Callable[..., Any], values: list[Value], *args: Any, lifted: Any = None, rel: float = 1e-12
) -> Any:
    """Lifted, f gives the values and gradients that it has by itself; returns the lifted function."""
    expected, expected_gradients = outputs_and_gradients(f, values, *args)
    lifted = lifted or jit(f)
    found, gradients = outputs_and_gradients(lifted, values, *args)
    assert_close(found, expected, rel)
    for each, right in zip(gradients, expected_gradients, strict=True):
        assert_close(each, right, rel)
    return lifted
