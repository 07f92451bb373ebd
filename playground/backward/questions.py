"""Questions about a node: its chain rule, its paths to the loss, finite differences, and what is wrong."""

from __future__ import annotations

import math
import re
from typing import Any

from engine import GradientError, Path, Value, explain, gradcheck, paths, report
from engine.graph.names import count_text, number, percent
from playground.backward.recomputed import recomputed
from playground.backward.scene import Scene

__all__ = ["check", "describe", "find_paths", "warnings"]

MOST_OPERANDS = 40


def describe(scene: Scene, node: int) -> dict[str, Any]:
    """A node: its numbers, its local gradients, the terms of its own gradient, its line."""
    graph = scene.graph
    value, operands = graph.nodes[node], graph.operands[node]
    into = [step for step in scene.sweep.into(node) if step.slot >= 0]
    line = scene.lines[node]
    texts = scene.source.splitlines()
    return {
        "node": node,
        "name": scene.names[node],
        "op": value._op,
        "value": value.data,
        "gradient": float(scene.gradients[node]),
        "reached": bool(len(into)) or node == graph.roots[0],
        "line": line,
        "line_text": texts[line - 1].strip() if 0 < line <= len(texts) else "",
        "operands": [
            {"node": j, "name": scene.names[j], "slot": k, **scene.arithmetic(node, k),
             "value": graph.nodes[j].data, "local": value._local_grads[k]}
            for k, j in enumerate(operands[:MOST_OPERANDS])
            if k < len(value._local_grads)
        ],
        "more_operands": max(0, len(operands) - MOST_OPERANDS),
        "terms": [
            {"node": step.node, "name": scene.names[step.node], "slot": step.slot,
             "local": step.local_grad, "upstream": step.upstream, "part": step.part,
             "symbol": scene.arithmetic(step.node, step.slot)["symbol"]}
            for step in into[:MOST_OPERANDS]
        ],
        "more_terms": max(0, len(into) - MOST_OPERANDS),
        "explanation": str(explain(scene.root, value, k=3)) if node != graph.roots[0] else "",
    }  # fmt: skip


def find_paths(scene: Scene, node: int, k: int = 8) -> dict[str, Any]:
    """The paths from a node to the root, the largest first, with shares and the narrowest edge of each."""
    graph = scene.graph
    found = paths(scene.root, graph.nodes[node], k)
    gradient = found.gradient
    return {
        "node": node,
        "name": scene.names[node],
        "count": count_text(found.count),
        "gradient": gradient,
        "cancellation": percent(found.cancellation) if found.positive and found.negative else "",
        "listed": percent(found.share) if len(found) < found.count else "",
        "paths": [
            {
                "nodes": [graph.position[each] for each in path.nodes],
                "slots": list(path.slots),
                "factors": list(path.local_grads),
                "names": [scene.names[graph.position[each]] for each in path.nodes],
                "product": path.product,
                "share": percent(path.product / gradient) if gradient and math.isfinite(gradient) else "",
                "narrowest": path.bottleneck if path.bottleneck is not None else -1,
                "narrowest_text": path.narrowest(),
                "line": _narrowest_line(scene, path),
            }
            for path in found
        ],
    }  # fmt: skip


def _narrowest_line(scene: Scene, path: Path) -> int:
    if path.bottleneck is None:
        return 0
    return scene.lines[scene.graph.position[path.nodes[path.bottleneck + 1]]]


def check(scene: Scene, node: int) -> dict[str, Any]:
    """The gradient of a node beside finite differences, which know nothing of the engine's rules."""
    stand_in = Value(scene.graph.nodes[node].data)
    root = scene.graph.roots[0]
    try:
        found = gradcheck(lambda: recomputed(scene.graph, {node: stand_in})[root], wrt=[stand_in])
        entry, agrees = found.entries[0], True
    except GradientError as error:
        entry, agrees = None, False
        message = str(error)
    if entry is None:
        return {"node": node, "agrees": False, "analytic": scene.graph.nodes[node].grad, "remark": message}
    return {
        "node": node,
        "agrees": agrees,
        "analytic": scene.graph.nodes[node].grad,
        "numeric": entry.numeric,
        "relative_error": entry.error,
        "remark": entry.remark,
    }


DECIDED = (
    "The program is not run again when a leaf changes: what it chose by numbers, such as an if, stays as it "
    "was. Write the new number into the program and draw, to choose anew."
)
"""Said of a graph whose leaves were changed, where its program may have chosen by them."""


def warnings(scene: Scene) -> dict[str, Any]:
    """What ``report`` and ``detect_anomaly`` say of the graph, with lines and nodes to look at."""
    found = report(scene.root, groups=scene.groups)
    graph = scene.graph
    entries: list[dict[str, Any]] = []
    for sentence in found.warnings:
        node = _about(scene, sentence)
        entries.append(
            {"message": sentence, "node": node, "line": scene.lines[_user(scene, node)] if node >= 0 else 0}
        )
    if not found.layers:
        for i, value in enumerate(graph.nodes):
            if value._op == "ReLU" and value.data == 0.0 and not any(value._local_grads) and len(entries) < 6:
                name = scene.names[i]
                below = number(value._children[0].data)
                text = f"{name} is a dead relu: its operand is {below}, so its local gradient is 0."
                entries.append({"message": text, "node": i, "line": scene.lines[i]})
    entries += scene.find_anomalies()
    if scene.keeps_decisions:
        entries.append({"message": DECIDED, "node": -1, "line": 0})
    layers = [
        {"name": layer.name, "signal": layer.signal, "gradient": layer.gradient, "factor": layer.factor}
        for layer in found.layers
    ]
    return {"warnings": entries, "layers": layers}


def _about(scene: Scene, sentence: str) -> int:
    """A node of the part that a sentence names first."""
    for name in re.findall(r"\b[\w]+(?:\.\w+)+\b", sentence):
        for i, node in enumerate(scene.graph.nodes):
            if node.label and str(node.label).startswith(name + "."):
                return i
    return -1


def _user(scene: Scene, node: int) -> int:
    """The first node computed of a leaf, which has a line; else the node itself."""
    users = scene.graph.consumers[node]
    return users[0] if not scene.lines[node] and users else node
