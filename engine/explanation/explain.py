"""explain: the chain rule of one gradient written out, symbols first, then numbers, node by node."""

from __future__ import annotations

from engine.display.html import Printed
from engine.explanation import render, typesetting
from engine.explanation.chain import Chain
from engine.explanation.paths import paths
from engine.floats.validate import integer
from engine.node.backend import Value

__all__ = ["Explanation", "explain"]


class Explanation(Printed, Chain):
    """The derivative of a root by a variable, explained; prints as text, and as mathematics in a notebook.

    Its attributes are those of :class:`~engine.explanation.chain.Chain`:
    ``gradient``, ``paths``, ``steps``, ``products``.
    """

    def __str__(self) -> str:
        return render.text(self)

    def to_latex(self) -> str:
        """The explanation in LaTeX: an ``aligned`` environment, to be put into ``$$ … $$``."""
        return typesetting.latex_lines(self)

    def to_markdown(self) -> str:
        """The explanation in Markdown, with the mathematics in LaTeX."""
        return typesetting.markdown(self)

    def _repr_latex_(self) -> str:
        return f"$$\n{self.to_latex()}\n$$"

    def _repr_markdown_(self) -> str:
        return self.to_markdown()


def explain(root: Value, variable: Value, k: int = 3) -> Explanation:
    """The chain rule of one derivative written out: symbols, then numbers, and the product that results.

    Args:
        root: what is differentiated, such as a loss.
        variable: by what: a leaf or any other node.
        k: of how many paths to show the products, where there are several; the largest.

    Returns:
        The explanation. ``print`` it for text; in a notebook it shows itself as mathematics; ``to_latex()``,
        ``to_markdown()`` and ``to_dict()`` give other forms. Nodes go by their labels; those without one get
        names: x for the variable, y for the root, v1, v2, … between.

    Raises:
        TypeError: root or variable is not a Value, or k is not an integer.
        ValueError: k is less than 1.
        GraphError: a node between them was built by hand without local gradients.

    >>> from engine import exp, sin
    >>> x = Value(1.2, label="x")
    >>> v = x**2
    >>> u = sin(v)
    >>> y = exp(u)
    >>> v.label, u.label, y.label = "v", "u", "y"
    >>> explain(y, x).steps[0]
    <step v = x**2 = 1.44>
    >>> print(explain(y, x))
    dy/dx = 0.843631 at x = 1.2
    <BLANKLINE>
      v = x**2    = 1.44      dv/dx = 2·x     = 2.4
      u = sin(v)  = 0.991458  du/dv = cos(v)  = 0.130424
      y = exp(u)  = 2.69516   dy/du = y       = 2.69516
    <BLANKLINE>
      dy/dx = dy/du · du/dv · dv/dx
            = y · cos(v) · 2·x
            = exp(sin(x**2)) · cos(x**2) · 2·x
            = 2.69516 · 0.130424 · 2.4
            = 0.843631
    """
    return Explanation(paths(root, variable, integer("k", k)))
