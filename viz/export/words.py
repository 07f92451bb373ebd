"""Words of the pictures of a backward pass, which can be replaced, so that they speak another language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["SENTENCES", "Words"]

SENTENCES = frozenset({
    "data",
    "grad",
    "Start",
    "{root}.grad = 1.0000: the derivative of {root} by itself",
    "Step {k} of {count}: from {node} back to {operand}",
    "a hook makes {after} of {before}",
    "Done: {count} steps, every gradient is there",
    "the gradients of the leaves: {names}",
    "Backward pass of {root}",
})  # fmt: skip
"""All that is written, names and numbers left out. What stands in braces is filled in."""

_FILLED_IN = re.compile(r"\{(\w+)\}")


class Words:
    """The words of a picture, with replacements.

    Args:
        labels: replacements of sentences of :data:`SENTENCES`, of names of nodes, and names for nodes.

    Raises:
        TypeError: a replacement is not a text.

    >>> say = Words({"data": "Wert", "x": "Eingabe"})
    >>> say("data"), say("grad"), say.name("x")
    ('Wert', 'grad', 'Eingabe')
    """

    def __init__(self, labels: Mapping[Any, str] | None = None) -> None:
        self.labels: dict[Any, str] = dict(labels or {})
        for what, shown in self.labels.items():
            if not isinstance(shown, str):
                raise TypeError(f"labels[{what!r}] must be a text, got {shown!r}")

    def __call__(self, sentence: str, **filled: object) -> str:
        """A sentence or its replacement, filled in."""
        shown = self.labels.get(sentence, sentence)
        return _FILLED_IN.sub(lambda match: str(filled.get(match[1], match[0])), shown)

    def name(self, label: object, node: Any = None) -> str:
        """The name of a node, or its replacement."""
        if node is not None and node in self.labels:
            return self.labels[node]
        return self.labels.get(str(label), str(label))
