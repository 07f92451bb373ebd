"""Module: the base class of everything with parameters, which can be trained, saved and loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from reprlib import recursive_repr
from typing import Any, Self

from engine import Value, zero_grad
from engine.display.notebook import mimebundle
from engine.quoting import brief
from nn.checks import name_init
from nn.modules.members.habits import MODULE_INSTEAD
from nn.modules.members.kept import Found, found_in, named_in
from nn.modules.members.state import IncompatibleKeys, WithState
from nn.modules.members.traversal import find_members

__all__ = ["IncompatibleKeys", "Module", "members_of"]


class Module(WithState):
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

    # -- texts and names ----------------------------------------------------------------------

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


for _name, _instead in MODULE_INSTEAD.items():
    _instead.__set_name__(Module, _name)
    setattr(Module, _name, _instead)


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
