"""One step of RNN, LSTM and GRU, and the cells that take it."""

from __future__ import annotations

from math import sqrt
from typing import Any, ClassVar

from engine import Value, relu, sigmoid, tanh
from engine.floats.validate import integer
from nn.checks import flag, one_of
from nn.modules.inputs import Inputs
from nn.modules.layers.axes import listed, shape_of
from nn.modules.layers.linear import products, starting_values
from nn.modules.module import Module
from nn.rng import Rng, random_source

__all__ = ["GRUCell", "GRUStep", "Gated", "LSTMCell", "LSTMStep", "RNNCell", "RNNStep", "State", "zeros"]

State = tuple[list[Any], ...]
"""The lists of numbers that a step hands to the next: h, and of an LSTM c."""


def zeros(count: int, states: int) -> list[Inputs]:
    """States to begin with: h, and of a cell with two c.

    >>> zeros(2, states=1)
    [[Value(data=0.0, grad=0.0, label='h.0'), Value(data=0.0, grad=0.0, label='h.1')]]
    """
    return [Inputs(Value(0.0, label=f"{name}.{i}") for i in range(count)) for name in "hc"[:states]]


class Gated(Module):
    """Base of the cells and of the recurrent layers, with PyTorch's names, order and start of parameters."""

    gates: ClassVar[int] = 1
    states: ClassVar[int] = 1
    input_size: int
    hidden_size: int
    bias: bool

    def make_parameters(self, source: Any, inputs: int, end: str = "") -> None:
        """Set weights and biases, which are None without, whose names end like that."""
        rows, bound = self.gates * self.hidden_size, 1.0 / sqrt(self.hidden_size)
        for kind, columns in (("ih", inputs), ("hh", self.hidden_size)):
            setattr(self, f"weight_{kind}{end}", starting_values(None, source, rows, columns, bound))
        for kind in ("ih", "hh"):
            biases = starting_values(None, source, 1, rows, bound)[0] if self.bias else None
            setattr(self, f"bias_{kind}{end}", biases)

    def step(self, x: Any, state: State, end: str = "") -> State:
        """The next state, by the parameters whose names end like that."""
        a, b = (
            products(getattr(self, f"weight_{kind}{end}"), numbers, getattr(self, f"bias_{kind}{end}"))
            for kind, numbers in (("ih", x), ("hh", state[0]))
        )
        return self.advance(a, b, state)

    def advance(self, a: list[Any], b: list[Any], state: State) -> State:
        """The next state; a is W_ih·x + b_ih and b is W_hh·h + b_hh, in hidden_size numbers for each gate."""
        raise NotImplementedError

    def given_states(self, hx: Any, shape: tuple[int, ...]) -> list[Any]:
        """The states that were given, each as nested lists of that shape."""
        pair = hx if self.states > 1 else (hx,)
        if not isinstance(pair, (tuple, list)) or len(pair) != self.states:
            raise ValueError(f"hx of {self!r} must be a pair of states (h, c)")
        given = [listed("hx", each) for each in pair]
        for each in given:
            if shape_of("hx", each) != shape:
                raise ValueError(f"hx of {self!r} must have shape {shape}, got {shape_of('hx', each)}")
        return given


class RNNStep(Gated):
    """h' = tanh(a + b), or relu; Elman 1990, "Finding structure in time"."""

    nonlinearity: str

    def advance(self, a: list[Any], b: list[Any], state: State) -> State:
        activation = tanh if self.nonlinearity == "tanh" else relu
        return ([activation(y + z) for y, z in zip(a, b, strict=True)],)


class LSTMStep(Gated):
    """i, f, o = σ(a + b), g = tanh(a + b); c' = f·c + i·g and h' = o·tanh(c').

    Hochreiter & Schmidhuber 1997, "Long short-term memory", with the forget gate of Gers, Schmidhuber &
    Cummins 2000. The gates stand in the order i, f, g, o.
    """

    gates = 4
    states = 2

    def advance(self, a: list[Any], b: list[Any], state: State) -> State:
        n = len(a) // 4
        z = [y + w for y, w in zip(a, b, strict=True)]
        i, f, o = ([sigmoid(each) for each in z[k * n : (k + 1) * n]] for k in (0, 1, 3))
        g = [tanh(each) for each in z[2 * n : 3 * n]]
        c = [f[k] * state[1][k] + i[k] * g[k] for k in range(n)]
        return [o[k] * tanh(c[k]) for k in range(n)], c


