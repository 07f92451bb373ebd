"""RNN, LSTM and GRU: sequences step by step, with one or several layers, in one direction or both."""

from __future__ import annotations

from typing import Any

from engine.floats.validate import integer
from nn.checks import flag, one_of, up_to_one
from nn.modules.dropout import Dropout
from nn.modules.inputs import Inputs
from nn.modules.layers.axes import columns_of, listed, shape_of
from nn.modules.layers.cells import Gated, GRUStep, LSTMStep, RNNStep, State, zeros
from nn.rng import Rng, random_source

__all__ = ["GRU", "LSTM", "RNN"]


class _Recurrent(Gated):
    """Base of the recurrent layers: a sequence at a time."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        rng: Rng = None,
    ) -> None:
        self.input_size = integer("input_size", input_size)
        self.hidden_size = integer("hidden_size", hidden_size)
        self.num_layers = integer("num_layers", num_layers)
        self.bias = flag("bias", bias)
        self.batch_first = flag("batch_first", batch_first)
        self.bidirectional = flag("bidirectional", bidirectional)
        source = random_source(rng)
        for name, inputs in self._parts():
            self.make_parameters(source, inputs, f"_{name}")
        self.dropout = up_to_one("dropout", dropout)
        self._between = Dropout(self.dropout, rng=source) if self.dropout else None
        self.label_parameters()

    def _parts(self) -> list[tuple[str, int]]:
        """The end of the names of each layer and direction, and the number of its inputs."""
        directions = ("", "_reverse") if self.bidirectional else ("",)
        inner = self.hidden_size * len(directions)
        return [
            (f"l{layer}{direction}", inner if layer else self.input_size)
            for layer in range(self.num_layers)
            for direction in directions
        ]

    def __call__(self, input: Any, hx: Any = None) -> Any:
        """The outputs of each step, and the last states.

        Args:
            input: a sequence of shape (steps, input_size), or a batch of them, see ``batch_first``.
            hx: the first states, of shape (num_layers · directions, hidden_size), in a batch (num_layers ·
                directions, samples, hidden_size); of an LSTM a pair of them, h and c. None is 0.

        Returns:
            ``(output, h_n)``, of an LSTM ``(output, (h_n, c_n))``; shapes are those of input and hx, with
            hidden_size · directions numbers in each step of the output.

        Raises:
            ValueError: a shape is another one.
        """
        x = listed("input", input)
        shape = shape_of("input", x)
        if len(shape) not in (2, 3) or shape[-1] != self.input_size or 0 in shape:
            n = self.input_size
            batch = f"(samples, steps, {n})" if self.batch_first else f"(steps, samples, {n})"
            raise ValueError(f"{self!r} takes an input of shape (steps, {n}) or {batch}, got {shape}")
        if len(shape) == 2:
            output, states = self._sequence(x, self._first(hx, None))
            return output, self._result(states)
        samples = x if self.batch_first else columns_of(x)
        starts = self._first(hx, len(samples))
        found = [self._sequence(x, [kind[i] for kind in starts]) for i, x in enumerate(samples)]
        outputs = [output for output, _ in found]
        states = [columns_of([sample[kind] for _, sample in found]) for kind in range(self.states)]
        return outputs if self.batch_first else columns_of(outputs), self._result(states)

    def _result(self, states: list[Any]) -> Any:
        return states[0] if self.states == 1 else tuple(states)

    def _first(self, hx: Any, samples: int | None) -> list[Any]:
        """The first states of one sequence, or of each sample, for each kind of state."""
        count = len(self._parts())
        if hx is None:
            starts = [[start] * count for start in zeros(self.hidden_size, self.states)]
            return [start if samples is None else [start] * samples for start in starts]
        wanted = (count, self.hidden_size) if samples is None else (count, samples, self.hidden_size)
        given = self.given_states(hx, wanted)
        return given if samples is None else [columns_of(each) for each in given]

    def _sequence(self, x: list[Any], first: list[Any]) -> tuple[list[Any], list[Any]]:
        """The outputs of one sequence, and for each kind of state that of each layer and direction."""
        steps: list[Any] = [Inputs.of(step) for step in x]
        parts, last, outputs = self._parts(), list[State](), list[list[Any]]()
        for k, (name, _) in enumerate(parts):
            found, state = self._pass(name, steps, tuple(Inputs.of(kind[k]) for kind in first))
            last.append(state)
            if name.endswith("_reverse"):
                outputs = [forth + back for forth, back in zip(outputs, found, strict=True)]
            else:
                outputs = found
            if name.endswith("_reverse") or not self.bidirectional:
                on_top = k + 1 < len(parts)
                steps = self._between(outputs) if self._between is not None and on_top else outputs
        return steps, [[list(state[kind]) for state in last] for kind in range(self.states)]

    def _pass(self, name: str, steps: list[Any], state: State) -> tuple[list[list[Any]], State]:
        """The outputs of one layer in one direction, in the order of the steps, and its last state."""
        outputs: list[list[Any]] = []
        order = -1 if name.endswith("_reverse") else 1
        for step in steps[::order]:
            state = self.step(step, state, f"_{name}")
            outputs.append(state[0])
        return outputs[::order], state

    def __repr__(self) -> str:
        more = {
            "num_layers": (self.num_layers, 1),
            "bias": (self.bias, True),
            "batch_first": (self.batch_first, False),
            "dropout": (self.dropout, 0.0),
            "bidirectional": (self.bidirectional, False),
        }
        given = "".join(f", {name}={value}" for name, (value, default) in more.items() if value != default)
        return f"{type(self).__name__}({self.input_size}, {self.hidden_size}{given})"


class RNN(RNNStep, _Recurrent):
    """h ← tanh(W_ih·x + b_ih + W_hh·h + b_hh), step by step; Elman 1990, "Finding structure in time".

    Names, order and start of parameters are PyTorch's: uniform between ±1/√hidden_size.

    Args:
        input_size: the numbers of a step.
        hidden_size: the numbers of the state.
        num_layers: how many are on top of each other, each with the outputs of the one below as its input.
        nonlinearity: ``"tanh"``, or ``"relu"`` (Le, Jaitly & Hinton 2015).
        bias: whether there are biases.
        batch_first: whether a batch has shape (samples, steps, inputs), not (steps, samples, inputs).
        dropout: the probability with which outputs of all layers but the last are left out while training.
        bidirectional: whether there is a second one that goes from the last step to the first (Schuster &
            Paliwal 1997); its outputs stand behind those of the other.
        rng: a seed, a generator, or None for Python's ``random`` module.

    Attributes:
        weight_ih_l0, weight_hh_l0: of the lowest layer, lists of rows of Values, and so on to ``_l1``,
            ``_l2``; those of the other direction end in ``_reverse``.
        bias_ih_l0, bias_hh_l0: lists of Values, likewise.

    >>> rnn = RNN(2, 3, rng=0)
    >>> output, h_n = rnn([[1.0, 0.5], [0.0, -1.0]])
    >>> len(output), len(output[0]), output[-1] == h_n[0]
    (2, 3, True)
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        rng: Rng = None,
    ) -> None:
        self.nonlinearity = one_of("tanh", "relu")("nonlinearity", nonlinearity)
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, rng=rng
        )


