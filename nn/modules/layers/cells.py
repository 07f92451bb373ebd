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

__all__ = ["GRUCell", "GRUStep", "LSTMCell", "LSTMStep", "RNNCell", "RNNStep", "State", "zeros"]

State = tuple[list[Any], ...]
"""The lists of numbers that a step hands to the next: h, and of an LSTM c."""


def zeros(count: int, states: int) -> list[Inputs]:
    """States to begin with: h, and of a cell with two c.

    >>> zeros(2, states=1)
    [[Value(data=0.0, grad=0.0, label='h.0'), Value(data=0.0, grad=0.0, label='h.1')]]
    """
    return [Inputs(Value(0.0, label=f"{name}.{i}") for i in range(count)) for name in "hc"[:states]]


class RNNStep:
    """h' = tanh(a + b), or relu; Elman 1990, "Finding structure in time".

    Here and below a is W_ih·x + b_ih, b is W_hh·h + b_hh, in parts of hidden_size numbers, one for each gate.
    """

    gates: ClassVar[int] = 1
    states: ClassVar[int] = 1
    nonlinearity: str

    def advance(self, a: list[Any], b: list[Any], state: State) -> State:
        """The next state."""
        activation = tanh if self.nonlinearity == "tanh" else relu
        return ([activation(y + z) for y, z in zip(a, b, strict=True)],)


class LSTMStep:
    """i, f, o = σ(a + b), g = tanh(a + b); c' = f·c + i·g and h' = o·tanh(c').

    Hochreiter & Schmidhuber 1997, "Long short-term memory", with the forget gate of Gers, Schmidhuber &
    Cummins 2000. The gates stand in the order i, f, g, o.
    """

    gates: ClassVar[int] = 4
    states: ClassVar[int] = 2

    def advance(self, a: list[Any], b: list[Any], state: State) -> State:
        """The next state."""
        n = len(a) // 4
        z = [y + w for y, w in zip(a, b, strict=True)]
        i, f, o = ([sigmoid(each) for each in z[k * n : (k + 1) * n]] for k in (0, 1, 3))
        g = [tanh(each) for each in z[2 * n : 3 * n]]
        c = [f[k] * state[1][k] + i[k] * g[k] for k in range(n)]
        return [o[k] * tanh(c[k]) for k in range(n)], c


class GRUStep:
    """r, z = σ(a + b), n = tanh(a + r·b); h' = (1 - z)·n + z·h.

    Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder", in PyTorch's form, whose r
    is a factor of b, after the product with W_hh. The gates stand in the order r, z, n.
    """

    gates: ClassVar[int] = 3
    states: ClassVar[int] = 1

    def advance(self, a: list[Any], b: list[Any], state: State) -> State:
        """The next state."""
        size = len(a) // 3
        r, z = ([sigmoid(a[j] + b[j]) for j in range(k * size, (k + 1) * size)] for k in (0, 1))
        n = [tanh(a[2 * size + k] + r[k] * b[2 * size + k]) for k in range(size)]
        return ([n[k] + z[k] * (h - n[k]) for k, h in enumerate(state[0])],)


def given_states(module: Any, hx: Any, shape: tuple[int, ...]) -> list[Any]:
    """The states that a recurrent module was given, each as nested lists of that shape."""
    pair = hx if module.states > 1 else (hx,)
    if not isinstance(pair, (tuple, list)) or len(pair) != module.states:
        raise ValueError(f"hx of {module!r} must be a pair of states (h, c)")
    given = [listed("hx", each) for each in pair]
    for each in given:
        if shape_of("hx", each) != shape:
            raise ValueError(f"hx of {module!r} must have shape {shape}, got {shape_of('hx', each)}")
    return given


class _Cell(Module):
    """Base of the cells: one step, with PyTorch's names, order and start of parameters."""

    gates: ClassVar[int]
    states: ClassVar[int]

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, *, rng: Rng = None) -> None:
        self.input_size = integer("input_size", input_size)
        self.hidden_size = integer("hidden_size", hidden_size)
        source, rows, bound = random_source(rng), self.gates * self.hidden_size, 1.0 / sqrt(self.hidden_size)
        self.weight_ih = starting_values(None, source, rows, self.input_size, bound)
        self.weight_hh = starting_values(None, source, rows, self.hidden_size, bound)
        self.bias_ih = self.bias_hh = None
        if flag("bias", bias):
            self.bias_ih = starting_values(None, source, 1, rows, bound)[0]
            self.bias_hh = starting_values(None, source, 1, rows, bound)[0]
        self.label_parameters()

    def advance(self, a: list[Any], b: list[Any], state: State) -> State:
        """The next state."""
        raise NotImplementedError

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
        return tuple(given_states(self, hx, wanted))

    def _next(self, x: Any, state: Any) -> State:
        state = tuple(map(Inputs.of, state))
        a = products(self.weight_ih, Inputs.of(x), self.bias_ih)
        return self.advance(a, products(self.weight_hh, state[0], self.bias_hh), state)

    def __repr__(self) -> str:
        bias = "" if self.bias_ih is not None else ", bias=False"
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
