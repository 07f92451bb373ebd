"""The quiz: checks gradients filled in by hand, and traces a wrong one to its wrong factor."""

from __future__ import annotations

import math
from typing import Any

from engine.explanation.sweep import SweepStep
from engine.graph.names import number
from playground.backward.scene import Scene

__all__ = ["judge"]

RELATIVE, ABSOLUTE = 5e-3, 5e-5
"""How far an answer may be off: rounding to three digits is right."""


def judge(scene: Scene, node: int, answer: float) -> dict[str, Any]:
    """Whether an answer is the gradient of a node; if not, which factor of which term is likely wrong.

    Args:
        scene: the graph.
        node: its position.
        answer: a number.

    Returns:
        ``right``, a sentence, and where it can be told the step (head and slot) whose factor is wrong.
    """
    gradient = float(scene.gradients[node])
    name = scene.names[node]
    if _close(answer, gradient):
        return {
            "right": True,
            "message": f"Right: ∂{_root(scene)}/∂{name} = {number(gradient)}.",
            "head": -1,
            "slot": -1,
        }
    terms = [step for step in scene.sweep.into(node) if step.slot >= 0]
    message, head, slot = _wrong(scene, node, answer, terms)
    return {"right": False, "message": message, "head": head, "slot": slot}


def _wrong(scene: Scene, node: int, answer: float, terms: list[SweepStep]) -> tuple[str, int, int]:
    gradient = float(scene.gradients[node])
    if not terms:
        if node == scene.graph.roots[0]:
            return "The sweep starts here: the derivative of the root by itself is 1.", -1, -1
        return "Nothing reaches this node, so its gradient is 0.", -1, -1
    for step in terms:
        local, upstream, part = step.local_grad, step.upstream, step.part
        rest = gradient - part
        at = (step.node, step.slot)
        factor, above = _factor(scene, *at), _above(scene, step.node)
        result = scene.graph.nodes[step.node].data
        through = scene.names[step.node]
        if len(terms) > 1 and _close(answer, part):
            return (
                f"That is the term by {through} alone: add the other {_terms(len(terms) - 1)}.",
                *at,
            )
        if len(terms) > 1 and _close(answer, rest):
            return f"The term by {through} is missing: {factor} × {above}.", *at
        if _close(answer, rest + local) and not _close(upstream, 1.0):
            return f"The upstream factor {above} = {number(upstream)} is missing: multiply by it.", *at
        if _close(answer, rest + upstream) and not _close(local, 1.0):
            return f"The local factor {factor} is missing: it is {number(local)}, not 1.", *at
        if _close(answer, rest - part):
            return f"The sign is wrong: {factor} = {number(local)} and {above} = {number(upstream)}.", *at
        if local and _close(answer, rest + upstream / local):
            return f"You divided by {factor} = {number(local)}: the chain rule multiplies.", *at
        if upstream and _close(answer, rest + local / upstream):
            return f"You divided by {above} = {number(upstream)}: the chain rule multiplies.", *at
        own = scene.graph.nodes[node].data
        if _close(answer, rest + own * upstream):
            return (
                f"{factor} is not {scene.names[node]} itself: you took {number(own)} for {number(local)}.",
                *at,
            )
        if _close(answer, rest + result * upstream):
            return (
                f"{factor} is the derivative, {number(local)}, not the value {number(result)}.",
                *at,
            )
    step = max(terms, key=lambda step: abs(step.part))
    local, upstream = step.local_grad, step.upstream
    factor, above = _factor(scene, step.node, step.slot), _above(scene, step.node)
    took = (answer - (gradient - step.part)) / upstream if upstream else math.nan
    said = (
        f": with {above} = {number(upstream)} you took {number(took)}, and it is {number(local)}"
        if took == took
        else ""
    )
    return f"The local factor {factor} is wrong{said}.", step.node, step.slot


def _close(one: float, other: float) -> bool:
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return one == other or abs(one - other) <= RELATIVE * abs(other) + (
        ABSOLUTE if abs(other) > 1e-2 else 0.0
    )


def _terms(count: int) -> str:
    return "term" if count == 1 else f"{count} terms"


def _root(scene: Scene) -> str:
    return scene.names[scene.graph.roots[0]]


def _factor(scene: Scene, head: int, slot: int) -> str:
    tail = scene.graph.operands[head][slot]
    symbol = scene.arithmetic(head, slot)["symbol"]
    made = f" = {symbol}" if symbol else ""
    return f"∂{scene.names[head]}/∂{scene.names[tail]}{made}"


def _above(scene: Scene, head: int) -> str:
    return f"∂{_root(scene)}/∂{scene.names[head]}"
