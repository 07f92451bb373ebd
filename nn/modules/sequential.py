"""Sequential: modules and functions applied in sequence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Self, overload

import numpy as np

from engine import Value, is_grad_enabled
from engine.quoting import brief, typed
from nn.modules.activations import (
    ACTIVATIONS,
    Activation,
    activation_function,
    activation_title,
    make_activation,
    refuse_bare,
)
from nn.modules.inputs import elementwise
from nn.modules.module import Module

__all__ = ["Activate", "Sequential"]


class Activate(Module):
    """An activation as a module, applied to each number of a layer's output.

    Args:
        activation: as in :class:`nn.Neuron`.

    >>> Activate("relu")([-1.0, 2.0])
    [0.0, 2.0]
    """

    def __init__(self, activation: Activation) -> None:
        self.activation = make_activation(activation)

    def __call__(self, x: Any) -> Any:
        """The activation of a number, or for a sequence the list of them.

        Raises:
            TypeError: the activation returns a bare number for a Value.
        """
        function = activation_function(self.activation)

        def activated(each: Any) -> Any:
            output = function(each)
            if isinstance(each, Value):
                refuse_bare(self.activation, output)
            return output

        return elementwise(activated, x)

    def __repr__(self) -> str:
        return f"{activation_title(self.activation)}()"


class Sequential(Module):
    """Modules applied in sequence, each to the outputs of the one before, as in PyTorch.

    Args:
        layers: modules (Layer, MLP, Dropout, PReLU, …); activations of ``nn.ACTIVATIONS`` by name or
            as functions, which are applied to each number; or other functions, of the whole output, such
            as ``engine.softmax``. Or one dict of them by name, such as PyTorch's OrderedDict: each is then
            an attribute, too.

    Attributes:
        layers: a list of them; of a dict, a dict.

    Raises:
        ValueError: there are none, or the name of an activation is unknown.
        TypeError: a layer is neither a module nor a name nor a function.

    >>> from engine import softmax
    >>> from nn import Dropout, Layer
    >>> first, second = Layer(2, 4, nonlin=False, rng=0), Layer(4, 3, rng=1)
    >>> model = Sequential(first, "tanh", Dropout(0.5, rng=0), second, softmax)
    >>> model[1], model[2], len(model)
    (Tanh(), Dropout(p=0.5), 5)
    >>> round(sum(p.data for p in model([0.5, -1.0])), 12)
    1.0
    """

    _is_sequence = True

    def __new__(cls, *layers: Any) -> Any:
        named = cls is Sequential and len(layers) == 1 and isinstance(layers[0], Mapping)
        return super().__new__(_Named if named else cls)

    def __init__(self, *layers: Module | Activation) -> None:
        if not layers:
            raise ValueError("Sequential needs at least one layer, got none")
        self.layers: list[Callable[[Any], Any]] = [_layer(each) for each in layers]
        self.label_parameters()

    def __call__(self, x: Any) -> Any:
        """The last layer's outputs.

        Raises:
            TypeError: a function among the layers returns bare numbers for Values, from which no gradient
                flows back; under ``no_grad()``, as in :func:`nn.predict`, it may.
        """
        for layer in self:
            before, x = x, layer(x)
            if not isinstance(layer, Module) and is_grad_enabled() and not _has_values(x):
                self._refuse_bare(layer, before)
        return x

    def _refuse_bare(self, layer: Callable[[Any], Any], given: Any) -> None:
        if _has_values(given):
            name = getattr(layer, "__name__", type(layer).__name__)
            raise TypeError(
                f"layer {list(self).index(layer)} of this Sequential, {name}, returns bare numbers for "
                "Values, so that no gradient flows back and no layer before it learns; compute it with "
                "functions of engine, or call the model within no_grad() where only the numbers are wanted"
            )

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Callable[[Any], Any]]:
        return iter(self.layers)

    @overload
    def __getitem__(self, position: int) -> Callable[[Any], Any]: ...

    @overload
    def __getitem__(self, position: slice) -> Sequential: ...

    def __getitem__(self, position: int | slice) -> Any:
        """A layer; of a slice a Sequential of these layers, which are shared, not copied.

        Raises:
            IndexError: there is no such layer.
            ValueError: there is none in the slice.
        """
        return self._part(position) if isinstance(position, slice) else self.layers[self._key(position)]

    def __setitem__(self, position: int, layer: Module | Activation) -> None:
        self.layers[self._key(position)] = _layer(layer)
        self.label_parameters()

    def __delitem__(self, position: int | slice) -> None:
        keys = [*self._keys()][position] if isinstance(position, slice) else [self._key(position)]
        if len(keys) == len(self):
            raise ValueError("Sequential needs at least one layer, and this is its last")
        for key in sorted(keys, reverse=True):
            del self.layers[key]
        self.label_parameters()

    def append(self, layer: Module | Activation) -> Self:
        """Add a layer at the end; returns the module.

        >>> from nn import Linear, ReLU
        >>> len(Sequential(Linear(2, 4)).append(ReLU()).append("tanh"))
        3
        """
        return self.insert(len(self), layer)

    def insert(self, position: int, layer: Module | Activation) -> Self:
        """Add a layer before the one at a position; returns the module."""
        self.layers.insert(position, _layer(layer))
        return self.label_parameters()

    def extend(self, layers: Iterable[Module | Activation]) -> Self:
        """Add layers at the end; returns the module."""
        self.layers.extend([_layer(each) for each in layers])
        return self.label_parameters()

    def _keys(self) -> Iterable[Any]:
        """What the layers are called."""
        return range(len(self))

    def _key(self, position: int) -> Any:
        try:
            return [*self._keys()][position]
        except IndexError:
            raise IndexError(f"this Sequential has {len(self)} layers, got index {position}") from None

    def _part(self, positions: slice) -> Sequential:
        part: Sequential = Sequential.__new__(type(self))
        part.layers = self.layers[positions]
        if not part.layers:
            raise ValueError(f"this Sequential of {len(self)} layers has none in the slice {positions}")
        return part

    def __repr__(self) -> str:
        named = zip(self._keys(), self, strict=True)
        lines = (f"({key}): {getattr(each, '__name__', each)!s}" for key, each in named)
        return "Sequential(\n" + "\n".join(lines).replace("\n", "\n  ").join(["  ", "\n)"])


class _Named(Sequential):
    """A Sequential of a dict: its layers have names."""

    layers: dict[str, Callable[[Any], Any]]  # type: ignore[assignment]

    def __init__(self, layers: Mapping[str, Module | Activation]) -> None:
        if not layers:
            raise ValueError("Sequential needs at least one layer, got none")
        for name in layers:
            if (
                not isinstance(name, str)
                or not name.isidentifier()
                or name == "layers"
                or hasattr(Sequential, name)
            ):
                raise ValueError(f"a layer cannot be called {brief(name)}: it is to be an attribute")
        self.layers = {name: _layer(layer) for name, layer in layers.items()}
        self.label_parameters()

    def __getattr__(self, name: str) -> Any:
        found = self.__dict__.get("layers", {})
        if name not in found:
            raise AttributeError(
                f"this Sequential has no attribute {name!r}; its layers are {', '.join(found)}"
            )
        return found[name]

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute; by the name of a layer, the layer, as in PyTorch."""
        if name in self.__dict__.get("layers", ()):
            self[[*self.layers].index(name)] = value
        else:
            super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        if name in self.__dict__.get("layers", ()):
            del self[[*self.layers].index(name)]
        else:
            super().__delattr__(name)

    def __iter__(self) -> Iterator[Callable[[Any], Any]]:
        return iter([*self.layers.values()])

    def insert(self, position: int, layer: Module | Activation) -> Self:
        """Refused: a new layer needs a name."""
        raise TypeError("the layers of this Sequential have names: make another one of a dict")

    def extend(self, layers: Iterable[Module | Activation]) -> Self:
        """Refused: new layers need names."""
        raise TypeError("the layers of this Sequential have names: make another one of a dict")

    def _keys(self) -> Iterable[Any]:
        return self.layers

    def _part(self, positions: slice) -> Sequential:
        named: Any = dict([*self.layers.items()][positions])
        return Sequential(named)


def _has_values(numbers: Any) -> bool:
    if isinstance(numbers, np.ndarray):
        numbers = numbers.tolist()
    if isinstance(numbers, (list, tuple)):
        return any(map(_has_values, numbers))
    return isinstance(numbers, Value)


def _layer(given: Any) -> Callable[[Any], Any]:
    # engine.tanh is of one number, unlike engine.softmax
    if isinstance(given, (str, tuple)) or any(given is each for each in ACTIVATIONS.values()):
        return Activate(given)
    if isinstance(given, type):
        raise TypeError(f"a layer must be a module, got a class; make one of it, {given.__name__}()")
    if not callable(given):
        several = "; for a list of layers write Sequential(*layers)" if isinstance(given, list) else ""
        raise TypeError(
            f"a layer must be a module, a function or the name of an activation, got {typed(given)}{several}"
        )
    return given  # type: ignore[no-any-return]
