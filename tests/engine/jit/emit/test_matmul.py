"""One matrix product in each of its forms: the product, and both gradients, by the einsum of NumPy."""

import numpy as np
import pytest

from engine.jit.emit.arrays import Views
from engine.jit.emit.matmul import Product
from engine.jit.emit.support import view
from engine.jit.lower.groups import FIXED, PER_SAMPLE, Operand
from tests.engine.jit.stages import Written, cells_of

SAMPLES = 3


def products(p: Written, left, right):
    """All products of left with right rows, component by component."""
    return [p.dot(a, b) for rows, columns in zip(left, right, strict=True) for b in columns for a in rows]


def rows_of(leaves, components, count, width):
    return [[leaves(width) for _ in range(count)] for _ in range(components)]


def text_of(views: Views, statements) -> str:
    return "\n".join(map(str, [*(each.definition for each in views.definitions), *statements]))


# components, left rows, right rows, terms, whether per sample; and the form
FORMS = [
    (1, 2, 3, 4, False, "rows"),
    (1, 2, 1, 4, False, "vector"),
    (1, 1, 3, 4, False, "right"),
    (3, 2, 2, 4, False, "several"),
    (1, 3, 1, 2, True, "columns"),
    (1, 2, 3, 2, True, "several"),
    (2, 2, 3, 2, True, "several"),
]


@pytest.mark.parametrize(("components", "u", "v", "n", "batched", "form"), FORMS)
def test_product_and_gradients(components, u, v, n, batched, form) -> None:
    p = Written(batched)
    left, right = rows_of(p.captured, components, u, n), rows_of(p.inputs, components, v, n)
    layout = p.layout(*products(p, left, right))
    (group,) = layout.groups
    (run,) = group.runs
    assert run.kind == "matmul"
    views = Views(layout)
    product = Product(views, group, run)
    assert product.form == form
    out, gradient = views.result(group), views.gradient(group)
    forward = [*product.before, product.forward(out)]
    by_left, by_right = product.gradients(gradient)

    (fixed, work), _ = cells_of(layout, SAMPLES)
    rng = np.random.default_rng(1)
    names = {"np": np, "view": view, "samples": SAMPLES, "fixed": fixed, "work": work, **views.constants}
    names |= {"dfixed": rng.normal(size=fixed.shape), "dwork": rng.normal(size=work.shape)}
    exec(text_of(views, forward), names)  # noqa: S102  # written by the product
    cells = work if batched else fixed
    a = fixed[run.a.index] if run.a.space == FIXED else work[run.a.index]
    b = fixed[run.b.index] if run.b.space == FIXED else work[run.b.index]
    letters = ["s" if side.space == PER_SAMPLE else "" for side in (run.a, run.b)]
    tail = "s" if batched else ""
    order = "".join("cuv"[axis] for axis in group.grid.axes) + tail
    expected = np.einsum(f"cun{letters[0]},cvn{letters[1]}->{order}", a, b)
    start, size = group.start, group.size
    np.testing.assert_allclose(cells[start : start + size].ravel(), expected.ravel(), rtol=1e-13)

    arrived = (names["dwork"] if batched else names["dfixed"])[start : start + size]
    arrived = arrived.reshape(expected.shape)
    sides = [product.a, product.b]
    for side, found in zip(sides, (by_left, by_right), strict=True):
        is_a = np.array_equal(np.unique(side.index), np.unique(run.a.index))
        own, other, letter = ("cun", "cvn", 0) if is_a else ("cvn", "cun", 1)
        text = f"{order},{other}{letters[1 - letter]}->{own}{letters[letter]}"
        expected_gradient = np.einsum(text, arrived, b if is_a else a)
        value = eval(found.text, names)  # noqa: S307  # written by the product
        by_cell = np.zeros((layout.sizes[side.space], *value.shape[side.index.ndim :]))
        by_cell[side.index] = value
        right_cells = (run.a if is_a else run.b).index
        np.testing.assert_allclose(by_cell[right_cells], expected_gradient, rtol=1e-12, atol=1e-14)


def test_numbers_of_the_program_may_stand_right() -> None:
    p = Written()
    x = [p.inputs(3) for _ in range(2)]
    numbers = np.arange(6.0).reshape(2, 3) + 0.5
    sums = [
        p.sum(*((1.0, number, ref, -1) for number, ref in zip(row.tolist(), each, strict=True)))
        for each in x
        for row in numbers
    ]
    layout = p.layout(*sums)
    (group,) = layout.groups
    (run,) = group.runs
    views = Views(layout)
    product = Product(views, group, run)
    assert isinstance(product.b, np.ndarray)
    assert not isinstance(product.b, Operand)
    statement = product.forward(views.result(group))
    (fixed, _), number = cells_of(layout)
    names = {"np": np, "view": view, "fixed": fixed, **views.constants}
    exec(text_of(views, [statement]), names)  # noqa: S102  # written by the product
    expected = [np.dot(row, number(np.array(each))) for each in x for row in numbers]
    np.testing.assert_allclose([number(ref) for ref in sums], expected, rtol=1e-14)


def test_a_product_is_written_with_the_lecture_s_equation_beside_it() -> None:
    p = Written(batched=True)
    left, right = rows_of(p.captured, 1, 2, 3), rows_of(p.inputs, 1, 1, 3)
    layout = p.layout(*products(p, left, right))
    views = Views(layout)
    product = Product(views, layout.groups[0], layout.groups[0].runs[0])
    group = layout.groups[0]
    assert str(product.forward(views.result(group))) == "np.matmul(W1, x1, out=z1)  # W1 @ x1"
    assert [each.text for each in product.gradients(views.gradient(group))] == ["dz1 @ x1.T", "W1.T @ dz1"]
