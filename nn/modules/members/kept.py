"""A cache of a module's parameters and submodules, checked at each use.

The walk of ``traversal.py`` takes as long as five steps of a lifted training; to check that each list and
dict on its way still holds the same objects takes a fiftieth of that. The check sees every change: of
attributes, lists, dicts, arrays and classes, and leaves that became results. Objects removed from a model
are released when the model is next asked.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine import Value
from engine.node.bulk import leaf_count
from engine.node.unchanged import same_attributes, same_objects
from nn.modules.members.traversal import Kept, Trail, find_members

__all__ = ["Found", "found_in", "named_in", "programs_of"]

_PLACE = "_kept_members"
"""The attribute of a module that holds the cache."""


class Found(NamedTuple):
    """The parameters and submodules of a module, and how they were found.

    Attributes:
        parameters: each once, in order.
        modules: the submodules, likewise.
        trail: what the walk visited.
        kinds: the classes of its modules.
        made: the submodules and the other objects of the trail, their attributes and classes.
        versions: in which is noted what of the trail need not be gone through again.
    """

    parameters: list[Value]
    modules: list[Any]
    trail: Trail
    kinds: set[Any]
    made: tuple[list[Any], tuple[Any, ...], tuple[type, ...]]
    versions: npt.NDArray[np.float64]


class Named(NamedTuple):
    """The parameters of a module with their names.

    Attributes:
        found: what they are the names in.
        shapes: of the arrays of what was found, of which names are made too.
        pairs: of each parameter its name and itself.
        notes: what was worked out from these, by name.
    """

    found: Found
    shapes: list[tuple[int, ...]]
    pairs: list[tuple[str, Value]]
    notes: dict[str, Any]


def named_in(root: Any, module_type: Any) -> Named:
    """The parameters within a module with their names, as ``find_members`` finds them now.

    >>> class Box:
    ...     parameters = None
    >>> box = Box()
    >>> box.w = [Value(1.0)]
    >>> [name for name, _ in named_in(box, Box).pairs]
    ['w.0']
    """
    found = found_in(root, module_type)
    kept = vars(root).get(_PLACE)
    named: Named | None = kept.named if type(kept) is Kept and kept.found is found else None
    shapes = [array.shape for array in found.trail.arrays]
    if named is None or named.found is not found or named.shapes != shapes:
        pairs = [(name, x) for name, x in find_members(root, module_type) if isinstance(x, Value)]
        named = Named(found, shapes, pairs, {})
        if type(kept) is Kept and found.trail.certain:
            kept.named = named
    return named


class _Programs(NamedTuple):
    """The lifted programs of a module.

    Attributes:
        root: the module; another one has come by this with a copy of the attributes.
        loss: the function that it was lifted with.
        kept: the lifted functions.
    """

    root: Any
    loss: Any
    kept: dict[Any, Any]


def programs_of(root: Any, loss: Any) -> dict[Any, Any]:
    """The lifted programs of a module with a loss, kept for its last loss.

    Args:
        root: the module.
        loss: a function.

    Returns:
        The lifted functions by keys of the caller's, who adds to it.

    >>> class Box:
    ...     pass
    >>> box = Box()
    >>> programs_of(box, max)["mean"] = "a program"
    >>> programs_of(box, max), programs_of(box, min)
    ({'mean': 'a program'}, {})
    """
    kept = _kept_of(root)
    if kept is None:
        return {}
    known: _Programs | None = kept._programs
    if known is None or known.root is not root or known.loss is not loss:
        known = kept._programs = _Programs(root, loss, {})
    return known.kept


def _kept_of(root: Any) -> Kept | None:
    """The cache of a module; None where its attribute is somebody else's, or attributes are made up."""
    attributes = vars(root)
    kept = attributes.get(_PLACE)
    if kept is None and type(attributes) is dict:
        kept = attributes[_PLACE] = Kept()
    return kept if type(kept) is Kept else None


def found_in(root: Any, module_type: Any) -> Found:
    """The parameters and modules within a module, as ``find_members`` finds them now.

    Args:
        root: the module.
        module_type: the class that makes an object a module.

    >>> class Box:
    ...     parameters = None
    >>> box = Box()
    >>> box.w = [Value(1.0)]
    >>> found_in(box, Box).parameters == box.w, found_in(box, Box) is found_in(box, Box)
    (True, True)
    >>> box.w.append(Value(2.0))
    >>> found_in(box, Box).parameters == box.w
    True
    """
    kept = _kept_of(root)
    if kept is None:
        return _find(root, module_type)
    found: Found | None = kept.found
    if found is None or not _holds(found, root, module_type):
        found = kept.found = _find(root, module_type)
    return found


def _find(root: Any, module_type: Any) -> Found:
    trail = Trail()
    members = [item for _, item in find_members(root, module_type, named=False, trail=trail)[1:]]
    objects = [*trail.modules, *trail.others]
    dicts = *map(vars, trail.modules), *[None] * len(trail.others)
    return Found(
        [item for item in members if isinstance(item, Value)],
        [item for item in members if not isinstance(item, Value)],
        trail,
        set(map(type, trail.modules)),
        (objects, dicts, tuple(map(type, objects))),
        np.zeros(len(trail.containers)),
    )


def _holds(found: Found, root: Any, module_type: Any) -> bool:
    """Whether a new walk would find the same."""
    trail, usual = found.trail, module_type.parameters
    for kind in found.kinds:
        if kind.parameters is not usual:
            return False
    return (
        trail.certain
        and trail.containers[0] is vars(root)
        and same_attributes(*found.made)
        and same_objects(trail.containers, trail.were, found.versions)
        and leaf_count(found.parameters) == len(found.parameters)
        and not (trail.results and leaf_count(trail.results))
        and not (
            trail.arrays
            and not same_objects([array.ravel().tolist() for array in trail.arrays], trail.arrays_were)
        )
    )
