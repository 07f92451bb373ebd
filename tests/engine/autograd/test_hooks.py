"""Hooks: what they see, what they change, and that nothing is left of them."""

import copy
import gc
import math
import pickle
import threading
import weakref

import pytest

import engine
from engine import GraphError, Value, no_grad
from engine.autograd.hooks import ATTENTION, HOOKS
from engine.transforms.reverse import gradients


@pytest.fixture(autouse=True, scope="module")
def _none_of_other_tests():
    """Nodes that tests before left in a cycle may not have been collected: see tests/conftest.py."""
    HOOKS.clear()
    ATTENTION.clear()


@pytest.fixture(autouse=True)
def _no_hooks_left():
    yield
    gc.collect()
    assert not HOOKS
    assert not ATTENTION


def sample_graph():
    """A graph with a shared node, a leaf used twice, constants and a node of many operands."""
    a, b = Value(0.7), Value(-1.3)
    h = (a * b + 2.0).tanh()
    shared = h * a
    total = engine.sum([shared, h.exp(), shared * 0.5, b**2, a / 3.0])
    return a, b, h, shared, total / b


# -- what a hook sees ------------------------------------------------------------------------------------


def test_a_hook_sees_the_complete_gradient_once() -> None:
    seen = []
    x = Value(3.0)
    y = x * x
    with y.register_hook(seen.append):
        (y * 2 + y * 5).backward()
    assert seen == [7.0]


def test_a_hook_of_a_leaf_sees_the_gradient_of_this_sweep_alone() -> None:
    seen = []
    x = Value(3.0)
    with x.register_hook(seen.append):
        (x * x).backward()
        (x * 2).backward()
    assert seen == [6.0, 2.0]
    assert x.grad == 8.0


def test_the_root_has_its_hook_called_with_the_gradient_to_start_from() -> None:
    seen = []
    x = Value(3.0)
    with x.register_hook(seen.append):
        x.backward(5.0)
    assert seen == [5.0]
    assert x.grad == 5.0


def test_a_hook_is_called_with_a_gradient_of_zero_too() -> None:
    seen = []
    x = Value(3.0)
    y = x.exp()
    with y.register_hook(seen.append), x.register_hook(seen.append):
        (y * 0.0).backward()
    assert seen == [0.0, 0.0]


def test_hooks_run_in_the_order_of_registration_each_on_what_the_last_one_left() -> None:
    x = Value(1.0)
    seen = []
    with (
        x.register_hook(lambda g: g + 1),
        x.register_hook(seen.append),
        x.register_hook(lambda g: g * 10),
    ):
        (x * 2).backward()
    assert seen == [3.0]
    assert x.grad == 30.0


def test_hooks_do_not_change_a_gradient_they_only_look_at() -> None:
    plain, looked_at = sample_graph(), sample_graph()
    handles = [node.register_hook(lambda g: None) for node in looked_at if node._children]
    for graph in (plain, looked_at):
        for _ in range(3):
            graph[-1].backward(0.3)
    first, second = (engine.topological_order(graph[-1]) for graph in (plain, looked_at))
    assert [node.grad.hex() for node in first] == [node.grad.hex() for node in second]
    for handle in handles:
        handle.remove()


def test_hooks_run_in_transforms_as_in_torch_autograd_grad() -> None:
    def f(x):
        y = x * x
        handles.append(y.register_hook(lambda g: g / 2))
        return y * 3

    handles: list = []
    assert engine.grad(f)(2.0) == 6.0
    handles[0].remove()


def test_hooks_see_values_where_the_gradient_is_a_graph() -> None:
    seen = []
    x = Value(3.0)
    y = x * x
    with y.register_hook(seen.append), y.register_hook(lambda g: g / 2), x.register_hook(lambda g: g + 1.0):
        (slope,) = gradients(y * y, [x], True)
        assert isinstance(seen[0], Value)
        assert (seen[0].data, slope.data) == (18.0, 3.0 * 18.0 + 1.0)
    assert gradients(slope, [x]) == [6.0 * 3.0**2]  # of 2x³ + 1


