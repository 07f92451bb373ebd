"""What the name of a line says it is: ``dW2``, ``dE_dw``, ``grad_b`` are gradients, ``dy_dz`` a partial."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

__all__ = ["LOSSES", "Claim", "claim_of"]

LOSSES = ("E", "C", "L", "J", "loss", "cost", "Loss", "Cost", "error", "f", "l", "c")
"""Names of what is differentiated, in the lectures and elsewhere."""

_FORMS = (
    re.compile(r"^d(?P<of>\w+?)[_/]d(?P<by>\w+)$"),  # dE_dw, dE/dw
    re.compile(r"^(?:grad|gradient|adjoint|bar|g|d|D|delta|δ|Δ)_(?P<by>\w+)$"),  # grad_w, d_w
    re.compile(r"^(?P<by>\w+?)_(?:grad|gradient|bar|adjoint)$"),  # w_grad
    re.compile(r"^(?:grad|delta|δ|Δ|d)(?P<by>\w+)$"),  # dw
)
_JOINED = re.compile(r"^d(?P<of>\w+?)d(?P<by>\w+)$")
"""As the last of them, without a sign between: dLdW."""

_ERROR = re.compile(r"^(?:delta|δ|d|err|error|e)_?(?P<layer>\d*)$")
"""The error of a layer, δ^l = ∂C/∂z^l, as the lectures call it."""


class Claim(NamedTuple):
    """What a line is said to be.

    Attributes:
        kind: "gradient" of the loss, "partial" of one quantity by another, or "value" of a quantity.
        by: the quantity by which is differentiated, or whose value it is.
        of: the quantity that is differentiated, of a partial.
        sure: whether its name leaves no doubt.
    """

    kind: str
    by: str
    of: str = ""
    sure: bool = True


def claim_of(name: str, known: Collection[str], loss: Collection[str] = ()) -> Claim | None:
    """What a line of this name is, given the names of quantities; None where the name does not say.

    Args:
        name: of the line.
        known: names of the arguments of f and of what it computes on its way.
        loss: names of the result of f.

    >>> claim_of("dLdW2", ["W2", "h"]).by
    'W2'
    >>> claim_of("dW2", ["W2", "h"]), claim_of("dy_dz", ["y", "z"]).of, claim_of("s", ["y", "z"])
    (Claim(kind='gradient', by='W2', of='', sure=True), 'y', None)
    """
    if name in known:
        return Claim("value", name, sure=False)
    for form in (*_FORMS, _JOINED):
        found = form.match(name)
        by = _among(found["by"], known) if found else None
        if not found or by is None:
            continue
        of = found.groupdict().get("of")
        if of is None or of in loss:
            return Claim("gradient", by)
        if (quantity := _among(of, known)) is not None:
            return Claim("partial", by, quantity)
        if of in LOSSES:
            return Claim("gradient", by)
    if found := _ERROR.match(name):
        for by in (f"z{found['layer']}", f"z_{found['layer']}"):
            if by in known:
                return Claim("gradient", by, sure=False)
    return None


def _among(name: str, known: Collection[str]) -> str | None:
    """A name as it is known; where only the case of letters differs, the one that is meant."""
    if name in known:
        return name
    near = [each for each in known if each.casefold() == name.casefold()]
    return near[0] if len(near) == 1 else None