class LSTM(LSTMStep, _Recurrent):
    """i, f, o = σ(·), g = tanh(·); c ← f·c + i·g and h ← o·tanh(c), step by step.

    Hochreiter & Schmidhuber 1997, "Long short-term memory", with the forget gate of Gers, Schmidhuber &
    Cummins 2000. Arguments and attributes are those of :class:`RNN`, without ``nonlinearity``; the rows of
    weights and biases are those of the gates i, f, g, o.

    >>> lstm = LSTM(2, 3, rng=0)
    >>> output, (h_n, c_n) = lstm([[1.0, 0.5], [0.0, -1.0]])
    >>> len(output), output[-1] == h_n[0], len(c_n[0])
    (2, True, 3)
    """


class GRU(GRUStep, _Recurrent):
    """r, z = σ(·), n = tanh(W_in·x + b_in + r·(W_hn·h + b_hn)); h ← (1 - z)·n + z·h, step by step.

    Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder", in PyTorch's form.
    Arguments and attributes are those of :class:`RNN`, without ``nonlinearity``; the rows of weights and
    biases are those of the gates r, z, n.

    >>> gru = GRU(2, 3, rng=0)
    >>> output, h_n = gru([[1.0, 0.5], [0.0, -1.0]])
    >>> len(output), output[-1] == h_n[0]
    (2, True)
    """
