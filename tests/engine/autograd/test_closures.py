"""Nodes whose ``_backward`` was assigned; programs made of them: test_micrograd_programs.py."""

import copy
import math
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import engine
from engine import GraphError, TraceError, Value, no_grad
from engine.autograd.closures import Operands
from tests.engine.nodes import compiled_module, reference


@pytest.fixture(params=["reference", "compiled"])
def kind(request) -> Any:
    """The class Value of each node."""
    return reference.Value if request.param == "reference" else compiled_module().Value


def sine(x: Any, calls: list | None = None) -> Any:
    out = type(x)(math.sin(x.data), (x,), "sine")

    def _backward():
        if calls is not None:
            calls.append(out.grad)
        x.grad += math.cos(x.data) * out.grad

    out._backward = _backward
    return out


def product(x: Any, y: Any) -> Any:
    out = type(x)(x.data * y.data, (x, y), "product")

    def _backward():
        x.grad += y.data * out.grad
        y.grad += x.data * out.grad

    out._backward = _backward
    return out


# -- the sweep ----------------------------------------------------------------------------------------


def test_the_function_is_called_once_a_sweep_with_the_complete_gradient(kind) -> None:
    calls: list[float] = []
    x = kind(0.5)
    s = sine(x * 2.0, calls)
    (s * 3.0 + s * s + s).backward()
    assert calls == [3.0 + 2.0 * math.sin(1.0) + 1.0]
    assert s.grad == calls[0]
    assert x.grad == pytest.approx(2.0 * math.cos(1.0) * calls[0], rel=1e-15)


def test_leaves_add_up_over_sweeps_and_other_nodes_start_anew(kind) -> None:
    calls: list[float] = []
    x = kind(0.5)
    y = sine(sine(x), calls)
    y.backward()
    once = x.grad
    y.backward(2.0)
    assert x.grad == pytest.approx(3.0 * once, rel=1e-15)
    assert y._children[0].grad == pytest.approx(2.0 * math.cos(math.sin(0.5)))
    assert calls == [1.0, 2.0]


@pytest.mark.parametrize("mixed", [False, True])
def test_shared_operands_and_repeated_ones(kind, mixed) -> None:
    x, y = kind(0.7), kind(-1.2)
    times = (lambda a, b: a * b) if mixed else product
    h = product(x, y)
    root = times(product(h, h), x) + times(h, y)
    root.backward()
    a, b = 0.7, -1.2
    assert root.data == pytest.approx(a**3 * b**2 + a * b**2)
    assert x.grad == pytest.approx(3 * a**2 * b**2 + b**2)
    assert y.grad == pytest.approx(2 * a**3 * b + 2 * a * b)


def test_a_function_takes_the_place_of_an_operators_gradient(kind) -> None:
    """Here a straight-through estimator: the sign's own derivative is zero."""
    x = kind(-0.3)
    out = x.sign()

    def _backward():
        x.grad += out.grad

    out._backward = _backward
    assert (out._op, out._local_grads, out._children) == ("sign", (), (x,))
    (out * 5.0).backward()
    assert x.grad == 5.0


def test_a_node_no_gradient_reaches_is_not_called(kind) -> None:
    calls: list[float] = []
    x = kind(0.5)
    (sine(x, calls) * 0.0 + x).backward()
    assert calls == []
    assert x.grad == 1.0


def test_constants_and_frozen_leaves_take_no_gradient(kind) -> None:
    frozen = kind(2.0)
    frozen.requires_grad = False
    x = kind(0.5)
    product(product(x, frozen), frozen).backward()
    assert (x.grad, frozen.grad) == (4.0, 0.0)


def test_the_getter_gives_the_function_and_else_one_step(kind) -> None:
    x = kind(0.5)
    y = sine(x)
    z = y * 3.0
    z.grad = 1.0
    z._backward()
    assert y.grad == 3.0
    y._backward()
    assert x.grad == pytest.approx(3.0 * math.cos(0.5))
    step = lambda: None  # noqa: E731 - assigned, and compared with what comes back
    z._backward = step
    assert z._backward is step


def test_a_leaf_may_have_one_too(kind) -> None:
    """A node that was made without naming its operands: the leaves it adds to get their gradients."""
    x = kind(3.0)
    out = kind(x.data**2)

    def _backward():
        x.grad += 2.0 * x.data * out.grad

    out._backward = _backward
    root = out * 10.0
    root.backward()
    root.backward()
    assert (out.grad, x.grad, root.requires_grad) == (10.0, 120.0, True)


