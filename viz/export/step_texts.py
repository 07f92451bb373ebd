"""What is written in the pictures of a backward pass: names, how nodes were made, and the arithmetic."""

from __future__ import annotations

from engine.explanation.formula import formula, named, plain
from engine.explanation.sweep import SweepStep
from engine.graph.walks import Trace
from viz.labels import Words, number, visible

__all__ = ["SENTENCES", "captions_of", "names_and_titles"]

LONGEST_TITLE = 26

SENTENCES = (
    "data", "grad", "Backward pass of {root}", "Start",
    "{root}.grad = 1.0000: the derivative of {root} by itself",
    "Step {k} of {count}: from {node} back to {operand}", "a hook makes {after} of {before}",
    "Done: {count} steps, every gradient is there", "the gradients of the leaves: {names}",
)  # fmt: skip
"""All that is written, names and numbers left out; ``labels=`` replaces it. Braces are filled in."""


def names_and_titles(graph: Trace, words: Words) -> tuple[list[str], list[str]]:
    """A name for each node, and what is written above its numbers: how it was made of others.

    >>> from engine import Value
    >>> from engine.graph.walks import trace
    >>> names_and_titles(trace(Value(3.0, label="x") * 2), Words())
    (['x', '2', 'v1'], ['x', '2', 'v1 = x·2'])
    """
    names: list[str] = []
    taken = {str(node.label) for node in graph.nodes}
    free = (name for i in range(1, len(graph.nodes) + 1) if (name := f"v{i}") not in taken)
    for node in graph.nodes:
        if node.label:
            names.append(visible(words.name(node.label, node), LONGEST_TITLE))
        elif node._children or node.requires_grad:
            names.append(words.name(next(free), node))
        else:
            names.append(f"{node.data:g}")
    titles = []
    for i, node in enumerate(graph.nodes):
        if not node._children:
            titles.append(names[i])
            continue
        made = plain(formula(node, [named(names[j]) for j in graph.operands[i]]))
        title = f"{names[i]} = {visible(made, 80)}"
        titles.append(title if len(title) <= LONGEST_TITLE else f"{names[i]} = {visible(node._op, 12)} …")
    return names, titles


def captions_of(graph: Trace, steps: list[SweepStep], names: list[str], words: Words) -> list[list[str]]:
    """The lines above each picture: what the step does, the product, and the running sum."""
    root = names[graph.roots[-1]]
    count = len(steps)
    seed = words("{root}.grad = 1.0000: the derivative of {root} by itself", root=root)
    captions = [[words("Start"), seed]]
    for k, step in enumerate(steps, 1):
        node, operand = names[step.node], names[step.operand]
        title = words("Step {k} of {count}: from {node} back to {operand}", k=k, count=count, node=node,
                      operand=operand)  # fmt: skip
        if step.slot < 0:
            before, after = number(step.before), number(step.after)
            captions.append([title, words("a hook makes {after} of {before}", before=before, after=after)])
            continue
        part = number(step.part)
        again = any(other.operand == step.operand for other in steps[: k - 1])
        factors = f"{number(step.local_grad)} × {_in_product(step.upstream)}"
        sign = "+=" if again else "="
        lines = [title, f"{operand}.grad {sign} {factors} = {part}"]
        if again:
            total = f"{number(step.before)} + {_in_product(step.part)} = {number(step.after)}"
            lines.append(f"{operand}.grad = {total}")
        captions.append(lines)
    leaves = [names[i] for i, node in enumerate(graph.nodes) if not node._children and node.requires_grad]
    done = words("Done: {count} steps, every gradient is there", count=count)
    gradients = words("the gradients of the leaves: {names}", names=visible(", ".join(leaves), 60))
    captions.append([done, gradients] if leaves else [done])
    return captions


def _in_product(x: float) -> str:
    return f"({number(x)})" if number(x).startswith("-") else number(x)
