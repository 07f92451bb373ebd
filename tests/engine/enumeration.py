"""All paths of a small graph followed one by one: what the search for the largest is held against."""

from engine import Value


def every_path(root: Value, variable: Value, most: int = 5_000) -> list[tuple[tuple, tuple]] | None:
    """(slots, local gradients) of each path, from the root down; None where there are more than ``most``."""
    found, waiting = [], [(root, (), ())]
    while waiting:
        node, slots, slopes = waiting.pop()
        if node is variable:
            found.append((slots, slopes))
            if len(found) > most:
                return None
            continue
        for slot, (child, slope) in enumerate(zip(node._children, node._local_grads, strict=True)):
            waiting.append((child, (*slots, slot), (*slopes, slope)))
        if len(waiting) > 50 * most:
            return None
    return found


def product_down(slopes: tuple) -> float:
    """The product from the root down, of which a zero stays zero: by its size paths are put in order."""
    p = 1.0
    for s in slopes:
        if p == 0.0:
            return 0.0
        p *= s
    return p


def made_by_hand(operands: list[tuple[int, int]], slopes: list[tuple[float, float]]) -> list[Value]:
    """Nodes with any local gradients at all: a leaf, and nodes of two operands each, by their numbers."""
    nodes = [Value(1.0)]
    for pair, local in zip(operands, slopes, strict=True):
        a, b = (nodes[-1 - i % len(nodes)] for i in pair)
        nodes.append(Value(0.0, (a, b), local))
    return nodes