def test_one_that_does_nothing_leaves_a_leaf_a_leaf(kind) -> None:
    x = kind(3.0)
    x._backward = lambda: None
    (x * x).backward()
    (x * x).backward()
    assert x.grad == 12.0
    assert copy.deepcopy(x).data == 3.0


def test_one_that_does_nothing_on_a_result_stops_the_gradient(kind) -> None:
    x = kind(3.0)
    out = kind(9.0, (x,), "square")
    out._backward = lambda: None
    (out + x).backward()
    assert x.grad == 1.0


def test_without_a_function_and_without_local_gradients_there_is_no_gradient(kind) -> None:
    with pytest.raises(GraphError, match="built with operands but without local gradients"):
        (kind(9.0, (kind(3.0),), "square") * 2.0).backward()


def test_an_addition_that_comes_too_late_is_an_error(kind) -> None:
    """The function adds to a node that is not among the operands, and has passed its gradient on by then."""
    x = kind(0.5)
    inner = x * 2.0
    out = kind(inner.data, (x,), "wrong")

    def _backward():
        inner.grad += out.grad

    out._backward = _backward
    root = out + inner
    x.grad = 7.0
    with pytest.raises(
        GraphError, match=r"added to the grad of .* whose own gradient was passed on before; name among"
    ):
        root.backward()
    assert x.grad == 7.0


def test_an_error_in_the_function_leaves_leaves_as_they_were(kind) -> None:
    x, y = kind(0.5), kind(2.0)
    out = kind(0.5, (x,), "broken")

    def _backward():
        x.grad += 1.0
        raise ZeroDivisionError("in the function")

    out._backward = _backward
    x.grad = 7.0
    with pytest.raises(ZeroDivisionError, match="in the function"):
        (out * y).backward()
    assert (x.grad, y.grad) == (7.0, 0.0)


@pytest.mark.parametrize("wrong", [None, 1.0, "tanh"])
def test_it_must_be_a_function(kind, wrong) -> None:
    with pytest.raises(TypeError, match="_backward must be a function without arguments, got"):
        kind(9.0, (kind(3.0),), "square")._backward = wrong


def test_a_node_made_under_no_grad_takes_none(kind) -> None:
    x = kind(0.5)
    with no_grad():
        y = sine(x)
    assert (y._children, y.requires_grad) == ((), False)
    (y * x).backward()
    assert x.grad == y.data


# -- who can use it, and who says that it cannot ------------------------------------------------------


def test_grad_and_gradients_and_gradcheck_of_first_order() -> None:
    x = Value(0.5)
    root = sine(x) * x
    expected = math.cos(0.5) * 0.5 + math.sin(0.5)
    assert engine.gradients(root, [x]) == [pytest.approx(expected)]
    assert x.grad == 0.0
    assert engine.grad(lambda x: sine(x) * x)(0.5) == pytest.approx(expected)
    assert engine.gradcheck(lambda: sine(x) * x, wrt=[x])


BEYOND: dict[str, Callable[[], Any]] = {
    "gradients of gradients": lambda: engine.gradients(sine(X), [X], create_graph=True),
    "grad of grad": lambda: engine.grad(engine.grad(sine))(0.5),
    "hessian": lambda: engine.hessian(sine)(0.5),
    "hvp": lambda: engine.hvp(sine, [0.5], [1.0]),
    "jvp": lambda: engine.jvp(sine, [0.5], [1.0]),
    "jacfwd": lambda: engine.jacfwd(sine)(0.5),
    "derivatives": lambda: engine.derivatives(sine, 0.5, 2),
    "explain": lambda: engine.explain(sine(X) * 2.0, X),
    "paths": lambda: engine.paths(sine(X) * 2.0, X),
    "copy": lambda: copy.copy(sine(X)),
    "deepcopy": lambda: copy.deepcopy(sine(X) * 2.0),
    "deepcopy of a leaf": lambda: copy.deepcopy(leaf_with_function()),
    "pickle": lambda: pickle.dumps(sine(X) * 2.0),
    "jit": lambda: engine.jit(sine)(0.5),
    "jit over a batch": lambda: engine.jit(sine, batch=True)([0.5, 0.25]),
    "vmap": lambda: engine.vmap(sine)([0.5, 0.25]),
}
X = Value(0.5)