class GRUStep(Gated):
    """r, z = σ(a + b), n = tanh(a + r·b); h' = (1 - z)·n + z·h.

    Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder", in PyTorch's form, whose r
    is a factor of b, after the product with W_hh. The gates stand in the order r, z, n.
    """

    gates = 3

    def advance(self, a: list[Any], b: list[Any], state: State) -> State:
        size = len(a) // 3
        r, z = ([sigmoid(a[j] + b[j]) for j in range(k * size, (k + 1) * size)] for k in (0, 1))
        n = [tanh(a[2 * size + k] + r[k] * b[2 * size + k]) for k in range(size)]
        return ([n[k] + z[k] * (h - n[k]) for k, h in enumerate(state[0])],)


class _Cell(Gated):
    """Base of the cells: one step at a time."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, *, rng: Rng = None) -> None:
        self.input_size = integer("input_size", input_size)
        self.hidden_size = integer("hidden_size", hidden_size)
        self.bias = flag("bias", bias)
        self.make_parameters(random_source(rng), self.input_size)
        self.label_parameters()

    def __call__(self, input: Any, hx: Any = None) -> Any:
        """The next state, h, of an LSTM the pair (h, c).

        Args:
            input: ``input_size`` numbers and Values; or a list of samples.
            hx: the state, ``hidden_size`` numbers, or that of each sample; of an LSTM a pair of them. None is
                0.

        Raises:
            ValueError: a shape is another one.
        """
        x = listed("input", input)
        shape = shape_of("input", x)
        if len(shape) not in (1, 2) or shape[-1] != self.input_size:
            raise ValueError(f"{self!r} takes an input of shape ({self.input_size},), got {shape}")
        state = self._first(hx, shape[:-1])
        if len(shape) == 1:
            found: Any = self._next(x, state)
        else:
            each = [self._next(*pair) for pair in zip(x, zip(*state, strict=True), strict=True)]
            found = tuple([sample[k] for sample in each] for k in range(self.states))
        return found[0] if self.states == 1 else found

    def _first(self, hx: Any, before: tuple[int, ...]) -> tuple[Any, ...]:
        wanted = (*before, self.hidden_size)
        if hx is None:
            starts = zeros(self.hidden_size, self.states)
            return tuple([start] * before[0] if before else start for start in starts)
        return tuple(self.given_states(hx, wanted))

    def _next(self, x: Any, state: Any) -> State:
        return self.step(Inputs.of(x), tuple(map(Inputs.of, state)))

    def __repr__(self) -> str:
        bias = "" if self.bias else ", bias=False"
        return f"{type(self).__name__}({self.input_size}, {self.hidden_size}{bias})"


class RNNCell(RNNStep, _Cell):
    """One step of an RNN: h' = tanh(W_ih·x + b_ih + W_hh·h + b_hh). See :class:`nn.RNN`.

    Args:
        input_size: the numbers of a step.
        hidden_size: the numbers of the state.
        bias: whether there are biases.
        nonlinearity: ``"tanh"`` or ``"relu"``.
        rng: a seed, a generator, or None for Python's ``random`` module.

    Attributes:
        weight_ih, weight_hh: lists of rows of Values.
        bias_ih, bias_hh: lists of Values; None without.

    >>> cell = RNNCell(2, 3, rng=0)
    >>> h = cell([1.0, 0.5])
    >>> h = cell([0.0, -1.0], h)
    >>> len(h)
    3
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        *,
        rng: Rng = None,
    ) -> None:
        self.nonlinearity = one_of("tanh", "relu")("nonlinearity", nonlinearity)
        super().__init__(input_size, hidden_size, bias, rng=rng)


class LSTMCell(LSTMStep, _Cell):
    """One step of an LSTM: i, f, o = σ(·), g = tanh(·), c' = f·c + i·g, h' = o·tanh(c').

    Of a sequence it is :class:`nn.LSTM`. Arguments and attributes are those of :class:`RNNCell`, without
    ``nonlinearity``; the rows of weights and biases are those of the gates i, f, g, o.

    >>> cell = LSTMCell(2, 3, rng=0)
    >>> h, c = cell([1.0, 0.5])
    >>> h, c = cell([0.0, -1.0], (h, c))
    >>> len(h), len(c)
    (3, 3)
    """


class GRUCell(GRUStep, _Cell):
    """One step of a GRU: r, z = σ(·), n = tanh(a + r·b), h' = (1 - z)·n + z·h. See :class:`nn.GRU`.

    Arguments and attributes are those of :class:`RNNCell`, without ``nonlinearity``; the rows of weights and
    biases are those of the gates r, z, n.

    >>> cell = GRUCell(2, 3, rng=0)
    >>> len(cell([0.0, -1.0], cell([1.0, 0.5])))
    3
    """
