"""Defines workloads: computations in several cases, with a form for each kind of library.

Glossary: a *case* is one size or variant; a *form* is the code for one kind of library (``scalars`` for all
that compute with number objects); a *program* is a form made ready in one library; a *figure* is a measured
quantity.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

__all__ = ["Answer", "Case", "Figure", "Form", "Program", "Workload"]

Answer = dict[str, list[float]]
"""What a program computed, by quantity, as ``{"loss": [0.9], "gradients": [...]}``: libraries must agree."""


class Program(NamedTuple):
    """A computation prepared in one library.

    Attributes:
        check: runs it once and returns what it computed, for comparison.
        run: runs it once more; returns figures that it measured itself, or None to be timed as a whole.
        nodes: how many nodes one run makes; None where a library has no nodes.
    """

    check: Callable[[], Answer]
    run: Callable[[], Mapping[str, float] | None]
    nodes: int | None = None


Form = Callable[..., Program]
"""``form(adapter, **options)`` makes the program; the options are those of the case."""


@dataclass(frozen=True)
class Case:
    """One size or variant of a workload.

    Args:
        name: as the command line and the tables call it.
        title: what it is, in a few words.
        options: arguments of the form.
        libraries: names of those that have this case; all of them if empty.
    """

    name: str
    title: str
    options: Mapping[str, Any] = field(default_factory=dict)
    libraries: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Figure:
    """A measured quantity: its name, and its unit (``s``, ``B``, ``B/node``, or empty for a plain number)."""

    name: str
    unit: str = "s"


@dataclass(frozen=True)
class Workload:
    """A computation to run in several libraries.

    Args:
        name: as the command line calls it.
        title: what is computed.
        cases: sizes or variants.
        quick: the same, so small that all of them together take seconds.
        forms: code by kind of library (``scalars``, ``arrays``, ``symbolic``, …) or by the name of one
            library, which goes first.
        figures: what is measured; the first is the one that tables for readers show.
        baseline: the library whose answers the others are compared with.
        tolerance: how far answers may differ, relative to the largest number of a quantity.
        fresh: whether every measurement takes a new process; a quick run does without.

    >>> Workload("nothing", "", (Case("all", ""),), (), {}).case("all", quick=False).name
    'all'
    """

    name: str
    title: str
    cases: tuple[Case, ...]
    quick: tuple[Case, ...]
    forms: Mapping[str, Form]
    figures: tuple[Figure, ...] = (Figure("step"),)
    baseline: str = "chainrule"
    tolerance: float = 1e-9
    fresh: bool = False

    def case(self, name: str, *, quick: bool) -> Case:
        """The case of a name; KeyError if there is none."""
        return {case.name: case for case in self.chosen(quick=quick)}[name]

    def chosen(self, *, quick: bool) -> tuple[Case, ...]:
        """The cases of a full or a quick run."""
        return self.quick if quick else self.cases
