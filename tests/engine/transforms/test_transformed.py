"""Functions that transforms make: named like the function, pickled, copied, sent, bound as methods."""

import copy
import inspect
import multiprocessing
import pickle

import pytest

import engine
from engine import Value, grad, hessian, jacfwd, jacobian, jacrev, value_and_grad
from engine.transforms.transformed import Transformed, is_found_by_name

TRANSFORMS = [grad, value_and_grad, jacobian, jacfwd, jacrev, hessian]
EACH = pytest.mark.parametrize("transform", TRANSFORMS, ids=lambda t: t.__name__)


def cube_of(x, scale: float = 1.0):
    """The third power."""
    return scale * x * x * x


cube_of.author = "somebody"  # type: ignore[attr-defined]


def with_aux(x):
    return x * x, {"double": x + x}


def product(x, y):
    return x * x * y


@grad
def slope_of_square(x):
    """It stands where the function stood."""
    return x * x


class Spring:
    """A parameter, and a gradient as its method."""

    def __init__(self, stiffness: float) -> None:
        self.stiffness = stiffness

    def energy(self, x):
        return self.stiffness * x * x

    @staticmethod
    @grad
    def slope(x):
        return x * x


def sent(made):
    """What arrives where it is sent to."""
    return pickle.loads(pickle.dumps(made))  # noqa: S301  # written here


@EACH
def test_it_is_named_and_documented_like_the_function(transform) -> None:
    made = transform(cube_of)
    assert (made.__name__, made.__doc__, made.__module__) == ("cube_of", "The third power.", __name__)
    assert (made.author, made.__wrapped__) == ("somebody", cube_of)
    assert inspect.signature(made) == inspect.signature(cube_of)
    assert repr(made) == f"<engine.{transform.__name__} of cube_of>"


@EACH
@pytest.mark.parametrize("duplicate", [sent, copy.copy, copy.deepcopy])
def test_it_is_sent_and_copied_with_its_settings(transform, duplicate) -> None:
    assert duplicate(transform(cube_of))(2.0, scale=3.0) == transform(cube_of)(2.0, scale=3.0)
    by_both = duplicate(transform(product, argnums=(0, 1)))
    assert by_both(2.0, 3.0) == transform(product, argnums=(0, 1))(2.0, 3.0)
    assert duplicate(transform(with_aux, has_aux=True))(2.0) == transform(with_aux, has_aux=True)(2.0)
    if transform is not value_and_grad:
        assert duplicate(grad(transform(cube_of)))(2.0) == grad(transform(cube_of))(2.0)


@EACH
def test_attributes_of_its_own_go_with_it(transform) -> None:
    made = transform(cube_of)
    made.note = ["mine"]
    assert sent(made).note == ["mine"]
    assert sent(made).author == "somebody"


def test_what_stands_in_the_functions_place_is_found_by_its_name() -> None:
    assert is_found_by_name(slope_of_square)
    assert sent(slope_of_square) is slope_of_square
    assert copy.deepcopy(slope_of_square) is slope_of_square
    assert sent(grad(slope_of_square))(5.0) == 2.0
    assert sent(Spring.slope) is Spring.slope


@EACH
def test_a_function_that_has_no_name_to_be_found_by_is_refused_as_functions_are(transform) -> None:
    for local in (transform(lambda x: x), decorated_locally(transform)):
        with pytest.raises((AttributeError, pickle.PicklingError), match=r"(local object|lambda)"):
            pickle.dumps(local)
        assert copy.deepcopy(local)(3.0) == local(3.0)


def decorated_locally(transform):
    @transform
    def inside(x):
        return x * x

    return inside


@EACH
def test_a_deep_copy_of_an_object_has_derivatives_of_its_own_method(transform) -> None:
    spring = Spring(2.0)
    spring.step = transform(spring.energy)
    other = copy.deepcopy(spring)
    other.stiffness = 10.0
    assert other.step(3.0) == transform(other.energy)(3.0) != spring.step(3.0)
    twin = sent(spring)
    twin.stiffness = 10.0
    assert twin.step(3.0) == other.step(3.0)


@EACH
def test_it_is_a_method_where_it_stands_in_a_class(transform) -> None:
    class Model:
        stiffness = 2.0

        @lambda f: transform(f, argnums=1)
        def slope(self, x):
            return self.stiffness * x * x

    assert Model().slope(3.0) == transform(lambda x: 2.0 * x * x)(3.0)
    assert Model.slope(Model(), 3.0) == Model().slope(3.0)


def test_other_processes_compute_with_it() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for made in (grad(cube_of), value_and_grad(cube_of), hessian(cube_of), slope_of_square):
            assert pool.map(made, [1.0, 2.0]) == [made(1.0), made(2.0)]


def test_functions_see_through_it_to_what_it_is_made_of() -> None:
    w = Value(2.0)

    @engine.jit
    def penalty(x):
        return grad(lambda y: w * y * y)(x) * x

    result = penalty(3.0)
    result.backward()
    assert (result.data, w.grad) == (36.0, 18.0)


def test_options_may_have_any_name() -> None:
    def f(x, self, args, options, f):
        return x * self * args * options * f

    assert grad(f)(1.0, self=2.0, args=3.0, options=5.0, f=7.0) == 210.0
    assert isinstance(grad(f), Transformed)
