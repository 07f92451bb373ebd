"""Functions of one operand outside their domains."""

import math

import numpy as np
import pytest

import engine
from engine import derivatives, grad, hessian, hvp, vmap


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", ["log", "log2", "log10", "log1p", "sqrt", "asin", "acos", "acosh", "atanh"])
def test_outside_its_domain_a_function_has_no_derivative_of_any_order(name) -> None:
    f = getattr(engine, name)
    second = grad(grad(f))
    for x in (-3.0, 5.0, math.nan):
        if math.isfinite(f(x)):
            continue
        found = [grad(f)(x), second(x), grad(second)(x), hessian(f)(x), hvp(f, (x,), (1.0,))]
        found += [*derivatives(f, x, 3), *vmap(second)(np.array([x, x]))]
        assert np.isnan(found).all(), (x, found)