def test_a_hook_may_put_a_number_in_place_of_a_graph() -> None:
    x = Value(3.0)
    y = x * x
    with y.register_hook(lambda g: 5.0):
        (slope,) = gradients(y * y, [x], True)
    assert (slope.data, gradients(slope, [x])) == (30.0, [10.0])


# -- what a hook changes -----------------------------------------------------------------------------------


def test_a_changed_gradient_goes_on_to_the_operands_and_into_grad() -> None:
    x = Value(2.0)
    y = x * x
    with y.register_hook(lambda g: g / 2):
        (y * 3).backward()
    assert (y.grad, x.grad) == (1.5, 6.0)


def test_a_hook_can_stop_a_gradient() -> None:
    x = Value(0.0)
    y = x.sqrt()
    with y.register_hook(lambda g: 0.0):
        y.backward()
    assert x.grad == 0.0


@pytest.mark.parametrize("number", [2, True, Value(3.0).data, math.inf])
def test_a_hook_may_return_any_number(number) -> None:
    x = Value(1.0)
    with x.register_hook(lambda g: number):
        (x * 1.0).backward()
    assert x.grad == float(number)


@pytest.mark.parametrize("wrong", ["2", [1.0], 1j, Value(1.0)])
def test_what_is_no_number_is_refused_with_the_name_of_the_hook(wrong) -> None:
    def careless(gradient):
        return wrong

    x = Value(1.0)
    with x.register_hook(careless), pytest.raises(TypeError, match="hook careless returns"):
        (x * x).backward()


def test_leaves_keep_their_gradients_where_a_hook_raises() -> None:
    x, w = Value(2.0), Value(5.0)
    (x * w).backward()

    def fails(gradient):
        raise ZeroDivisionError

    y = x * 3.0
    with y.register_hook(fails), pytest.raises(ZeroDivisionError):
        (w * 2 + y).backward()
    assert (x.grad, w.grad) == (5.0, 2.0)


def test_a_hook_may_run_a_sweep_of_its_own() -> None:
    x, other = Value(2.0), Value(3.0)
    y = x * x
    with y.register_hook(lambda g: (other * other).backward()):
        (y * 10).backward()
    assert (other.grad, x.grad) == (6.0, 40.0)


# -- handles -----------------------------------------------------------------------------------------------


def test_a_removed_hook_is_not_called_and_may_be_removed_again() -> None:
    seen = []
    x = Value(3.0)
    handle = x.register_hook(seen.append)
    other = x.register_hook(seen.append)
    handle.remove()
    handle.remove()
    (x * x).backward()
    assert seen == [6.0]
    other.remove()
    (x * x).backward()
    assert seen == [6.0]


def test_the_end_of_a_block_removes_the_hook_also_after_an_error() -> None:
    x = Value(3.0)
    with pytest.raises(ZeroDivisionError), x.register_hook(lambda g: 1 / 0):
        (x * x).backward()
    assert not HOOKS
    assert not ATTENTION


def test_a_handle_outlives_its_node() -> None:
    handle = Value(1.0).register_hook(print)
    gc.collect()
    handle.remove()


def test_a_hook_may_remove_itself() -> None:
    x = Value(3.0)
    seen = []

    def once(gradient):
        seen.append(gradient)
        handle.remove()

    handle = x.register_hook(once)
    (x * x).backward()
    (x * x).backward()
    assert seen == [6.0]


# -- the node keeps what it is -------------------------------------------------------------------------------


def test_a_node_dies_with_its_hooks() -> None:
    y = Value(2.0) * 3.0
    y.register_hook(print)
    gone = weakref.ref(y)
    del y
    gc.collect()
    assert gone() is None
    assert not HOOKS
    assert not ATTENTION


