"""The names by which ``expand=`` opens folds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from engine.graph.walks import Trace
from viz.graphs.folding.grouping import Folding
from viz.labels import Words, visible

__all__ = ["fold_names", "requested_steps", "same_name", "steps_name"]

_STEPS = re.compile(r"(\d+)(?:-(\d+))?(?: \(\d+\))?$")


def fold_names(
    graph: Trace,
    folding: Folding,
    words: Words,
    used: Counter[str] | None = None,
    kept: Mapping[int, str] | None = None,
) -> dict[int, str]:
    """The name of each box that holds several nodes, by the node that stands for it; no two are alike.

    Args:
        graph: the nodes.
        folding: which boxes hold which.
        words: in which language.
        used: how often each name was given so far; is counted on.
        kept: boxes that have their names.

    >>> from engine import Value
    >>> from engine.graph.walks import trace
    >>> from viz.graphs.folding.grouping import fold_sums
    >>> x = Value(2.0)
    >>> fold_names(trace(x + x + x), fold_sums(trace(x + x + x), [0, 1, 2], {2}), Words())
    {2: 'sum of 3'}
    """
    members = folding.members
    names: dict[int, str] = {}
    used = Counter() if used is None else used
    for owner in sorted(folding.kinds.keys() & members.keys()):
        if kept and owner in kept:
            names[owner] = kept[owner]
            continue
        kind, name = folding.kinds[owner]
        if kind == "sum":
            terms = sum(folding.owner[j] != owner for i in members[owner] for j in graph.operands[i])
            name = words("sum of {count}", count=terms)
        elif kind == "alike":
            results = folding.results[owner]
            node = graph.nodes[results[-1]]
            what = visible(node._op) if node._op else "" if node._children else words("leaf")
            name = f"{what} × {len(results)}".strip()
        used[name] += 1
        names[owner] = f"{name} ({used[name]})" if used[name] > 1 else name
    return names


def same_name(name: str) -> str:
    """A name as names are compared: ``x`` and ``*`` before a number stand for ``×``.

    >>> same_name("tanh x 16")
    'tanh × 16'
    """
    return re.sub(r" [x*] (?=\d)", " × ", str(name).strip())


def steps_name(first: int, last: int, loop: int, words: Words) -> str:
    """The name of a stretch of steps; of a second loop, with its number.

    >>> steps_name(2, 9, 0, Words()), steps_name(3, 3, 1, Words())
    ('steps 2-9', 'step 3 (2)')
    """
    one = last == first
    name = (
        words("step {number}", number=first) if one else words("steps {first}-{last}", first=first, last=last)
    )
    return f"{name} ({loop + 1})" if loop else name


def requested_steps(expand: Iterable[str], loop: int, words: Words) -> list[tuple[int, int]]:
    """Which stretches of a loop's steps are to be opened.

    >>> requested_steps(["step 3", "steps 2-9", "layers.0"], 0, Words())
    [(3, 3), (2, 9)]
    """
    found = []
    for name in expand:
        if match := _STEPS.search(name):
            first, last = int(match[1]), int(match[2] or match[1])
            if steps_name(first, last, loop, words) == name:
                found.append((first, last))
    return found
