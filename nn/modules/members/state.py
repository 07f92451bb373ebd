"""The state of a module: the numbers of its parameters and buffers by name, in dicts and in files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, overload

import numpy as np
import numpy.typing as npt

from engine import Value
from engine.autograd.trace_mode import is_tracing
from engine.node.bulk import read_data
from engine.quoting import brief
from nn.modules.members.state_names import by_number, gathered, numbered, refilled

__all__ = ["IncompatibleKeys", "WithState"]

_NAMES_SHOWN = 10


class IncompatibleKeys(NamedTuple):
    """Missing and unexpected names found by :meth:`Module.load_state_dict`, as in PyTorch."""

    missing_keys: list[str]
    unexpected_keys: list[str]


class WithState:
    """What a module does with its state."""

    _is_sequence: bool = False
    _buffer_names: tuple[str, ...] = ()

    def _by_name(self) -> dict[str, Value]:
        raise NotImplementedError(f"{type(self).__name__} does not say which parameters it has")

    def register_buffer(self, name: str, numbers: Any) -> None:
        """Set an attribute whose numbers belong to the state, without being parameters, as running means do.

        They are saved and loaded with the module, and no optimiser sees them.

        Args:
            name: of the attribute.
            numbers: a float, or nested lists of them, to be replaced by others of the same form; None for
                nothing to save.

        >>> from nn import Module
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

    def _sequences(self: Any) -> set[str]:
        """The names of the modules within whose layers PyTorch names by their position alone."""
        return {name for name, module in self.named_modules() if module._is_sequence}

    def _buffer_places(self: Any) -> list[tuple[str, Any, str]]:
        """For each buffer its dotted name, the module that has it, and the name of the attribute."""
        if not any(module._buffer_names for module in self.modules()):
            return []
        named = [(f"{name}." if name else "", module) for name, module in self.named_modules()]
        return [(name + own, module, own) for name, module in named for own in module._buffer_names]


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