def test_copies_and_pickles_have_no_hooks() -> None:
    x = Value(3.0)
    y = x * x
    seen = []
    with y.register_hook(seen.append), x.register_hook(seen.append):
        for twin in (copy.copy(y), copy.deepcopy(y), pickle.loads(pickle.dumps(y))):  # noqa: S301
            assert twin not in HOOKS
        copy.deepcopy(y).backward()
    assert seen == []


def test_a_node_that_takes_no_gradient_refuses_hooks() -> None:
    with no_grad():
        y = Value(2.0) * 3
    for node in (y, Value(1.0).detach()):
        with pytest.raises(GraphError, match="takes no gradient, so a hook"):
            node.register_hook(print)


@pytest.mark.parametrize("wrong", [None, 2.0, "print"])
def test_a_hook_must_be_a_function(wrong) -> None:
    with pytest.raises(TypeError, match="a hook must be a function of the gradient"):
        Value(1.0).register_hook(wrong)


def test_a_leaf_that_takes_no_gradient_gets_none_in_the_slow_sweep() -> None:
    x, frozen = Value(2.0), Value(3.0)
    frozen.requires_grad = False
    with x.register_hook(lambda g: None):
        (x * frozen).backward()
    assert (x.grad, frozen.grad) == (3.0, 0.0)


def test_a_node_without_local_gradients_stops_the_slow_sweep_before_it_begins() -> None:
    x = Value(2.0)
    opaque = Value(4.0, (x,), "square")
    with x.register_hook(lambda g: None), pytest.raises(GraphError, match="local gradients"):
        (opaque * x).backward()
    assert x.grad == 0.0


@pytest.mark.unmeasured
def test_a_deep_graph_with_a_hook() -> None:
    x = Value(1.0)
    y = x
    for _ in range(50_000):
        y = y + 1.0
    with x.register_hook(lambda g: 2 * g):
        y.backward()
    assert x.grad == 2.0


def test_a_hook_works_in_every_thread() -> None:
    x = Value(3.0)
    with x.register_hook(lambda g: -g):
        thread = threading.Thread(target=lambda: (x * x).backward())
        thread.start()
        thread.join()
    assert x.grad == -6.0


# -- side by side with PyTorch -------------------------------------------------------------------------------


def test_hooks_do_what_they_do_in_pytorch() -> None:
    torch = pytest.importorskip("torch")

    def program(x, seen):
        y = x * x
        y.register_hook(lambda g: seen.append(("y", float(g))))
        y.register_hook(lambda g: g * 3)
        y.register_hook(lambda g: seen.append(("y again", float(g))))
        x.register_hook(lambda g: g + 1)
        x.register_hook(lambda g: seen.append(("x", float(g))))
        z = y * 2 + y * x
        z.register_hook(lambda g: seen.append(("z", float(g))))
        if hasattr(y, "retain_grad"):
            y.retain_grad()
        z.backward()
        return [y, x]

    theirs_seen: list = []
    x = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)
    theirs = [float(node.grad) for node in program(x, theirs_seen)]
    ours_seen: list = []
    ours = program(Value(1.5), ours_seen)
    assert ours_seen == theirs_seen
    assert [node.grad for node in ours] == theirs


def test_hooks_in_a_second_derivative_do_what_they_do_in_pytorch() -> None:
    torch = pytest.importorskip("torch")

    def program(x, slopes):
        y = x * x
        handles = [y.register_hook(lambda g: g / 2), x.register_hook(lambda g: g + 1.0)]
        first = slopes(y * y, x)
        second = slopes(first, x)
        for handle in handles:
            handle.remove()
        return [first, second]

    theirs = program(
        torch.tensor(1.5, dtype=torch.float64, requires_grad=True),
        lambda root, x: torch.autograd.grad(root, x, create_graph=True)[0],
    )
    ours = program(Value(1.5), lambda root, x: gradients(root, [x], True)[0])
    assert [node.data for node in ours] == [node.item() for node in theirs]
