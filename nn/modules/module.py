"""Module: the base class of everything with parameters, which can be trained, saved and loaded."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from reprlib import recursive_repr
from typing import Any, Literal, NamedTuple, Self, overload

import numpy as np
import numpy.typing as npt

from engine import Value, zero_grad
from engine.autograd.trace_mode import is_tracing
from engine.display.notebook import mimebundle
from engine.node.bulk import read_data
from engine.quoting import brief
from nn.checks import name_init
from nn.modules.members.kept import Found, found_in, named_in
from nn.modules.members.state_names import by_number, gathered, numbered, refilled
from nn.modules.members.traversal import find_members

__all__ = ["IncompatibleKeys", "Module", "members_of"]

_NAMES_SHOWN = 10


class IncompatibleKeys(NamedTuple):
    """Missing and unexpected names found by :meth:`Module.load_state_dict`, as in PyTorch."""

    missing_keys: list[str]
    unexpected_keys: list[str]


class Module:
    """Base class of Neuron, Layer, MLP and of your own models: anything with parameters.

    Parameters and contained modules are found through the attributes, so nothing need be registered: Values,
    Modules, and lists, tuples, dicts and object arrays of them. A Value counts if it is a leaf; results of
    operators do not. A subclass defines ``__call__`` or, as in PyTorch, ``forward``. ``deepcopy`` and
    ``pickle`` give an independent model.

    Attributes:
        training: whether the module is in training mode, as dropout and its like ask; True at first.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.w, self.b = Value(2.0), Value(1.0)
    ...     def __call__(self, x):
    ...         return self.w * x + self.b
    >>> line = Line()
    >>> line(3.0).data
    7.0
    >>> line.state_dict()
    {'w': 2.0, 'b': 1.0}
    """

    training: bool = True
    _is_sequence: bool = False
    _buffer_names: tuple[str, ...] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        name_init(cls)

    def __call__(self, *args: Any, **options: Any) -> Any:
        forward = getattr(self, "forward", None)
        if forward is None:
            raise NotImplementedError(f"{type(self).__name__} defines neither __call__ nor forward")
        return forward(*args, **options)

    # -- parameters and modules --------------------------------------------------------------

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Pairs of dotted name and parameter, each parameter once, in the order the attributes were set.

        Frozen parameters (``requires_grad = False``) are among them.

        >>> from nn import Neuron
        >>> [name for name, _ in Neuron(2).named_parameters()]
        ['w.0', 'w.1', 'b']
        """
        return named_in(self, Module).pairs.copy()

    def parameters(self) -> list[Value]:
        """The parameters, each once, in a stable order.

        >>> from nn import MLP
        >>> len(MLP(2, [16, 16, 1]).parameters())
        337
        """
        if type(self).named_parameters is not Module.named_parameters:
            return [parameter for _, parameter in self.named_parameters()]
        return list(found_in(self, Module).parameters)

    @property
    def needs_batch(self) -> bool:
        """Whether it is to be called with a list of samples, as BatchNorm is while training; mostly False."""
        return False

    def of_samples(self, samples: Sequence[Any]) -> Any:
        """The outputs for several samples: one by one, or at once where a module within needs the batch.

        >>> from nn import Linear
        >>> len(Linear(1, 2).of_samples([[1.0], [2.0], [3.0]]))
        3
        """
        if any(module.needs_batch for module in self.modules()):
            return self(list(samples))
        return [self(x) for x in samples]

    def register_buffer(self, name: str, numbers: Any) -> None:
        """Set an attribute whose numbers belong to the state, without being parameters, as running means do.

        They are saved and loaded with the module, and no optimiser sees them.

        Args:
            name: of the attribute.
            numbers: a float, or nested lists of them, to be replaced by others of the same form; None for
                nothing to save.

        >>> module = Module()
        >>> module.register_buffer("mean", [0.0, 1.0])
        >>> module.state_dict(), module.parameters()
        ({'mean.0': 0.0, 'mean.1': 1.0}, [])
        """
        setattr(self, name, numbers)
        if name not in self._buffer_names:
            self._buffer_names = (*self._buffer_names, name)

    def named_buffers(self) -> list[tuple[str, float]]:
        """Pairs of dotted name and number, for all buffers of this module and those within it.

        >>> from nn import BatchNorm1d
        >>> BatchNorm1d(1).named_buffers()
        [('running_mean.0', 0.0), ('running_var.0', 1.0), ('num_batches_tracked', 0.0)]
        """
        places = self._buffer_places()
        return [pair for name, module, own in places for pair in numbered(name, getattr(module, own))]

    def num_parameters(self) -> int:
        """The number of parameters.

        >>> from nn import MLP
        >>> MLP(3, [5, 2]).num_parameters()
        32
        """
        return len(self.parameters())

    def named_modules(self) -> list[tuple[str, Module]]:
        """Pairs of dotted name and module: this one, named ``""``, and all within it.

        >>> from nn import MLP
        >>> [name for name, _ in MLP(2, [1]).named_modules()]
        ['', 'layers.0', 'layers.0.neurons.0']
        """
        return [(name, item) for name, item in find_members(self, Module) if isinstance(item, Module)]

    def modules(self) -> list[Module]:
        """This module and all within it.

        >>> from nn import MLP
        >>> [type(module).__name__ for module in MLP(2, [1]).modules()]
        ['MLP', 'Layer', 'Neuron']
        """
        if type(self).named_modules is not Module.named_modules:
            return [module for _, module in self.named_modules()]
        return [self, *found_in(self, Module).modules]

    def named_children(self) -> list[tuple[str, Module]]:
        """Pairs of dotted name and module, for the modules directly in this one.

        >>> from nn import MLP
        >>> [name for name, _ in MLP(2, [3, 1]).named_children()]
        ['layers.0', 'layers.1']
        """
        found = find_members(self, Module, enter=False)
        return [(name, item) for name, item in found[1:] if isinstance(item, Module)]

    def children(self) -> list[Module]:
        """The modules directly in this one.

        >>> from nn import MLP
        >>> MLP(2, [3, 1]).children()[1]
        Layer of [LinearNeuron(3)]
        """
        return [module for _, module in self.named_children()]

    def label_parameters(self) -> Self:
        """Give each parameter its dotted name as label, which pictures and ``gradcheck`` show.

        Neuron, Layer and MLP do this for themselves; a model made of several calls it for the whole. Returns
        the module.

        >>> from nn import Neuron
        >>> Neuron(2).b.label
        'b'
        """
        for name, parameter in self.named_parameters():
            parameter.label = name
        return self

    # -- training ---------------------------------------------------------------------------

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Set the gradients of all parameters to zero, before the next ``backward()``.

        Args:
            set_to_none: changes nothing, for those who know it from PyTorch: no gradient is 0.0 here.

        >>> from nn import Neuron
        >>> neuron = Neuron(1)
        >>> neuron.b.grad = 5.0
        >>> neuron.zero_grad()
        >>> neuron.b.grad
        0.0
        """
        zero_grad(self.parameters())

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Freeze all parameters with False, or let them learn again with True; returns the module.

        Optimisers pass over frozen parameters.

        >>> from nn import Linear
        >>> Linear(1, 1).requires_grad_(False).bias[0].requires_grad
        False
        """
        for parameter in self.parameters():
            parameter.requires_grad = bool(requires_grad)
        return self

    def apply(self, function: Callable[[Module], Any]) -> Self:
        """Call a function with each module within this one, and last with this one; returns the module.

        As in PyTorch, mostly to set parameters:

        >>> from nn import Linear, Sequential, Tanh
        >>> def start(module):
        ...     if isinstance(module, Linear):
        ...         for b in module.bias:
        ...             b.data = 0.5
        >>> Sequential(Linear(2, 1), Tanh()).apply(start)[0].bias[0].data
        0.5
        """
        for child in self.children():
            child.apply(function)
        function(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Put this module and all within it in training mode; returns the module.

        >>> from nn import Neuron
        >>> Neuron(1).train(False).training
        False
        """
        for module in self.modules():
            module.training = bool(mode)
        return self

    def eval(self) -> Self:
        """Put this module and all within it in evaluation mode: ``train(False)``; returns the module.

        >>> from nn import MLP
        >>> MLP(2, [1]).eval().layers[0].training
        False
        """
        return self.train(False)

    # -- saving and loading -----------------------------------------------------------------

    @overload
    def state_dict(self) -> dict[str, float]: ...

    @overload
    def state_dict(self, *, arrays: Literal[False]) -> dict[str, float]: ...

    @overload
    def state_dict(self, *, arrays: Literal[True]) -> dict[str, npt.NDArray[np.float64]]: ...

    def state_dict(self, *, arrays: bool = False) -> Any:
        """A copy of the numbers of the parameters, and of buffers, by dotted name.

        Args:
            arrays: True gives arrays under PyTorch's names, ``"0.weight"``, which its modules load:
                ``{name: torch.as_tensor(array) for name, array in model.state_dict(arrays=True).items()}``.

        Raises:
            ValueError: two parameters have the same name (as with the keys ``1`` and ``"1"`` in one dict).

        >>> from nn import Neuron
        >>> Neuron(2, init=0.5).state_dict()
        {'w.0': 0.5, 'w.1': 0.5, 'b': 0.0}
        >>> Neuron(2, init=0.5).state_dict(arrays=True)
        {'w': array([0.5, 0.5]), 'b': array(0.)}
        """
        if arrays:
            return gathered(self.state_dict(), self._sequences())
        named = self._by_name()
        if is_tracing():  # then each number that is read counts
            return {name: parameter.data for name, parameter in named.items()} | dict(self.named_buffers())
        numbers = np.empty(len(named))
        read_data(list(named.values()), numbers)
        return dict(zip(named, numbers.tolist(), strict=True)) | dict(self.named_buffers())

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> IncompatibleKeys:
        """Set the parameters to numbers by dotted name; where anything is wrong, nothing changes.

        Names are compared, and with them sizes and nesting; not activations or anything else without
        parameters.

        Args:
            state_dict: numbers by name, as :meth:`state_dict` gives them; or arrays, tensors and lists under
                PyTorch's names, as the ``state_dict()`` of its modules gives them.
            strict: whether missing and unexpected names are an error; otherwise they are passed over.

        Returns:
            The names that were missing and those that were unexpected.

        Raises:
            ValueError: (strict) the names are not those of this module; an array has another shape.
            TypeError: something in ``state_dict`` is not one number.

        >>> from nn import Neuron
        >>> neuron = Neuron(1)
        >>> neuron.load_state_dict({"w.0": 3.0, "b": -1.0})
        IncompatibleKeys(missing_keys=[], unexpected_keys=[])
        >>> neuron.w[0].data
        3.0
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"state_dict must be a dict of numbers by name, got {type(state_dict).__name__}")
        parameters, buffers = self._by_name(), dict(self.named_buffers())
        known = {**parameters, **buffers}
        state_dict = by_number(state_dict, known, self._sequences())
        missing = [name for name in known if name not in state_dict]
        unexpected = [name for name in state_dict if name not in known]
        if strict and (missing or unexpected):
            raise ValueError(
                f"the state_dict does not fit this {type(self).__name__}{_listed('missing', missing)}"
                f"{_listed('unexpected', unexpected)}; strict=False loads what fits"
            )
        numbers = {name: _number(name, state_dict[name]) for name in known if name in state_dict}
        for name in parameters.keys() & numbers.keys():
            parameters[name].data = numbers[name]
        if buffers:
            for name, module, own in self._buffer_places():
                setattr(module, own, refilled(name, getattr(module, own), buffers | numbers))
        return IncompatibleKeys(missing, unexpected)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the parameters to an .npz file, at exactly this path.

        The file appears whole or not at all. It holds one number per parameter, under its dotted name, and
        ``numpy.load`` reads it.

        Raises:
            OSError: the folder is missing, full or not writable.

        >>> import tempfile
        >>> from nn import Neuron
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Neuron(1, init=2.0).save(f"{folder}/model.npz")
        ...     other = Neuron(1)
        ...     other.load(f"{folder}/model.npz")
        >>> other.w[0].data
        2.0
        """
        from nn.serialization.npz import write_numbers

        write_numbers(path, self.state_dict())

    def load(self, path: str | os.PathLike[str]) -> None:
        """Set the parameters to those of an .npz file; where anything is wrong, nothing changes.

        What is compared is that of :meth:`load_state_dict`: the file does not hold activations.

        Raises:
            ValueError: the file is not an .npz file, is damaged, or is that of another model.
            OSError: the file is missing or not readable.

        >>> import tempfile
        >>> from nn import Neuron
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Neuron(2).save(f"{folder}/model.npz")
        ...     Neuron(1).load(f"{folder}/model.npz")
        Traceback (most recent call last):
        ...
        ValueError: '...model.npz': the state_dict does not fit this Neuron; 1 unexpected: 'w.1'; ...
        """
        from nn.serialization.npz import read_numbers

        numbers = read_numbers(path)
        try:
            self.load_state_dict(numbers)
        except ValueError as error:
            raise ValueError(f"{os.fspath(path)!r}: {error}") from error

    def _sequences(self) -> set[str]:
        """The names of the modules within whose layers PyTorch names by their position alone."""
        return {name for name, module in self.named_modules() if module._is_sequence}

    def _buffer_places(self) -> list[tuple[str, Module, str]]:
        """For each buffer its dotted name, the module that has it, and the name of the attribute."""
        if not any(module._buffer_names for module in self.modules()):
            return []
        named = [(f"{name}." if name else "", module) for name, module in self.named_modules()]
        return [(name + own, module, own) for name, module in named for own in module._buffer_names]

    def _by_name(self) -> dict[str, Value]:
        """All parameters to save, those included that a redefined ``parameters()`` returns from elsewhere."""
        if type(self).parameters is Module.parameters:
            pairs = named_in(self, Module).pairs
        else:
            found = find_members(self, Module, ask_root=True)
            pairs = [(name, item) for name, item in found if isinstance(item, Value)]
        named = dict(pairs)
        if len(named) < len(pairs):
            names = [name for name, _ in pairs]
            name = next(name for i, name in enumerate(names) if name in names[:i])
            raise ValueError(
                f"two parameters of this {type(self).__name__} are named {brief(name)}; rename one"
            )
        return named

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return mimebundle(self)

    @recursive_repr()
    def __repr__(self) -> str:
        """The class and, line by line as in PyTorch, the modules directly in it."""
        lines = [f"({name}): {child!r}".replace("\n", "\n  ") for name, child in self.named_children()]
        inside = "".join(f"\n  {line}" for line in lines)
        return f"{type(self).__name__}({inside}\n)" if lines else f"{type(self).__name__}()"


def members_of(module: Module) -> Found | None:
    """The parameters and modules within a module, one object while they stay; None where it finds its own.

    >>> from nn import MLP
    >>> model = MLP(2, [1])
    >>> len(members_of(model).parameters), members_of(model) is members_of(model)
    (3, True)
    """
    own = type(module)
    for name in ("parameters", "named_parameters", "modules", "named_modules"):
        if getattr(own, name) is not getattr(Module, name):
            return None
    return found_in(module, Module)


def _listed(kind: str, names: list[str]) -> str:
    """Part of a message: the number of names, and the first of them."""
    if not names:
        return ""
    more = len(names) - _NAMES_SHOWN
    shown = ", ".join(map(brief, names[:_NAMES_SHOWN]))
    return f"; {len(names)} {kind}: {shown}" + (f" and {more} more" if more > 0 else "")


def _number(name: str, number: Any) -> float:
    try:
        return Value(number).data
    except TypeError as error:
        raise TypeError(f"state_dict[{brief(name)}]: {error}") from None
