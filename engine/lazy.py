"""Attributes of a package that are imported when first asked for (PEP 562), so that importing it is quick."""

import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

__all__ = ["attribute", "by_name", "names"]


def attribute(package: str, later: Mapping[str, str], name: str, advice: str = "") -> Any:
    """Import an attribute of a package when it is first asked for: for its ``__getattr__``.

    Args:
        package: its name.
        later: what it offers, each with the module that has it.
        name: the attribute: one of these, or a module within the package.
        advice: the end of the message where there is no such attribute.

    Raises:
        AttributeError: there is none of that name.

    >>> attribute("engine", {"explain": "engine.explanation.explain"}, "explain").__name__
    'explain'
    """
    if name in later:
        found = getattr(import_module(later[name]), name)
        setattr(sys.modules[package], name, found)
        return found
    if name.startswith("_") or find_spec(f"{package}.{name}") is None:
        raise AttributeError(f"module {package!r} has no attribute {name!r}{advice}")
    return import_module(f"{package}.{name}")


def by_name(modules: dict[str, str]) -> dict[str, str]:
    """By name the module that has it.

    Args:
        modules: by module the names that are offered of it, with blanks between them.

    >>> by_name({"engine.graph.walks": "consumers leaves"})
    {'consumers': 'engine.graph.walks', 'leaves': 'engine.graph.walks'}
    """
    return {name: module for module, names in modules.items() for name in names.split()}


def names(package: str) -> list[str]:
    """What a package offers, imported or not, and what every module has: for its ``__dir__``.

    >>> "explain" in names("engine"), "import_module" in names("engine")
    (True, False)
    """
    known = vars(sys.modules[package])
    return sorted({*known["__all__"], *(name for name in known if name.startswith("__"))})
