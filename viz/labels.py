r"""Format numbers and names for pictures, escaped for DOT.

DOT gives meaning to ``{ } | < > \ "`` and to blanks in record labels, to backslashes and to
``&entities;`` in all labels, and the graphviz package passes ``<…>`` on as HTML. XML has no
control characters at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping, Sequence
from typing import Any

import graphviz

__all__ = [
    "GERMAN",
    "LONGEST",
    "WORDS",
    "Labels",
    "Words",
    "inside",
    "number",
    "plain",
    "record_field",
    "short",
    "span",
    "visible",
]

LONGEST = 48
"""Characters of a name that are shown; a longer one is cut with an ellipsis."""

WORDS = (
    "data", "grad", "leaf", "neuron", "the root", "a leaf", "…",
    "sum of {count}", "step {number}", "steps {first}-{last}",
    "{count} nodes", "{count} parameters", "{count} inputs", "{count} neurons", "layer {number}",
    "showing {shown} of {total} nodes", "folded: {what}", "to depth {depth}", "within {radius} of the focus",
    "operators", "sums", "neurons", "layers", "repeated steps", "what is alike",
    "stretches", "stretch {number}",
    "the part nearest to the root", "the part nearest to it", "the thick paths and their operands",
    "thick: a path of product {product}", "thick: {count} paths, whose products add up to {total}",
    "Computation graph of {names}", "{count} nodes, {leaves} of them leaves; {results}.",
    "Boxes show label, data and gradient; numbers on edges are local gradients.",
    "No backward pass yet: no gradients are shown.", "“–” stands where no gradient arrives.",
    "Folded boxes open by their names: {names}.",
    "{neurons} neurons in {layers} layers, {weights} weights.",
)  # fmt: skip
"""The words and sentences of pictures, any of which ``labels=`` replaces. What is in braces is filled in."""

GERMAN = dict(zip(WORDS, (
    "Wert", "Gradient", "Blatt", "Neuron", "die Wurzel", "ein Blatt", "…",
    "Summe von {count}", "Schritt {number}", "Schritte {first}-{last}",
    "{count} Knoten", "{count} Parameter", "{count} Eingaben", "{count} Neuronen", "Schicht {number}",
    "{shown} von {total} Knoten", "gefaltet: {what}", "bis zur Tiefe {depth}", "bis {radius} um den Fokus",
    "Operatoren", "Summen", "Neuronen", "Schichten", "wiederholte Schritte", "Gleichartiges",
    "Strecken", "Strecke {number}",
    "der Teil nahe der Wurzel", "der Teil nahe dem Fokus", "die dicken Pfade und ihre Operanden",
    "dick: ein Pfad mit dem Produkt {product}", "dick: {count} Pfade, Summe ihrer Produkte {total}",
    "Rechengraph von {names}", "{count} Knoten, davon {leaves} Blätter; {results}.",
    "Kästen zeigen Name, Wert und Gradient; Zahlen an Kanten sind lokale Ableitungen.",
    "Noch kein Rückwärtslauf: es werden keine Gradienten gezeigt.", "„–“ steht, wo kein Gradient ankommt.",
    "Gefaltete Kästen öffnen sich mit ihrem Namen: {names}.",
    "{neurons} Neuronen in {layers} Schichten, {weights} Gewichte.",
), strict=True))  # fmt: skip
"""The same in German: ``draw_dot(loss, labels=GERMAN)``."""

SMALLEST_FIXED, LARGEST_FIXED = 1e-3, 1e6

_CONTROLS = "\x00-\x1f\x7f-\x9f"
_NOT_IN_XML = "\ud800-\udfff\ufffe\uffff"
_LINES_AND_DIRECTIONS = "\u2028\u2029\u202a-\u202e\u2066-\u2069"
_UNPRINTABLE = re.compile(f"[{_CONTROLS}{_NOT_IN_XML}{_LINES_AND_DIRECTIONS}]")
_FILLED_IN = re.compile(r"\{(\w+)\}")
_INDEXED = re.compile(r"^([^\W\d]\w*)\.(\d+)$")
_SPECIAL_IN_RECORDS = re.compile(r"[{}|<> ]")


Labels = Mapping[Any, str]
"""Words of :data:`WORDS`, names of nodes, and nodes themselves, with what to show instead."""


class Words:
    """The words of a picture, with replacements.

    Args:
        labels: replacements: of a word or sentence of :data:`WORDS`; of a node's name by another; of a node
            (the Value itself) its name.

    Raises:
        TypeError: labels is not a mapping, or a replacement not a text.
        ValueError: a replacement names something in braces that its sentence does not have.

    >>> say = Words({"data": "Wert", "sum of {count}": "Summe von {count}", "x": "Eingabe"})
    >>> say("data"), say("grad"), say("sum of {count}", count=3), say.name("x")
    ('Wert', 'grad', 'Summe von 3', 'Eingabe')
    """

    def __init__(self, labels: Labels | None = None) -> None:
        if not isinstance(labels, Mapping | None):
            raise TypeError(f"labels maps words and names to their replacements, got {type(labels).__name__}")
        self.labels = dict(labels or {})
        for what, shown in self.labels.items():
            if not isinstance(shown, str):
                raise TypeError(f"labels[{what!r}] must be a text, got {shown!r}")
            known = set(_FILLED_IN.findall(what)) if isinstance(what, str) and what in WORDS else None
            if known is not None and (unknown := set(_FILLED_IN.findall(shown)) - known):
                has = ", ".join(sorted(known)) or "nothing"
                raise ValueError(
                    f"labels[{what!r}] fills in {', '.join(sorted(unknown))}; that text has {has}"
                )

    def __call__(self, text: str, **filled: object) -> str:
        """A text of :data:`WORDS` or its replacement, filled in."""
        shown = self.labels.get(text, text)
        return _FILLED_IN.sub(lambda match: str(filled.get(match[1], match[0])), shown)

    def name(self, label: object, node: Any = None) -> str:
        """The name of a node, or its replacement."""
        if node is not None and node in self.labels:
            return self.labels[node]
        return self.labels.get(label, str(label)) if isinstance(label, str) else str(label)

    def unknown(self, names: Container[str], nodes: Container[Any]) -> list[object]:
        """The keys that are neither words, nor names of nodes, nor nodes."""
        return [
            key
            for key in self.labels
            if not (key in WORDS or key in names if isinstance(key, str) else key in nodes)
        ]


def number(x: float) -> str:
    """Format a number with four decimals, or in scientific notation where these would hide its size.

    >>> number(2), number(-0.70710678), number(4.248e-18), number(float("inf"))
    ('2.0000', '-0.7071', '4.248e-18', 'inf')
    """
    x = float(x)
    if x == 0 or SMALLEST_FIXED <= abs(x) < LARGEST_FIXED or x - x != 0:
        return f"{x:.4f}"
    return f"{x:.3e}"


def span(numbers: Sequence[float]) -> str:
    """The least and the largest of some numbers, as one where they look the same; "" for none.

    >>> span([1.0, 3.0, 2.0]), span([2.0]), span([])
    ('1.0000 … 3.0000', '2.0000', '')
    """
    if not numbers:
        return ""
    low, high = number(min(numbers)), number(max(numbers))
    return low if low == high else f"{low} … {high}"


def short(label: object, part: str = "") -> str:
    """A dotted name without the part it stands in, and with its index at its name.

    >>> short("layers.0.neurons.0.w.0", "layers.0.neurons.0"), short("x.1"), short("w.0.1")
    ('w0', 'x1', 'w.0.1')
    """
    return _INDEXED.sub(r"\1\2", inside(label, part))


def inside(label: object, part: str = "") -> str:
    """A dotted name without the part it stands in.

    >>> inside("layers.0.neurons.3", "layers.0"), inside("layers.0")
    ('neurons.3', 'layers.0')
    """
    name = str(label)
    return name[len(part) + 1 :] if part and name.startswith(part + ".") else name


def visible(text: object, longest: int = LONGEST) -> str:
    r"""A text as one line of printable characters, cut if it is too long.

    Control characters become their Unicode pictures; what no XML file can hold, and marks that
    reverse the direction of writing, become the replacement character.

    >>> visible("loss\n"), visible("a" * 50, longest=5)
    ('loss␊', 'aaaa…')
    """
    shown = str(text)
    if len(shown) > longest:
        shown = shown[: longest - 1] + "…"
    return _UNPRINTABLE.sub(_picture, shown)


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else unicodedata.lookup("REPLACEMENT CHARACTER")


def record_field(text: object) -> str:
    r"""Escape a text as a field of a record label.

    >>> print(record_field("w{0}|<b> & c"))
    w\{0\}\|\<b\>\ &amp;\ c
    """
    escaped = visible(text).replace("\\", "\\\\").replace("&", "&amp;")
    return _SPECIAL_IN_RECORDS.sub(lambda match: "\\" + match[0], escaped)


def plain(text: object, longest: int = LONGEST) -> str:
    r"""Escape a text as the label of an edge, of a node that is not a record, or of the graph.

    >>> print(plain("<b>"), plain("a\\n"))
    <b> a\\n
    """
    label: str = graphviz.escape(visible(text, longest).replace("&", "&amp;"))
    return label
