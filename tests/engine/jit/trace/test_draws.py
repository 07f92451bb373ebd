"""A lifted function that draws random numbers draws what it would draw unlifted."""

import functools
import random

import numpy as np
import pytest

import engine
from engine import Value, jit, vmap
from engine.jit.trace.draws import Draws, is_generator
from nn import Dropout, NoisyReLU

W = Value(0.5)
RNG = np.random.default_rng(0)
HELD = {"rng": random.Random(0)}


class Model:
    """Reaches its generator through an attribute."""

    def __init__(self, rng) -> None:
        self.rng = rng

    def __call__(self, x):
        return x * W * self.rng.random()


class Slots:
    """Holds it in a slot."""

    __slots__ = ("rng",)


def _with_a_default(x, rng=RNG):
    return x * rng.normal()


def _in_a_slot():
    slots = Slots()
    slots.rng = random.Random(4)
    return lambda x: W * x * slots.rng.random()


def _within_another():
    rng = np.random.default_rng(5)

    def inner():
        return rng.random()

    def outer(x):
        return x * W * inner()

    return outer


def _rare(x):
    return W * x if random.random() > 0.05 else x  # the first 20 draws from seed 0 are above


MAKERS = {
    "random": lambda: lambda x: W * x * random.random(),
    "random.gauss": lambda: lambda x: W * x + random.gauss(0.0, 1.0),
    "random.choice of what to do": lambda: lambda x: random.choice([engine.tanh, engine.exp])(W * x),
    "random.shuffle": lambda: lambda x: (lambda xs: random.shuffle(xs) or xs[0] - xs[1])([W * x, x, W]),
    "rarely": lambda: _rare,
    "np.random": lambda: lambda x: W * x * np.random.rand(),  # noqa: NPY002 - which users write
    "np.random.normal": lambda: lambda x: W * x * np.random.normal(),  # noqa: NPY002
    "a global generator": lambda: lambda x: W * x * RNG.random(),
    "a generator of a global dict": lambda: lambda x: W * x * HELD["rng"].random(),
    "a generator of an attribute": lambda: Model(np.random.default_rng(2)),
    "a RandomState": lambda: Model(np.random.RandomState(2)),
    "a Random": lambda: Model(random.Random(2)),
    "a default": lambda: _with_a_default,
    "a partial": lambda: functools.partial(_with_a_default, rng=np.random.default_rng(3)),
    "a slot": _in_a_slot,
    "a function that is called": _within_another,
    "Dropout": lambda: Dropout(0.5, rng=3),
    "Dropout by Python's random": lambda: Dropout(0.5),
    "NoisyReLU": lambda: NoisyReLU(rng=3),
    "not for the result": lambda: lambda x: W * x if random.random() < 2.0 else x,
}
LIFTS = {"jit": jit, "batch": lambda f: jit(f, batch=True), "vmap": vmap}


def _seed() -> None:
    global RNG
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002
    RNG = np.random.default_rng(0)
    HELD["rng"] = random.Random(0)
    _with_a_default.__defaults__ = (np.random.default_rng(1),)


def _number(y):
    return y.data if isinstance(y, Value) else y


@pytest.mark.parametrize("lift", LIFTS)
@pytest.mark.parametrize("name", MAKERS)
def test_it_draws_as_it_does_unlifted(name, lift) -> None:
    xs = [2.0, 3.0, -1.0]
    _seed()
    f = MAKERS[name]()
    if lift == "jit":
        expected = [_number(f(Value(x))) for x in xs * 10]
    elif lift == "batch":
        expected = [sum(_number(f(Value(x))) for x in xs) / 3 for _ in range(10)]
    else:
        expected = [_number(f(Value(x))) for _ in range(10) for x in xs]
    _seed()
    lifted = LIFTS[lift](MAKERS[name]())
    call = {
        "jit": lambda: [_number(lifted(x)) for x in xs * 10],
        "batch": lambda: [_number(lifted(xs)) for _ in range(10)],
        "vmap": lambda: [_number(y) for _ in range(10) for y in lifted(np.array(xs))],
    }[lift]
    with pytest.warns(RuntimeWarning, match="draws random numbers") as caught:
        found = call()
    assert found == pytest.approx(expected, rel=1e-14)
    assert len(caught) == 1


def test_gradients_are_those_of_the_numbers_drawn() -> None:
    random.seed(0)
    first = random.random()
    random.seed(0)
    lifted = jit(lambda x: W * x * random.random())
    with pytest.warns(RuntimeWarning, match="from random"):
        y = lifted(2.0)
    assert engine.gradients(y, [W]) == [2.0 * first]


def test_a_generator_that_is_made_inside_is_the_same_at_each_call() -> None:
    lifted = jit(lambda x: W * x * np.random.default_rng(7).random())
    assert lifted(2.0).data == lifted(2.0).data == np.random.default_rng(7).random()
    assert "runs as it is" not in lifted.source


def test_a_way_without_random_numbers_is_lifted() -> None:
    lifted = jit(lambda x: W * x if x > 0 else x * random.random())
    assert lifted(2.0).data == 1.0
    with pytest.warns(RuntimeWarning, match="draws random numbers"):
        lifted(-2.0)
    assert len({lifted(-2.0).data for _ in range(5)}) == 5


def test_it_says_so_in_its_source_and_stages() -> None:
    lifted = jit(lambda x: W * x * random.random())
    with pytest.warns(RuntimeWarning, match="pass what was drawn as an argument"):
        lifted(2.0)
    assert lifted.source == "# runs as it is, because it draws random numbers from random\n"
    assert "trace" in lifted.stages


def test_states_of_generators() -> None:
    generators = [random.Random(0), np.random.default_rng(0), np.random.RandomState(0)]
    generators.append(np.random.Generator(np.random.MT19937(0)))
    assert all(map(is_generator, generators))
    assert not is_generator(random.SystemRandom())
    for generator in generators:
        draws = Draws(generators)
        assert draws.first() is None
        number = generator.normal() if hasattr(generator, "normal") else generator.gauss(0.0, 1.0)
        assert draws.first() == type(generator).__name__
        draws.put_back()
        assert draws.first() is None
        again = generator.normal() if hasattr(generator, "normal") else generator.gauss(0.0, 1.0)
        assert again == number
        draws.put_back()
