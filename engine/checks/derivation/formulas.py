"""Formulas of a derivation beside those of the engine: whether two are the same, and what one would be."""

from __future__ import annotations

from typing import Any

from engine.autograd.grad_mode import enable_grad
from engine.checks.derivation.byhand import Trace
from engine.checks.derivation.forward import shape_of
from engine.checks.derivation.identity import Draws, chooses
from engine.checks.derivation.trial import Trial
from engine.checks.derivation.written.reading import DerivationError
from engine.errors import ChainruleError
from engine.explanation.explain import explain
from engine.explanation.formula import formula as named_formula
from engine.explanation.formula import named, plain
from engine.explanation.render import as_formula
from engine.graph.walks import topological_order
from engine.node.backend import Value
from engine.pytree.maps import flatten
from engine.transforms.reverse import gradients

__all__ = ["Formulas"]

MOST_ENTRIES = 32
"""Numbers of a gradient whose formulas are compared; a larger one is compared in numbers."""

MOST_TEXT = 400
"""Characters of what a quantity without a name is called in a formula."""

class Formulas:
    """The formulas of a trial's lines, at the given point."""

    def __init__(self, trial: Trial) -> None:
        self.setting, self.by_hand, self.runs = trial.setting, trial.by_hand, trial.runs
        self.lines, self.claims = trial.lines, trial.claims
        named = {x for tree in self.runs[0][1].values.values() for x in flatten(tree) if isinstance(x, Value)}
        self._draws = Draws({x for x in named if not x._children})
        self._tried_graphs = False
        self._kept_graphs: tuple[Trace, dict[str, list[Any]]] | None = None

    def same(self, i: int) -> bool:
        """Whether a line and the engine's derivative are the same formulas: see ``identity.py``.

        False also where they cannot be compared.
        """
        claim = self.claims[i]
        graphs = self._graphs()
        if graphs is None or claim is None or claim.kind == "partial":
            return False
        trace, adjoints = graphs
        line, values = self.lines[i].name, self.runs[0][1].values
        if trace.decided or line not in trace.names:
            return False
        if claim.kind == "gradient" and self._is_chosen_after(claim.by):
            return False
        mine = flatten(trace.names[line])
        engines = adjoints[claim.by] if claim.kind == "gradient" else flatten(values[claim.by])
        if len(mine) != len(engines) or len(mine) > MOST_ENTRIES:
            return False
        nodes = [x if isinstance(x, Value) else Value(x) for x in (*mine, *engines)]
        return self._draws.same(nodes[: len(mine)], nodes[len(mine) :])

    def _is_chosen_after(self, name: str) -> bool:
        """Whether f chooses (relu, where, max) on the way from a quantity to the loss.

        The graph of the derivative has the way that was chosen at this point alone.
        """
        forward = self.runs[0][1]
        reached = {x for x in flatten(forward.values[name]) if isinstance(x, Value)}
        for node in topological_order(forward.loss):
            if any(child in reached for child in node._children):
                if chooses(node):
                    return True
                reached.add(node)
        return False

    def _graphs(self) -> tuple[Trace, dict[str, list[Any]]] | None:
        """The lines computed on Values, and the engine's derivatives as graphs; None where they cannot be."""
        if not self._tried_graphs:
            self._tried_graphs = True
            forward = self.runs[0][1]
            claims = [claim for claim in self.claims if claim is not None and claim.kind == "gradient"]
            names = [*dict.fromkeys(claim.by for claim in claims)]
            nodes = [x for name in names for x in flatten(forward.values[name])]
            if not self.by_hand.is_read or not all(isinstance(x, Value) for x in nodes):
                return None
            try:
                with enable_grad():
                    trace = self.by_hand.run(forward, values=True)
                    found = iter(gradients(forward.loss, nodes, create_graph=True))
            except (ChainruleError, DerivationError, TypeError, ValueError, AttributeError):
                return None
            adjoints = {name: [next(found) for _ in flatten(forward.values[name])] for name in names}
            self._kept_graphs = trace, adjoints
        return self._kept_graphs

    def formula(self, i: int) -> str:
        """The engine's derivative as a product of local gradients in the names of f; empty if long."""
        claim = self.claims[i]
        if claim is None or claim.kind != "gradient" or len(flatten(self.runs[0][1].values[claim.by])) > 1:
            return ""
        forward = self.setting.run(self.setting.base)
        names = {
            x: name for name, tree in forward.values.items() if not shape_of(tree) for x in flatten(tree)
        }
        (variable,) = flatten(forward.values[claim.by])
        before = {x: x.label for x in topological_order(forward.loss)}
        try:
            for node in before:  # one without a name is called what it is
                text = (
                    plain(named_formula(node, [named(x.label) for x in node._children]))
                    if node._children
                    else ""
                )
                if len(text) > MOST_TEXT:  # it doubles where a quantity without a name is used twice
                    return ""
                node.label = names.get(node) or (f"({text})" if " " in text else text) or f"{node.data:g}"
            return as_formula(explain(forward.loss, variable))
        except (ChainruleError, ValueError, TypeError):
            return ""
        finally:
            for node, label in before.items():
                node.label = label
