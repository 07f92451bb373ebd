r"""Format numbers and names for pictures, escaped for DOT.

DOT gives meaning to ``{ } | < > \ "`` and to blanks in record labels, to backslashes and to
``&entities;`` in all labels, and the graphviz package passes ``<…>`` on as HTML. XML has no
control characters at all.
"""

from __future__ import annotations

import re
import unicodedata

import graphviz

__all__ = ["LONGEST", "number", "plain", "record_field", "visible"]

LONGEST = 48
"""Characters of a name that are shown; a longer one is cut with an ellipsis."""

SMALLEST_FIXED, LARGEST_FIXED = 1e-3, 1e6

_CONTROLS = "\x00-\x1f\x7f-\x9f"
_NOT_IN_XML = "\ud800-\udfff\ufffe\uffff"
_LINES_AND_DIRECTIONS = "\u2028\u2029\u202a-\u202e\u2066-\u2069"
_UNPRINTABLE = re.compile(f"[{_CONTROLS}{_NOT_IN_XML}{_LINES_AND_DIRECTIONS}]")
_SPECIAL_IN_RECORDS = re.compile(r"[{}|<> ]")


def number(x: float) -> str:
    """Format a number with four decimals, or in scientific notation where these would hide its size.

    >>> number(2), number(-0.70710678), number(4.248e-18), number(float("inf"))
    ('2.0000', '-0.7071', '4.248e-18', 'inf')
    """
    x = float(x)
    if x == 0 or SMALLEST_FIXED <= abs(x) < LARGEST_FIXED or x - x != 0:
        return f"{x:.4f}"
    return f"{x:.3e}"


def visible(text: object, longest: int = LONGEST) -> str:
    r"""Make a text one line of printable characters, cut if it is too long.

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


def plain(text: object) -> str:
    r"""Escape a text as the label of an edge, of a node that is not a record, or of the graph.

    >>> print(plain("<b>"), plain("a\\n"))
    <b> a\\n
    """
    label: str = graphviz.escape(visible(text).replace("&", "&amp;"))
    return label