def leaf_with_function() -> Value:
    out = Value(2.0)
    out._backward = lambda: setattr(X, "grad", X.grad + out.grad)
    return out


@pytest.mark.measured
@pytest.mark.parametrize("use", BEYOND.values(), ids=BEYOND)
def test_what_cannot_see_into_the_function_says_so(use) -> None:
    with pytest.raises((GraphError, TraceError), match=r"(_backward|by hand).*engine\.custom_op"):
        use()


@pytest.mark.parametrize(("name", "given"), [("_prev", {X}), ("_backward", lambda: setattr(X, "grad", 1.0))])
def test_nothing_is_assigned_while_tracing(name, given) -> None:
    def f(x):
        out = x * 2.0
        setattr(out, name, given)
        return out

    with pytest.raises(TraceError, match=f"assigning {name} inside a function under"):
        engine.jit(f)(0.5)


def test_a_lifted_function_of_a_captured_one() -> None:
    """What was made outside is a number to the program, and gets its gradient from it."""
    x = Value(0.5)
    s = sine(x)
    engine.jit(lambda y: s * y)(3.0).backward()
    assert x.grad == pytest.approx(3.0 * math.cos(0.5))


def test_a_gradient_through_one_is_watched(kind) -> None:
    x = kind(0.0)

    def root() -> Any:
        out = kind(0.0, (x,), "root")

        def _backward():
            x.grad += math.inf * out.grad

        out._backward = _backward
        return out * 2.0

    with pytest.raises(engine.AnomalyError, match="root"), engine.detect_anomaly():
        root().backward()


def test_hooks_see_and_change_the_gradients(kind) -> None:
    x = kind(0.5)
    s = sine(x)
    seen: list[float] = []
    with s.register_hook(lambda g: 10.0 * g), x.register_hook(seen.append):
        (s * 2.0).backward()
    assert s.grad == 20.0
    assert seen == [x.grad] == [pytest.approx(20.0 * math.cos(0.5))]


def test_reports_pictures_and_files_take_it() -> None:
    root = sine(X * 2.0) * 3.0
    root.backward()
    assert "sine" in str(engine.report(root))
    assert '"op": "sine"' in engine.to_json(root)


# -- operands and texts -------------------------------------------------------------------------------


def test_operands_are_a_set_in_order() -> None:
    operands = Operands((3, 1, 2, 1))
    assert operands == {1, 2, 3}
    assert (list(operands), len(operands), 2 in operands, isinstance(operands, set)) == (
        [3, 1, 2],
        3,
        True,
        True,
    )
    assert repr(operands) == "{3, 1, 2}"
    assert repr(Operands(())) == "set()"
    assert operands | {4} == {1, 2, 3, 4}


def test_assigned_operands_are_remembered(kind) -> None:
    x, y, z = kind(1.0), kind(2.0), kind(3.0)
    out = kind(6.0)
    for operands in ((x, y), {x}, [x, y, z], frozenset({z})):
        out._prev = operands
        assert out._prev == set(operands)
        assert set(out._children) == set(operands)
    out._prev = ()
    assert (out._children, out.requires_grad) == ((), True)


def test_the_same_operands_again_change_nothing(kind) -> None:
    x, y = kind(2.0), kind(3.0)
    z = x * y
    z._prev = {y, x}
    z.backward()
    assert (x.grad, y.grad) == (3.0, 2.0)


def test_other_operands_take_the_local_gradients_away(kind) -> None:
    x, y = kind(2.0), kind(3.0)
    z = x * y
    z._prev = {x}
    with pytest.raises(GraphError, match="without local gradients"):
        z.backward()


def test_a_node_cannot_be_among_its_own_operands(kind) -> None:
    x = kind(2.0)
    with pytest.raises(ValueError, match="cannot be among its own operands"):
        x._prev = {x}


def test_the_text_of_a_node_by_hand_may_be_assigned(kind) -> None:
    x = kind(2.0)
    out = kind(4.0, (x,), (2.0,))
    out._op = "twice"
    out.backward()
    assert (out._op, x.grad) == ("twice", 2.0)
    y = sine(x)
    y._op = "sin"
    y.backward()
    assert (y._op, x.grad) == ("sin", 2.0 + math.cos(2.0))
    with pytest.raises(
        AttributeError, match="is the operator that made it and cannot be set; to name the node"
    ):
        (x * x)._op = "square"
    with pytest.raises(TypeError, match=r"_op must be a string, got 2\.0"):
        y._op = 2.0
