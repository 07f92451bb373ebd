"""Find the parameters and modules of a model through its attributes.

This walk is why a module need not register anything: ``self.w = [Value(…), …]`` is enough.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import Value
from engine.node.bulk import trainable
from engine.node.unchanged import contents_of

__all__ = ["Kept", "Trail", "find_members"]

_HEAP_TYPE = 1 << 9
"""The flag of classes whose objects can be given another class, which may be that of a module."""


class Kept:
    """The attribute in which a module keeps what a walk found; it is no part of the model.

    Copies and pickles of the module begin without. See :mod:`nn.modules.members.kept`.
    """

    __slots__ = ("_programs", "found", "named")

    def __init__(self) -> None:
        self.found: Any = None
        self.named: Any = None
        self._programs: Any = None

    def __reduce__(self) -> tuple[type[Kept], tuple[()]]:
        return Kept, ()

    def __eq__(self, other: object) -> bool:  # two modules are not different for this
        return isinstance(other, Kept)

    def __hash__(self) -> int:
        return hash(Kept)


class Trail:
    """What a walk visited, from which a later check tells whether it would find the same again.

    Attributes:
        certain: whether a check can tell: not where methods of a user's classes took part.
        modules: the modules visited, without the root.
        containers: the attributes of modules, the root's first, and the lists, tuples and dicts visited.
        were: the contents of each.
        arrays: object arrays.
        arrays_were: the contents of each.
        results: Values that are results of operators, and therefore not parameters.
        others: objects whose class can be changed.
    """

    __slots__ = ("arrays", "arrays_were", "certain", "containers", "modules", "others", "results", "were")

    def __init__(self) -> None:
        self.certain = True
        self.modules: list[Any] = []
        self.containers: list[Any] = []
        self.were: list[tuple[Any, ...]] = []
        self.arrays: list[Any] = []
        self.arrays_were: list[tuple[Any, ...]] = []
        self.results: list[Value] = []
        self.others: list[Any] = []

    @property
    def is_simple(self) -> bool:
        """Whether the containers, and the classes of the modules, tell all."""
        return self.certain and not (self.arrays or self.results or self.others)

    def came_through(self, container: Any) -> None:
        """Record a container and its contents."""
        if type(container) in (list, tuple, dict):
            self.containers.append(container)
            self.were.append(contents_of(container))
        elif type(container) is np.ndarray:
            self.arrays.append(container)
            self.arrays_were.append(tuple(container.ravel().tolist()))
        else:
            self.certain = False


def find_members(
    root: Any,
    module_type: type,
    *,
    enter: bool = True,
    ask_root: bool = False,
    named: bool = True,
    trail: Trail | None = None,
) -> list[tuple[str, Any]]:
    """Find the modules and parameters in a module, each once, with their dotted names.

    Looks into attributes in the order in which they were set, and into lists, tuples, dicts and object
    arrays in theirs. A parameter is a leaf, not the result of an operator. Parameters that a contained
    module's own ``parameters()`` returns from elsewhere are named ``parameters.0``, ``parameters.1``, …

    Args:
        root: the module; it comes first in the result, with the name ``""``.
        module_type: the class that makes an object a module.
        enter: whether to look into the modules that are found as well.
        ask_root: whether to ask the root's own ``parameters()`` too, where its class redefines it. Not
            from within that method: it would not end.
        named: False leaves all names empty, which takes a fifth of the time.
        trail: takes notes of the way.

    Returns:
        Pairs of name and module or Value, depth first.

    >>> class Box:
    ...     pass
    >>> box = Box()
    >>> box.w = [Value(1.0), Value(2.0)]
    >>> [name for name, _ in find_members(box, Box)]
    ['', 'w.0', 'w.1']
    """
    trail = Trail() if trail is None else trail
    found: list[tuple[str, Any]] = []
    seen: set[int] = set()
    waiting: list[tuple[str, Any]] = [("", root)]
    while waiting:
        name, item = waiting.pop()
        if id(item) in seen:
            continue
        if isinstance(item, Value):
            if item._children:
                trail.results.append(item)
                continue
            inside: list[tuple[Any, Any]] = []
        elif isinstance(item, module_type):
            ask = item is not root or ask_root
            inside = _attributes(item, module_type, ask, trail) if enter or item is root else []
            if item is not root:
                trail.modules.append(item)
        elif not named and (parts := _parameters_in(item)):
            seen.add(id(item))
            trail.came_through(item)
            for part in parts:
                if id(part) not in seen:
                    seen.add(id(part))
                    found.append(("", part))
            continue
        else:
            contents = _contents(item, trail)
            if contents is None:
                if type(item).__flags__ & _HEAP_TYPE:
                    trail.others.append(item)
                continue
            inside = contents
        seen.add(id(item))
        if isinstance(item, (Value, module_type)):
            found.append((name, item))
        dot = "." if name else ""
        waiting.extend((f"{name}{dot}{key}" if named else "", part) for key, part in reversed(inside))
    return found


def _attributes(module: Any, module_type: Any, ask: bool, trail: Trail) -> list[tuple[Any, Any]]:
    attributes = list(vars(module).items())
    trail.came_through(vars(module))
    inside = [(name, part) for name, part in attributes if type(part) is not Kept]
    if ask and type(module).parameters is not module_type.parameters:
        trail.certain = False
        inside += [(f"parameters.{i}", parameter) for i, parameter in enumerate(module.parameters())]
    return inside


def _parameters_in(item: Any) -> tuple[Value, ...]:
    """The items of a list of trainable leaves, such as a neuron's weights; of anything else nothing."""
    if type(item) is not list and type(item) is not tuple:
        return ()
    parts = tuple(item)
    if not parts or not isinstance(parts[0], Value):
        return ()
    try:
        return parts if trainable(parts) else ()
    except TypeError:  # something else is among them
        return ()


def _contents(item: Any, trail: Trail) -> list[tuple[Any, Any]] | None:
    """The items of a container with their keys; None for anything else."""
    if isinstance(item, dict):
        pairs: list[tuple[Any, Any]] = list(item.items())
    elif isinstance(item, (list, tuple)):
        pairs = [*enumerate(item)]
    elif isinstance(item, np.ndarray) and item.dtype == object:
        pairs = [(".".join(map(str, index)), part) for index, part in np.ndenumerate(item)]
    else:
        return None
    trail.came_through(item)
    # a list of a million training inputs costs one look at each, not a string for its name
    return [(key, part) for key, part in pairs if not isinstance(part, (float, int, str))]
