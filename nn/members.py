"""What a model is made of: the parameters and modules found through its attributes.

This walk is why a module need not register anything: ``self.w = [Value(…), …]`` is enough.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np

from engine import Value
from engine.bulk import trainable

__all__ = ["find_members"]


def find_members(
    root: Any, module_type: type, *, enter: bool = True, ask_root: bool = False, named: bool = True
) -> list[tuple[str, Any]]:
    """The modules and parameters within a module, each once, with their dotted names.

    Looks into attributes in the order in which they were set, and into lists, tuples, dicts and object
    arrays in theirs. A parameter is a leaf; results of operators are none. What a contained module's own
    ``parameters()`` returns from elsewhere is found too, and named ``parameters.0``, ``parameters.1``, …

    Args:
        root: the module; it comes first in the result, with the name ``""``.
        module_type: the class that makes an object a module.
        enter: whether to look into the modules that are found as well.
        ask_root: whether to ask the root's own ``parameters()`` too, where its class redefines it. Not
            from within that method: it would not end.
        named: False leaves all names empty, which takes a fifth of the time.

    Returns:
        Pairs of name and module or Value, depth first.

    >>> class Box:
    ...     pass
    >>> box = Box()
    >>> box.w = [Value(1.0), Value(2.0)]
    >>> [name for name, _ in find_members(box, Box)]
    ['', 'w.0', 'w.1']
    """
    found: list[tuple[str, Any]] = []
    seen: set[int] = set()
    waiting: list[tuple[str, Any]] = [("", root)]
    while waiting:
        name, item = waiting.pop()
        if id(item) in seen:
            continue
        if isinstance(item, Value):
            if item._children:
                continue
            inside: Collection[tuple[Any, Any]] = ()
        elif isinstance(item, module_type):
            inside = (
                _attributes(item, module_type, ask=item is not root or ask_root)
                if enter or item is root
                else ()
            )
        elif not named and _are_parameters(item):
            seen.add(id(item))
            for part in item:
                if id(part) not in seen:
                    seen.add(id(part))
                    found.append(("", part))
            continue
        else:
            contents = _contents(item)
            if contents is None:
                continue
            inside = contents
        seen.add(id(item))
        if isinstance(item, (Value, module_type)):
            found.append((name, item))
        dot = "." if name else ""
        waiting.extend((f"{name}{dot}{key}" if named else "", part) for key, part in reversed(list(inside)))
    return found


def _attributes(module: Any, module_type: Any, *, ask: bool) -> list[tuple[Any, Any]]:
    inside = list(vars(module).items())
    if ask and type(module).parameters is not module_type.parameters:
        inside += [(f"parameters.{i}", parameter) for i, parameter in enumerate(module.parameters())]
    return inside


def _are_parameters(item: Any) -> bool:
    """Whether this is a list of leaves that take gradient, as the weights of a neuron are."""
    if not (isinstance(item, (list, tuple)) and item and isinstance(item[0], Value)):
        return False
    try:
        return trainable(item)
    except TypeError:  # something else is among them
        return False


def _contents(item: Any) -> list[tuple[Any, Any]] | None:
    """The items of a container with their keys; None for anything else."""
    if isinstance(item, dict):
        pairs: Iterable[tuple[Any, Any]] = item.items()
    elif isinstance(item, (list, tuple)):
        pairs = enumerate(item)
    elif isinstance(item, np.ndarray) and item.dtype == object:
        pairs = ((".".join(map(str, index)), part) for index, part in np.ndenumerate(item))
    else:
        return None
    # a list of a million training inputs costs one look at each, not a string for its name
    return [(key, part) for key, part in pairs if not isinstance(part, (float, int, str))]
